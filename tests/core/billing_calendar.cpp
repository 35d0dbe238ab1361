// Periods: calendar arithmetic against the standard library's calendar, and by hand where it hurts.
#include <catch2/catch.hpp>
#include <chrono>

#include "../src/billing/calendar.hpp"

using namespace plangate;
using namespace plangate::billing;

namespace {

using std::chrono::day;
using std::chrono::last;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr Interval kMonth{Interval::Unit::month, 1};
constexpr Interval kYear{Interval::Unit::year, 1};

TimeMs at(int y, unsigned m, unsigned d, TimeMs of_day = 0) {
  return sys_days{year{y} / month{m} / day{d}}.time_since_epoch().count() * kDayMs + of_day;
}

// The same rule, said by the standard library: so many months on, and the last day where there is no such day.
TimeMs months_later(int y, unsigned m, unsigned d, int months) {
  const auto there = year{y} / month{m} + std::chrono::months{months};
  year_month_day date = there / day{d};
  if (!date.ok()) {
    date = there / last;
  }
  return sys_days{date}.time_since_epoch().count() * kDayMs;
}

}  // namespace

TEST_CASE("months are added as the calendar has them, from every day of four years") {
  for (int y = 1999; y <= 2002; ++y) {
    for (unsigned m = 1; m <= 12; ++m) {
      for (unsigned d = 1; d <= 31; ++d) {
        if (!(year{y} / month{m} / day{d}).ok()) {
          continue;
        }
        for (int months = -30; months <= 30; ++months) {
          CAPTURE(y, m, d, months);
          REQUIRE(add_intervals(at(y, m, d), kMonth, months) == months_later(y, m, d, months));
        }
        REQUIRE(add_intervals(at(y, m, d), kYear, 100) == months_later(y, m, d, 1200));
      }
    }
  }
}

TEST_CASE("a period holds its moment, and periods follow on without a gap") {
  const TimeMs anchors[] = {at(2024, 1, 31, 1), at(2024, 2, 29, kDayMs - 1), at(1970, 1, 1), at(2023, 12, 30),
                            at(2000, 3, 31)};
  const Interval intervals[] = {kMonth,
                                kYear,
                                {Interval::Unit::month, 3},
                                {Interval::Unit::week, 2},
                                {Interval::Unit::day, 1},
                                {Interval::Unit::month, 36},
                                {Interval::Unit::day, 1095}};
  for (const TimeMs anchor : anchors) {
    for (const Interval& interval : intervals) {
      for (TimeMs moment = at(1970, 1, 2); moment < at(2110, 1, 1); moment += 37 * kDayMs + 12'345'678) {
        const Period period = period_containing(anchor, interval, moment);
        CAPTURE(anchor, moment, period.start, period.end);
        REQUIRE(period.start <= moment);
        REQUIRE(moment < period.end);
        REQUIRE(period_containing(anchor, interval, period.start) == period);
        REQUIRE(period_containing(anchor, interval, period.end - 1) == period);
        REQUIRE(period_containing(anchor, interval, period.end).start == period.end);
      }
    }
  }
}

TEST_CASE("the anchor begins a period, a millisecond before it ends one") {
  const TimeMs anchor = at(2024, 1, 31, 43'200'000);
  CHECK(period_containing(anchor, kMonth, anchor) == Period{anchor, at(2024, 2, 29, 43'200'000)});
  CHECK(period_containing(anchor, kMonth, anchor - 1) == Period{at(2023, 12, 31, 43'200'000), anchor});
}

TEST_CASE("the end of time is within reach") {
  const Period period = period_containing(at(2024, 2, 29), kYear, kLastMoment);
  CHECK(period.start == at(9999, 2, 28));
  CHECK(period.end == at(10000, 2, 29));
}
