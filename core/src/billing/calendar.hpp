// Billing periods: calendar arithmetic in UTC. Internal to core/billing.
#pragma once

#include <cstdint>

#include "plangate/time.hpp"

namespace plangate::billing {

/// The moments a ledger deals in: 1970 to the end of 9999, ms.
inline constexpr TimeMs kFirstMoment = 0;
inline constexpr TimeMs kLastMoment = 253'402'300'799'999;

inline constexpr TimeMs kDayMs = 86'400'000;

/// How often a price recurs, or an allowance resets.
struct Interval {
  enum class Unit : std::uint8_t { day, week, month, year };
  Unit unit = Unit::month;
  std::int32_t count = 1;  ///< At least 1.

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// [start, end): the moment `end` belongs to the next period.
struct Period {
  TimeMs start = 0;
  TimeMs end = 0;

  friend bool operator==(const Period&, const Period&) = default;
};

/// `anchor` plus so many intervals (minus, when negative). Days and weeks are of 24 hours. Months and years keep the
/// anchor's time of day and its day of the month; in a month that is too short, its last day. Always counted from the
/// anchor, so that the day comes back: Jan 31, Feb 28, Mar 31.
TimeMs add_intervals(TimeMs anchor, const Interval& interval, std::int64_t times);

/// The period that holds `at`, of those that begin at the anchor plus or minus whole intervals.
Period period_containing(TimeMs anchor, const Interval& interval, TimeMs at);

}  // namespace plangate::billing
