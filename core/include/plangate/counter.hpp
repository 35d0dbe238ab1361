// Counters: where a use of something metered is counted, and how far it may go. Servers count; browsers never need this.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plangate/decision.hpp"
#include "plangate/time.hpp"

namespace plangate {

/// What counter() is asked.
struct CounterQuery {
  std::string_view field;    ///< Config field that holds the limit; empty: the metered balance.
  std::string_view product;  ///< Only rows of this product; empty: all.
};

/// The counter that stands for the uses of a feature by one customer at one moment. docs/rules.md, "Counters". It is named
/// also when nothing may be consumed, so that a use can be given back after the feature was lost.
struct Counter {
  std::string
      name;  ///< Names the counter among the customer's own; never the same for another feature, field or product.
  std::string pool;         ///< All features of this pool share one counter, whatever its name; empty: it has its own.
  TimeMs period_start = 0;  ///< Each period has a counter of its own, which begins at `used`.
  TimeMs period_end = kNever;  ///< From here on, the next period counts.
  double used = 0;             ///< The billing system's own count for this period: the counter is never below it.
  bool countable = false;      ///< Uses may be counted, up to `limit`.
  Reason reason = Reason::NOT_ENTITLED;  ///< Why not, when not; else what the limit itself says.
  std::optional<double> limit;           ///< The most the counter may reach; absent: unlimited, or not countable.
  bool unlimited = false;                ///< Said by the config, never by absence.
  bool soft = false;                     ///< Past the limit, use is allowed.
};

}  // namespace plangate
