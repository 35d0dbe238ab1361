// Limits with numbers that no JSON carries, and with rows built by hand.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "engine_support.hpp"
#include "plangate/json.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNaN = std::nan("");

LimitResult ask(const std::vector<Entitlement>& rows, const LimitQuery& query) {
  Engine engine;
  return engine.limit(engine.hold(list(rows)), "quota", query, kNow);
}

}  // namespace

TEST_CASE("used and requested must be amounts", "[limit]") {
  for (const double odd : {kNaN, kInfinity, -kInfinity, -1.0, -5e-324}) {
    for (const std::string_view field : {"limit", ""}) {
      const auto rows = field.empty() ? std::vector<Entitlement>{metered("e1", "quota", 10, 5)}
                                      : std::vector<Entitlement>{row("e1", "quota", R"({"limit":10})")};
      CHECK(to_json(ask(rows, {field, odd, 1, {}})) == R"({"allowed":false,"reason":"INVALID_CONFIG","used":0})");
      const LimitResult result = ask(rows, {field, 0.0, odd, {}});
      CHECK_FALSE(result.allowed);
      CHECK(result.reason == Reason::INVALID_CONFIG);
    }
  }
}

TEST_CASE("at the limit the next one is denied", "[limit]") {
  const std::vector<Entitlement> rows = {row("e1", "quota", R"({"limit":10})")};
  for (const double used : {0.0, 8.0, 9.0, 9.5, 10.0, 11.0, 1e300}) {
    const LimitResult result = ask(rows, {"limit", used, 1, {}});
    CAPTURE(used);
    CHECK(result.allowed == (used + 1 <= 10));
    CHECK(result.reason == (result.allowed ? Reason::GRANTED : Reason::LIMIT_REACHED));
    CHECK(result.remaining == std::max(0.0, 10 - used));
    CHECK(result.used == used);
  }
  CHECK(ask(rows, {"limit", 10.0, 0, {}}).allowed);
  CHECK(ask(rows, {"limit", 10.0, 5e-324, {}}).allowed);  // less than the precision of 10
}

TEST_CASE("numbers that no JSON carries are unknown in a usage", "[limit]") {
  for (const double odd : {kNaN, kInfinity, -kInfinity}) {
    Entitlement entitlement = metered("e1", "quota", odd, odd);
    entitlement.usage->overage = odd;
    Engine engine;
    const SnapshotHandle handle = engine.hold(list({entitlement}));
    const Decision decision = engine.check(handle, "quota", kNow);
    CHECK(decision.allowed);
    CHECK_FALSE(decision.limit);
    CHECK(engine.limit(handle, "quota", {}, kNow).reason == Reason::NO_CONFIG);
  }
}

TEST_CASE("config text that is no JSON object gives no limit", "[limit]") {
  for (const std::string_view config : {"{", "[5]", "5", R"({"limit":5}x)", "nonsense", R"({"limit":1e999})"}) {
    const LimitResult result = ask({row("e1", "quota", config)}, {"limit", 0.0, 1, {}});
    CHECK_FALSE(result.allowed);
    CHECK(result.reason == Reason::NO_CONFIG);
  }
}

TEST_CASE("a pool counts once, and rows without one each for themselves", "[limit]") {
  Entitlement a = metered("a", "quota", 30, 70);
  Entitlement b = metered("b", "quota", 20, 80);
  const auto limit_and_used = [](const std::vector<Entitlement>& rows) {
    const LimitResult result = ask(rows, {"", std::nullopt, 0, {}});
    return std::pair(result.limit.value_or(-1), result.used);
  };
  CHECK(limit_and_used({a, b}) == std::pair(200.0, 150.0));
  a.usage->pool = "gpu";
  CHECK(limit_and_used({a, b}) == std::pair(200.0, 150.0));
  b.usage->pool = "gpu";
  CHECK(limit_and_used({a, b}) == std::pair(100.0, 80.0));
  CHECK(limit_and_used({a, metered("c", "quota", 5, 5), b}) == std::pair(110.0, 85.0));
}
