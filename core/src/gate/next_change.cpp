#include "next_change.hpp"

#include <algorithm>

namespace plangate {
namespace {

// The first moment > after at which some row begins or ends.
TimeMs next_boundary(Rows rows, const ProductFilter& filter, TimeMs after) {
  TimeMs next = kNever;
  RowView row;
  while (rows.next(row)) {
    if (!filter.matches(row) || !is_bound_to_time(row)) {
      continue;
    }
    for (const TimeMs boundary : {row.active_from, row.active_to}) {
      if (boundary > after) {
        next = std::min(next, boundary);
      }
    }
  }
  return next;
}

}  // namespace

TimeMs next_change(const Rows& rows, const ProductFilter& filter, const Verdict& current, TimeMs now) {
  // Boundaries that change nothing are passed over. After a few of them the next one is told without looking: a
  // moment too many costs one more decision, a search without end would cost more.
  constexpr int kMostPassedOver = 8;
  TimeMs boundary = next_boundary(rows, filter, now);
  for (int passed = 0; boundary != kNever && passed < kMostPassedOver; ++passed) {
    Verdict then;
    evaluate(rows, filter, boundary, then);
    if (then.reason != current.reason || then.states != current.states) {
      break;
    }
    boundary = next_boundary(rows, filter, boundary);
  }
  return boundary;
}

}  // namespace plangate
