#include "metered.hpp"

#include <algorithm>

namespace plangate {

void Meter::add(const RowView& row) {
  if (!any_ || row.texts.pool == kNoText || row.texts.pool != pool_) {
    close_pool();
    pool_ = row.texts.pool;
  }
  any_ = true;
  if (row.balance && (!pool_balance_ || *row.balance < *pool_balance_)) {
    pool_balance_ = row.balance;
  }
  pool_used_ = std::max(pool_used_, row.usage_in_period.value_or(0));
  pool_overage_ = std::max(pool_overage_, row.overage.value_or(0));
}

void Meter::close_pool() {
  known_ = is_known();
  balance_ = balance();
  used_ = used();
  overage_ += pool_overage_;
  pool_balance_.reset();
  pool_used_ = 0;
  pool_overage_ = 0;
}

double Meter::limit() const { return std::max(0.0, std::max(0.0, balance()) + used() - overage_ - pool_overage_); }

double remaining_of(double limit, double used) { return std::max(0.0, limit - used); }

}  // namespace plangate
