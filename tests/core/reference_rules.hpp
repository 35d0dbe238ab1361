// docs/rules.md a second time, written for reading and not for speed: what the engine's answers are compared with.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine_support.hpp"

namespace plangate::test {

struct Expected {
  bool allowed = false;
  Reason reason = Reason::NOT_ENTITLED;
  std::vector<std::string> grants;
  std::optional<double> balance;
};

namespace reference {

inline bool is_used_up(const Entitlement& row) {
  return row.type == FeatureType::metered && row.usage && row.usage->balance && *row.usage->balance <= 0;
}

/// "One row", rules 1 to 5.
inline std::optional<Reason> out_of_force(const Entitlement& row, TimeMs now) {
  if (row.type == FeatureType::unknown) {
    return Reason::UNKNOWN_TYPE;
  }
  if (row.malformed) {
    return Reason::INVALID_CONFIG;
  }
  if (row.status != Status::active) {
    return row.status == Status::canceled  ? Reason::CANCELED
           : row.status == Status::expired ? Reason::EXPIRED
                                           : Reason::UNKNOWN_STATUS;
  }
  if (now < row.active_from) {
    return Reason::NOT_YET_ACTIVE;
  }
  if (row.active_to != kNever && row.active_to <= now) {
    return Reason::EXPIRED;
  }
  return std::nullopt;
}

/// "Metered": the least balance of each pool, added up.
inline std::optional<double> balance_of(const std::vector<const Entitlement*>& rows) {
  std::map<std::string, std::optional<double>> pools;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]->usage) {
      continue;
    }
    const Usage& usage = *rows[i]->usage;
    const std::string name = usage.pool.empty() ? "row " + std::to_string(i) : "pool " + std::string(usage.pool);
    std::optional<double>& least = pools[name];
    if (usage.balance) {
      least = std::min(least.value_or(*usage.balance), *usage.balance);
    }
  }
  std::optional<double> total;
  for (const auto& [name, balance] : pools) {
    if (balance) {
      total = total.value_or(0) + *balance;
    }
  }
  return total;
}

inline std::size_t rank(Reason reason) {
  static const Reason order[] = {Reason::LIMIT_REACHED,  Reason::NOT_YET_ACTIVE, Reason::ACCESS_DENIED,
                                 Reason::INVALID_CONFIG, Reason::UNKNOWN_TYPE,   Reason::UNKNOWN_STATUS,
                                 Reason::EXPIRED,        Reason::CANCELED,       Reason::NOT_ENTITLED};
  return static_cast<std::size_t>(std::find(std::begin(order), std::end(order), reason) - std::begin(order));
}

}  // namespace reference

/// What the rules say about a key, from the rows alone.
inline Expected expect(const std::vector<Entitlement>& rows, std::string_view key, TimeMs now,
                       std::string_view product = {}) {
  std::vector<const Entitlement*> plain;
  std::vector<const Entitlement*> metered;
  std::vector<const Entitlement*> sharing;
  Expected expected;
  const auto deny = [&expected](Reason reason) {
    if (reference::rank(reason) < reference::rank(expected.reason)) {
      expected.reason = reason;
    }
  };
  for (const Entitlement& row : rows) {
    if (row.feature_key != key || (!product.empty() && row.product_id != product)) {
      continue;
    }
    if (const auto reason = reference::out_of_force(row, now)) {
      deny(*reason);
      continue;
    }
    const bool soft = row.usage && row.usage->soft;
    if (!row.has_access) {
      deny(reference::is_used_up(row) && !soft ? Reason::LIMIT_REACHED : Reason::ACCESS_DENIED);
    } else {
      (row.type == FeatureType::metered ? metered : plain).push_back(&row);
    }
    if (row.type == FeatureType::metered && (row.has_access || reference::is_used_up(row))) {
      sharing.push_back(&row);
    }
  }
  expected.balance = reference::balance_of(sharing);
  const bool used_up = expected.balance && *expected.balance <= 0;
  const bool soft = std::any_of(metered.begin(), metered.end(),
                                [](const Entitlement* row) { return row->usage && row->usage->soft; });
  if (!metered.empty() && used_up && !soft) {
    deny(Reason::LIMIT_REACHED);
    metered.clear();
  }
  if (plain.empty() && metered.empty()) {
    return expected;
  }
  expected.allowed = true;
  expected.reason = plain.empty() && used_up ? Reason::SOFT_LIMIT_EXCEEDED : Reason::GRANTED;
  plain.insert(plain.end(), metered.begin(), metered.end());
  for (const Entitlement* row : plain) {
    if (!row->id.empty()) {
      expected.grants.emplace_back(row->id);
    }
  }
  std::sort(expected.grants.begin(), expected.grants.end());
  expected.grants.erase(std::unique(expected.grants.begin(), expected.grants.end()), expected.grants.end());
  return expected;
}

}  // namespace plangate::test
