// Time is an input: core/ reads no clock.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace plangate {

/// Milliseconds since 1970-01-01T00:00:00Z, UTC, without leap seconds (as JavaScript's Date).
using TimeMs = std::int64_t;

/// "No such moment": an open end, or a decision that time alone never changes.
inline constexpr TimeMs kNever = std::numeric_limits<TimeMs>::max();
/// "Since always": an absent activeFrom.
inline constexpr TimeMs kAlways = std::numeric_limits<TimeMs>::min();

/// Reads an RFC 3339 instant: any offset up to +-23:59, any length of fraction (cut to ms, rounded down), 'T'/'t'/' ',
/// 'Z'/'z'. Only real calendar dates: 1990-02-31 and 24:00:00 are refused. Second 60 is accepted where a leap
/// second can be (23:59:60 UTC at a month's end) and read as the next second. Years 0000-9999.
std::optional<TimeMs> parse_rfc3339(std::string_view text) noexcept;

}  // namespace plangate
