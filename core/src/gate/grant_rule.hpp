// The grant rule: which rows of a feature grant it at a moment, and the reason that is told. docs/rules.md, "One row"
// and "Several rows for one key". Every answer goes through evaluate(). Internal to core/.
#pragma once

#include <cstdint>

#include "metered.hpp"
#include "plangate/decision.hpp"
#include "rows.hpp"

namespace plangate {

/// Narrows a question to the rows of one product.
struct ProductFilter {
  std::uint32_t product = kNoText;
  bool all = true;

  [[nodiscard]] bool matches(const RowView& row) const {
    return all || (product != kNoText && row.texts.product == product);
  }
};

/// What one row does at a moment, before the balance of a metered feature is known.
enum class Part : std::uint8_t {
  none,     ///< It denies.
  grants,   ///< It grants.
  meters,   ///< It grants unless the feature's balance is used up.
  used_up,  ///< It denies because its balance is used up, and counts in the feature's balance.
};

struct RowStanding {
  Part part = Part::none;
  Reason reason = Reason::NOT_ENTITLED;  ///< Why it denies, when it does.
};

/// Rules 1 to 7 for one row.
RowStanding standing_of(const RowView& row, TimeMs now);

/// What the rows of one feature say together.
struct Verdict {
  Reason reason = Reason::NOT_ENTITLED;
  bool allowed = false;
  bool meters_grant = false;  ///< Metered rows grant: their balance is not used up, or is soft.
  bool soft = false;          ///< Past the limit, use is allowed.
  Meter meter;
  std::uint64_t states = 0;  ///< Tells apart which rows take part, and how: equal states and reasons, equal decisions.
};

/// The rules for all rows of one feature at `now`, into a fresh verdict. Allocates nothing.
void evaluate(Rows rows, const ProductFilter& filter, TimeMs now, Verdict& verdict);

/// Does this row of the evaluated feature grant?
bool is_granting(const RowView& row, const ProductFilter& filter, const Verdict& verdict, TimeMs now);

/// Can time alone change what this row says? Not when its type, status or content denies for good.
bool is_bound_to_time(const RowView& row);

}  // namespace plangate
