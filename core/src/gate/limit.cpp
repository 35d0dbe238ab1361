#include "limit.hpp"

#include "merge.hpp"

namespace plangate {
namespace {

// Finite and not negative; NaN and infinity minus themselves are not 0.
bool is_amount(double value) { return value >= 0 && value - value == 0; }

void deny(LimitResult& result, Reason reason) {
  result.allowed = false;
  result.reason = reason;
}

// `used + requested <= limit`, or else `over` is told.
void compare(LimitResult& result, double limit, double requested, Reason within, Reason over) {
  const bool fits = result.used + requested <= limit;
  result.limit = limit;
  result.remaining = remaining_of(limit, result.used);
  result.reason = fits ? within : over;
  result.allowed = fits || over == Reason::SOFT_LIMIT_EXCEEDED;
}

void limit_by_field(const MergedField& field, double requested, Reason within, LimitResult& result) {
  const bool is_number = field.kind == json::Kind::integer || field.kind == json::Kind::number;
  if (field.kind <= json::Kind::null) {
    deny(result, Reason::NO_CONFIG);
  } else if (field.unlimited) {
    result.allowed = true;
    result.unlimited = true;
    result.reason = within;
  } else if (!is_number || field.number < 0) {
    deny(result, Reason::INVALID_CONFIG);
  } else {
    compare(result, field.number, requested, within, Reason::LIMIT_REACHED);
  }
}

void limit_by_balance(const Verdict& verdict, double requested, LimitResult& result) {
  if (!verdict.meter.is_known()) {
    return deny(result, Reason::NO_CONFIG);
  }
  const double limit = verdict.meter.limit();
  if (verdict.allowed) {
    const Reason over = verdict.soft ? Reason::SOFT_LIMIT_EXCEEDED : Reason::LIMIT_REACHED;
    compare(result, limit, requested, Reason::GRANTED, over);
    return;
  }
  result.limit = limit;
  result.remaining = remaining_of(limit, result.used);
}

}  // namespace

LimitResult limit_of(const Core& core, const Question& question, std::string_view key, const LimitQuery& query) {
  const Judgement judgement = judge(core, question);
  const Verdict& verdict = judgement.verdict;
  const bool by_balance = query.field.empty();
  LimitResult result;
  result.reason = verdict.reason;
  if (query.used) {
    result.used = is_amount(*query.used) ? *query.used : 0;
  } else if (by_balance) {
    result.used = verdict.meter.used();
  }
  // A feature that is denied only because its balance is used up still tells its numbers.
  if (!verdict.allowed && !(by_balance && verdict.reason == Reason::LIMIT_REACHED)) {
    return result;
  }
  if (!is_amount(query.requested) || (query.used && !is_amount(*query.used))) {
    deny(result, Reason::INVALID_CONFIG);
  } else if (by_balance) {
    limit_by_balance(verdict, query.requested, result);
  } else {
    // That the balance is overdrawn says nothing about this field.
    const bool granted = verdict.reason == Reason::SOFT_LIMIT_EXCEEDED;
    limit_by_field(Merge(core, question, key, judgement).field(query.field), query.requested,
                   granted ? Reason::GRANTED : verdict.reason, result);
  }
  return result;
}

}  // namespace plangate
