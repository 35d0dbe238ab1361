// Helpers of the engine's tests: lists built by hand, and a small generator of random ones.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plangate/engine.hpp"

namespace plangate::test {

inline constexpr TimeMs kNow = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

/// A row that grants; change what the test is about.
inline Entitlement row(std::string_view id, std::string_view key, std::string_view config = {}) {
  Entitlement entitlement;
  entitlement.id = id;
  entitlement.feature_key = key;
  entitlement.config = config;
  entitlement.type = config.empty() ? FeatureType::boolean : FeatureType::static_;
  return entitlement;
}

inline Entitlement metered(std::string_view id, std::string_view key, double balance, double used) {
  Entitlement entitlement = row(id, key);
  entitlement.type = FeatureType::metered;
  entitlement.usage.emplace();
  entitlement.usage->balance = balance;
  entitlement.usage->usage_in_period = used;
  return entitlement;
}

/// A snapshot of these rows. Their text must outlive it; the engine copies it.
inline Snapshot list(std::vector<Entitlement> rows, std::string_view customer = "cus_1") {
  Snapshot snapshot;
  snapshot.customer = customer;
  snapshot.source = "stripe";
  snapshot.as_of = kNow;
  snapshot.entitlements = std::move(rows);
  return snapshot;
}

/// Pseudo-random numbers (splitmix64): the same in every run, so that a failure can be repeated by its seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }
  /// 0 … count-1
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class T, std::size_t N>
  const T& pick(const T (&choices)[N]) {
    return choices[below(N)];
  }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[below(i)]);
    }
  }

 private:
  std::uint64_t state_;
};

/// Rows over few keys, products, pools and moments, so that they meet often.
inline std::vector<Entitlement> random_rows(Random& random, std::size_t count) {
  static constexpr std::string_view kIds[] = {"", "e1", "e2", "e3", "e4", "e5", "e6"};
  static constexpr std::string_view kKeys[] = {"sso", "quota", "api calls", "\"quoted\"", "ключ"};
  static constexpr std::string_view kProducts[] = {"", "basic", "pro"};
  static constexpr std::string_view kPools[] = {"", "", "gpu", "cpu"};
  static constexpr std::string_view kConfigs[] = {
      "",
      "{}",
      R"({"limit":5})",
      R"({"limit":0.1,"tier":"gold"})",
      R"({"limit":0.2,"tier":null})",
      R"({"limit":"unlimited","tier":"silver"})",
      R"({"tier":["a",{"b":1}],"limit":-1})",
      R"({"limit":0.3,"sum":1e308,"\u0001":true})",
      R"({"limit":7,"sum":1e308,"a":false})",
  };
  static constexpr double kAmounts[] = {-20, 0, 0.1, 0.2, 0.3, 10, 100.5};
  std::vector<Entitlement> rows;
  for (std::size_t i = 0; i < count; ++i) {
    Entitlement entitlement = row(random.pick(kIds), random.pick(kKeys), random.pick(kConfigs));
    entitlement.product_id = random.pick(kProducts);
    entitlement.type = static_cast<FeatureType>(random.one_in(12) ? 3 : random.below(3));
    entitlement.status = static_cast<Status>(random.one_in(4) ? random.below(4) : 0);
    entitlement.has_access = !random.one_in(4);
    entitlement.malformed = random.one_in(12);
    const auto moment = [&random] { return kNow + static_cast<TimeMs>(random.below(8)) * 500 - 2000; };
    entitlement.active_from = random.one_in(2) ? kAlways : moment();
    entitlement.active_to = random.one_in(2) ? kNever : moment();
    if (entitlement.type == FeatureType::metered && !random.one_in(6)) {
      Usage usage;
      const auto amount = [&random] {
        return random.one_in(4) ? std::nullopt : std::optional<double>(random.pick(kAmounts));
      };
      usage.balance = amount();
      usage.usage_in_period = amount();
      usage.overage = amount();
      usage.soft = random.one_in(3);
      usage.pool = random.pick(kPools);
      entitlement.usage = usage;
    }
    rows.push_back(entitlement);
  }
  return rows;
}

/// Every key that random rows use, and one that they do not.
inline constexpr std::string_view kRandomKeys[] = {"sso", "quota", "api calls", "\"quoted\"", "ключ", "nowhere"};

}  // namespace plangate::test
