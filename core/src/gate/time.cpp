#include "plangate/time.hpp"

namespace plangate {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMinuteMs = 60'000;

// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, years 0-9999. Years are counted from March, so
// that the leap day is a year's last.
std::int64_t days_since_epoch(int year, int month, int day) {
  const int y = month <= 2 ? year + 399 : year + 400;  // 400 more, so that nothing below is negative
  const int era = y / 400;
  const int year_of_era = y % 400;
  const int day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return std::int64_t{era - 1} * 146'097 + day_of_era - 719'468;
}

int days_in_month(int year, int month) {
  if (month == 2) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  }
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Takes fixed parts off the front of a text. After a part that does not fit, every further one fails as well.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  int digits(std::size_t count) {
    if (text_.size() < count) {
      return fail();
    }
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text_[i])) {
        return fail();
      }
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return value;
  }

  char one_of(std::string_view choices) {
    if (text_.empty() || choices.find(text_.front()) == std::string_view::npos) {
      return static_cast<char>(fail());
    }
    const char taken = text_.front();
    text_.remove_prefix(1);
    return taken;
  }

  // The digits after a decimal point, if there is one, as ms; digits beyond the third are read and dropped.
  int fraction() {
    if (text_.empty() || text_.front() != '.') {
      return 0;
    }
    text_.remove_prefix(1);
    if (text_.empty() || !is_digit(text_.front())) {
      return fail();
    }
    int ms = 0;
    for (int scale = 100; !text_.empty() && is_digit(text_.front()); scale /= 10) {
      ms += (text_.front() - '0') * scale;
      text_.remove_prefix(1);
    }
    return ms;
  }

  [[nodiscard]] bool done() const { return !failed_ && text_.empty(); }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  int fail() {
    failed_ = true;
    text_ = {};
    return 0;
  }

  std::string_view text_;
  bool failed_ = false;
};

// Leap seconds are inserted at the end of a UTC month, so what comes next is a first of a month, midnight.
bool is_month_start(TimeMs time) {
  if (time % kDayMs != 0) {
    return false;
  }
  // days_since_epoch() backwards, as far as the day of the month. Years -1 to 10000: made positive by 400 of them.
  const std::int64_t day = (time / kDayMs + 719'468 + 146'097) % 146'097;
  const std::int64_t year = (day - day / 1'460 + day / 36'524 - day / 146'096) / 365;
  const std::int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  return day_of_year == (153 * month + 2) / 5;
}

}  // namespace

std::optional<TimeMs> parse_rfc3339(std::string_view text) noexcept {
  Reader reader(text);
  const int year = reader.digits(4);
  reader.one_of("-");
  const int month = reader.digits(2);
  reader.one_of("-");
  const int day = reader.digits(2);
  reader.one_of("Tt ");
  const int hour = reader.digits(2);
  reader.one_of(":");
  const int minute = reader.digits(2);
  reader.one_of(":");
  const int second = reader.digits(2);
  const int ms = reader.fraction();
  const char zone = reader.one_of("Zz+-");
  int offset = 0;
  if (zone == '+' || zone == '-') {
    const int hours = reader.digits(2);
    reader.one_of(":");
    const int minutes = reader.digits(2);
    if (hours > 23 || minutes > 59) {
      return std::nullopt;
    }
    offset = (zone == '+' ? 1 : -1) * (hours * 60 + minutes);
  }
  if (!reader.done() || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
    return std::nullopt;
  }
  if (hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }

  const TimeMs minutes = TimeMs{hour} * 60 + minute - offset;
  const TimeMs whole = days_since_epoch(year, month, day) * kDayMs + minutes * kMinuteMs + TimeMs{second} * 1000;
  if (second == 60 && !is_month_start(whole)) {
    return std::nullopt;
  }
  return whole + ms;
}

}  // namespace plangate
