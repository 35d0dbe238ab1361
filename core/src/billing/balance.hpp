// Metered use: what of an allowance is left. Internal to core/billing.
#pragma once

#include <vector>

#include "model.hpp"

namespace plangate::billing {

/// The subscriptions of one customer, either as they are or settled.
using Holdings = std::vector<const Subscription*>;

struct Balance {
  double limit = 0;
  double used = 0;
  Period window;  ///< end kNever: it never starts again.
  [[nodiscard]] double left() const { return used < limit ? limit - used : 0; }
  [[nodiscard]] double over() const { return used > limit ? used - limit : 0; }
};

/// Which uses count.
enum class Counted : std::uint8_t {
  so_far,  ///< Up to the moment asked for.
  all      ///< Of the whole window: what late records must leave room for.
};

/// The period of an allowance that holds `at`.
Period window_at(const Window& window, TimeMs at);

/// The meter that use of the row is booked on: the row's own, or its pool's.
std::string meter_of(const Row& row, const Terms& terms);

/// The balance of a metered row at a moment at which it has terms. Rows that share a pool share one allowance: of each
/// subscription the largest limit, added up, over the period of the row that began first.
Balance balance_of(const Customer& customer, const Holdings& holdings, const Row& row, TimeMs at,
                   Counted counted = Counted::so_far);

/// Books a use, keeping the order of time.
void book(Customer& customer, const std::string& meter, TimeMs at, double quantity);

/// The moment nearest to `at` at which the row has terms.
TimeMs within(const Row& row, TimeMs at);

}  // namespace plangate::billing
