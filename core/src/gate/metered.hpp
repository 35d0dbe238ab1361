// Metered features: the balance of all their rows together. docs/rules.md, "Metered". Internal to core/.
#pragma once

#include <cstdint>
#include <optional>

#include "rows.hpp"

namespace plangate {

/// Adds up the rows of one feature that take part in its balance. They must come pool by pool (as Rows keeps them):
/// the rows of one pool share a balance and count once.
class Meter {
 public:
  void add(const RowView& row);

  [[nodiscard]] bool any() const { return any_; }
  /// Is the balance used up? An unknown balance is not.
  [[nodiscard]] bool is_used_up() const { return is_known() && balance() <= 0; }
  [[nodiscard]] bool is_known() const { return known_ || pool_balance_.has_value(); }
  /// What the billing system says was used in this period.
  [[nodiscard]] double used() const { return used_ + pool_used_; }
  /// What the period allows in all. Only when known.
  [[nodiscard]] double limit() const;

 private:
  [[nodiscard]] double balance() const { return balance_ + pool_balance_.value_or(0); }
  void close_pool();

  // The pool being read; all closed pools.
  std::uint32_t pool_ = kNoText;
  std::optional<double> pool_balance_;
  double pool_used_ = 0;
  double pool_overage_ = 0;
  double balance_ = 0;
  double used_ = 0;
  double overage_ = 0;
  bool known_ = false;
  bool any_ = false;
};

/// What is left of a limit; never negative.
double remaining_of(double limit, double used);

}  // namespace plangate
