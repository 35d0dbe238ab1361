#include "plangate/time.hpp"

namespace plangate {
namespace {

constexpr int kDayMinutes = 24 * 60;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMinuteMs = 60'000;

enum DateField : std::size_t { kYear, kMonth, kDay, kHour, kMinute, kSecond, kDateFields };
constexpr const char* kDateShape = "0000-11-22T33:44:55";
constexpr const char* kOffsetShape = "00:11";

// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, years 0-9999. Years are counted from March, so
// that the leap day is a year's last.
std::int64_t days_since_epoch(int year, int month, int day) {
  const int y = month <= 2 ? year + 399 : year + 400;  // 400 more, so that nothing below is negative
  const int day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719'468 - 146'097;
}

int days_in_month(int year, int month) {
  if (month == 2) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  }
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads a text of this shape off the front: a digit in the shape stands for a digit of the field of that number, T for
// what may stand between date and time, anything else for itself.
bool read(std::string_view& text, const char* shape, int* fields) {
  for (; *shape != '\0'; ++shape) {
    if (text.empty()) {
      return false;
    }
    const char c = text.front();
    text.remove_prefix(1);
    if (is_digit(*shape) && is_digit(c)) {
      int& field = fields[*shape - '0'];
      field = field * 10 + (c - '0');
    } else if (c != *shape && !(*shape == 'T' && (c == 't' || c == ' '))) {
      return false;
    }
  }
  return true;
}

// The digits after a decimal point, if there is one, as ms; digits beyond the third are read and dropped.
bool read_fraction(std::string_view& text, int& ms) {
  if (text.empty() || text.front() != '.') {
    return true;
  }
  text.remove_prefix(1);
  const std::size_t size = text.size();
  for (int scale = 100; !text.empty() && is_digit(text.front()); scale /= 10) {
    ms += (text.front() - '0') * scale;
    text.remove_prefix(1);
  }
  return text.size() != size;
}

// Z, or an offset in minutes; nothing may follow.
bool read_zone(std::string_view text, int& offset) {
  if (text == "Z" || text == "z") {
    return true;
  }
  if (text.empty() || (text.front() != '+' && text.front() != '-')) {
    return false;
  }
  const int sign = text.front() == '+' ? 1 : -1;
  text.remove_prefix(1);
  int fields[2] = {};
  const bool fits = read(text, kOffsetShape, fields) && text.empty();
  offset = sign * (fields[0] * 60 + fields[1]);
  return fits && fields[0] <= 23 && fields[1] <= 59;
}

}  // namespace

std::optional<TimeMs> parse_rfc3339(std::string_view text) noexcept {
  int date[kDateFields] = {};
  int ms = 0;
  int offset = 0;
  if (!read(text, kDateShape, date) || !read_fraction(text, ms) || !read_zone(text, offset)) {
    return std::nullopt;
  }
  const int month = date[kMonth];
  const int day = date[kDay];
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(date[kYear], month)) {
    return std::nullopt;
  }
  if (date[kHour] > 23 || date[kMinute] > 59 || date[kSecond] > 60) {
    return std::nullopt;
  }

  const int minutes = date[kHour] * 60 + date[kMinute] - offset;  // of the day, UTC
  if (date[kSecond] == 60) {
    // Leap seconds are inserted at the end of a UTC month: what comes next is the first of a month, midnight.
    const bool starts_month = minutes + 1 == 0 && day == 1;
    const bool ends_month = minutes + 1 == kDayMinutes && day == days_in_month(date[kYear], month);
    if (!starts_month && !ends_month) {
      return std::nullopt;
    }
  }
  const std::int64_t days = days_since_epoch(date[kYear], month, day);
  return days * kDayMs + minutes * kMinuteMs + std::int64_t{date[kSecond]} * 1000 + ms;
}

}  // namespace plangate
