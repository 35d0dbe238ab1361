#include "calendar.hpp"

#include <algorithm>

namespace plangate::billing {
namespace {

struct Date {
  std::int64_t year;
  int month;  ///< 1-12
  int day;    ///< 1-31
};

constexpr std::int64_t kEraDays = 146'097;      // of 400 years, after which the calendar repeats
constexpr std::int64_t kEpochOffset = 719'468;  // days from 0000-03-01 to 1970-01-01

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

bool is_leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(std::int64_t year, int month) {
  if (month == 2) {
    return is_leap(year) ? 29 : 28;
  }
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Years are counted from March, so that the leap day is a year's last.
std::int64_t days_of(const Date& date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = floor_div(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
  return era * kEraDays + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - kEpochOffset;
}

Date date_of(std::int64_t days) {
  const std::int64_t since = days + kEpochOffset;
  const std::int64_t era = floor_div(since, kEraDays);
  const std::int64_t day_of_era = since - era * kEraDays;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / (kEraDays - 1)) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t march_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * march_month + 2) / 5 + 1);
  const int month = static_cast<int>(march_month < 10 ? march_month + 3 : march_month - 9);
  return {era * 400 + year_of_era + (month <= 2 ? 1 : 0), month, day};
}

bool is_calendar(Interval::Unit unit) { return unit == Interval::Unit::month || unit == Interval::Unit::year; }

// ms of an interval of days or weeks; months of one of months or years.
std::int64_t size_of(const Interval& interval) {
  switch (interval.unit) {
    case Interval::Unit::day:
      return interval.count * kDayMs;
    case Interval::Unit::week:
      return interval.count * (7 * kDayMs);
    case Interval::Unit::year:
      return std::int64_t{interval.count} * 12;
    case Interval::Unit::month:
      break;
  }
  return interval.count;
}

TimeMs add_months(TimeMs anchor, std::int64_t months) {
  const std::int64_t days = floor_div(anchor, kDayMs);
  Date date = date_of(days);
  const std::int64_t month = date.year * 12 + (date.month - 1) + months;
  date.year = floor_div(month, 12);
  date.month = static_cast<int>(month - date.year * 12) + 1;
  date.day = std::min(date.day, days_in_month(date.year, date.month));
  return days_of(date) * kDayMs + (anchor - days * kDayMs);
}

// A number of intervals that leads from the anchor to at most one interval after `at`.
std::int64_t estimate(TimeMs anchor, const Interval& interval, TimeMs at) {
  if (!is_calendar(interval.unit)) {
    return floor_div(at - anchor, size_of(interval));
  }
  const Date from = date_of(floor_div(anchor, kDayMs));
  const Date to = date_of(floor_div(at, kDayMs));
  return floor_div((to.year - from.year) * 12 + (to.month - from.month), size_of(interval));
}

}  // namespace

TimeMs add_intervals(TimeMs anchor, const Interval& interval, std::int64_t times) {
  const std::int64_t size = size_of(interval) * times;
  return is_calendar(interval.unit) ? add_months(anchor, size) : anchor + size;
}

Period period_containing(TimeMs anchor, const Interval& interval, TimeMs at) {
  std::int64_t times = estimate(anchor, interval, at);
  // Within the month of `at` the anchor's day may lie after it; never more than one interval off.
  while (add_intervals(anchor, interval, times) > at) {
    --times;
  }
  while (add_intervals(anchor, interval, times + 1) <= at) {
    ++times;
  }
  return {add_intervals(anchor, interval, times), add_intervals(anchor, interval, times + 1)};
}

}  // namespace plangate::billing
