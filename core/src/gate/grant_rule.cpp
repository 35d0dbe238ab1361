#include "grant_rule.hpp"

namespace plangate {
namespace {

// When all rows deny, the most hopeful reason is told: what waiting or a top-up may change comes first.
constexpr Reason kMostHopefulFirst[] = {
    Reason::LIMIT_REACHED, Reason::NOT_YET_ACTIVE, Reason::ACCESS_DENIED, Reason::INVALID_CONFIG,
    Reason::UNKNOWN_TYPE,  Reason::UNKNOWN_STATUS, Reason::EXPIRED,       Reason::CANCELED,
};

Reason more_hopeful(Reason a, Reason b) {
  for (const Reason reason : kMostHopefulFirst) {
    if (reason == a || reason == b) {
      return reason;
    }
  }
  return a;
}

RowStanding denies(Reason reason) { return {Part::none, reason}; }

RowStanding without_access(const RowView& row, bool used_up) {
  if (!used_up) {
    return denies(Reason::ACCESS_DENIED);
  }
  return {Part::used_up, row.soft ? Reason::ACCESS_DENIED : Reason::LIMIT_REACHED};
}

// What is gathered while the rows of a feature are read.
struct Gathered {
  bool plain_grant = false;    // a boolean or static row grants
  bool metered_grant = false;  // a metered row grants, its balance permitting
  Reason denial = Reason::NOT_ENTITLED;
};

// Rules 8 and 9 for the balance as a whole.
void conclude(Verdict& verdict, const Gathered& gathered) {
  const bool used_up = verdict.meter.is_used_up();
  verdict.meters_grant = gathered.metered_grant && (!used_up || verdict.soft);
  verdict.allowed = gathered.plain_grant || verdict.meters_grant;
  if (verdict.allowed) {
    const bool within = gathered.plain_grant || !used_up;
    verdict.reason = within ? Reason::GRANTED : Reason::SOFT_LIMIT_EXCEEDED;
  } else {
    verdict.reason = gathered.metered_grant ? Reason::LIMIT_REACHED : gathered.denial;
  }
}

}  // namespace

bool is_bound_to_time(const RowView& row) {
  return row.type != FeatureType::unknown && !row.malformed && row.status == Status::active;
}

RowStanding standing_of(const RowView& row, TimeMs now) {
  if (row.type == FeatureType::unknown) {
    return denies(Reason::UNKNOWN_TYPE);
  }
  if (row.malformed) {
    return denies(Reason::INVALID_CONFIG);
  }
  switch (row.status) {
    case Status::active:
      break;
    case Status::canceled:
      return denies(Reason::CANCELED);
    case Status::expired:
      return denies(Reason::EXPIRED);
    default:
      return denies(Reason::UNKNOWN_STATUS);
  }
  if (now < row.active_from) {
    return denies(Reason::NOT_YET_ACTIVE);
  }
  if (row.active_to != kNever && row.active_to <= now) {
    return denies(Reason::EXPIRED);
  }
  const bool metered = row.type == FeatureType::metered;
  if (!row.has_access) {
    return without_access(row, metered && row.balance && *row.balance <= 0);
  }
  return {metered ? Part::meters : Part::grants, Reason::GRANTED};
}

void evaluate(Rows rows, const ProductFilter& filter, TimeMs now, Verdict& verdict) {
  constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15U;
  Gathered gathered;
  RowView row;
  while (rows.next(row)) {
    if (!filter.matches(row)) {
      continue;
    }
    const RowStanding standing = standing_of(row, now);
    verdict.states = (verdict.states + static_cast<std::uint64_t>(standing.part) + 1) * kSpread;
    switch (standing.part) {
      case Part::grants:
        gathered.plain_grant = true;
        continue;
      case Part::meters:
        gathered.metered_grant = true;
        verdict.soft = verdict.soft || row.soft;
        break;
      default:
        gathered.denial = more_hopeful(standing.reason, gathered.denial);
        break;
    }
    if (standing.part != Part::none) {
      verdict.meter.add(row);
    }
  }
  conclude(verdict, gathered);
}

bool is_granting(const RowView& row, const ProductFilter& filter, const Verdict& verdict, TimeMs now) {
  if (!filter.matches(row)) {
    return false;
  }
  const Part part = standing_of(row, now).part;
  return part == Part::grants || (part == Part::meters && verdict.meters_grant);
}

}  // namespace plangate
