// Words of the ledger's JSON, each list once: for reading and for writing. Internal to core/billing.
#pragma once

#include <string_view>

#include "model.hpp"

namespace plangate::billing {

inline constexpr std::string_view kFeatureKinds[] = {"boolean", "static", "metered"};
inline constexpr std::string_view kUnits[] = {"day", "week", "month", "year"};
inline constexpr std::string_view kResets[] = {"period", "never", "day", "week", "month", "year"};
inline constexpr std::string_view kRowStatuses[] = {"active", "expired", "canceled"};
inline constexpr std::string_view kSubscriptionStatuses[] = {"scheduled", "trialing", "active", "paused", "canceled"};
inline constexpr std::string_view kTrialEndBehaviors[] = {"continue", "cancel", "pause"};
inline constexpr std::string_view kWhens[] = {"now", "period_end"};
inline constexpr std::string_view kAnchors[] = {"now", "unchanged"};

/// The word for a value of an enumeration, in the list that is in its order.
template <std::size_t N, class Value>
constexpr std::string_view word(const std::string_view (&words)[N], Value value) {
  return words[static_cast<std::size_t>(value)];
}

}  // namespace plangate::billing
