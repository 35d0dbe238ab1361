// Properties of decisions over random lists, against the rules written a second time.
#include <catch2/catch.hpp>

#include "plangate/json.hpp"
#include "reference_rules.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

constexpr std::uint64_t kSeeds = 400;

// All moments at which random rows begin or end, those beside them, and far ones.
std::vector<TimeMs> moments() {
  std::vector<TimeMs> all = {kAlways, 0, kNow - 100'000};
  for (TimeMs at = kNow - 3000; at <= kNow + 3000; at += 250) {
    all.insert(all.end(), {at - 1, at});
  }
  all.insert(all.end(), {kNow + 100'000, kNever});
  return all;
}

void check_against_rules(const Engine& engine, SnapshotHandle handle, const std::vector<Entitlement>& rows,
                         TimeMs now) {
  for (const std::string_view key : kRandomKeys) {
    for (const std::string_view product : {"", "basic", "pro", "unheard of"}) {
      const Expected expected = expect(rows, key, now, product);
      const Decision decision = engine.check(handle, key, now, product);
      CAPTURE(key, product, now, to_json(decision));
      CHECK(decision.allowed == expected.allowed);
      CHECK(name_of(decision.reason) == name_of(expected.reason));
      CHECK(decision.grants == expected.grants);
      CHECK((decision.allowed || decision.config.empty()));
      const bool tells_limit = expected.balance && (expected.allowed || expected.reason == Reason::LIMIT_REACHED);
      CHECK(decision.limit.has_value() == tells_limit);
    }
  }
}

}  // namespace

TEST_CASE("check answers as the rules say, at every boundary", "[property]") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed);
    const auto rows = random_rows(random, random.below(14));
    Engine engine;
    const SnapshotHandle handle = engine.hold(list(rows));
    CAPTURE(seed);
    for (int i = 0; i < 6; ++i) {
      check_against_rules(engine, handle, rows, moments()[random.below(moments().size())]);
    }
  }
}

TEST_CASE("table, decide and check give one answer", "[property]") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed);
    Engine engine;
    const SnapshotHandle other = engine.hold(list(random_rows(random, 10), "cus_2"));
    const SnapshotHandle handle = engine.hold(list(random_rows(random, random.below(200))));
    REQUIRE_FALSE(engine.configure(R"({"staleAfter":1000,"expireAfter":1500,"onExpired":{"sso":"keep"},
                                       "overrides":{"quota":true},"defaults":{"sso":{"limit":1},"other":false}})"));
    CAPTURE(seed);
    for (const SnapshotHandle asked : {handle, other, SnapshotHandle{0}}) {
      const TimeMs now = moments()[random.below(moments().size())];
      const Engine::Table table = engine.table(asked, now);
      for (const std::string_view key : kRandomKeys) {
        const Decision decision = engine.check(asked, key, now);
        const DecisionByte byte = pack(decision.allowed, decision.reason, decision.fallback, decision.stale);
        const NameId name = engine.find_name(key);
        CHECK(engine.decide(asked, name, now) == byte);
        if (name != kNoName) {
          CHECK(table.decisions[static_cast<std::size_t>(name)] == byte);
        }
      }
    }
  }
}

TEST_CASE("decisions change by time at reported moments only", "[property]") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed);
    Engine engine;
    const SnapshotHandle handle = engine.hold(list(random_rows(random, random.below(14))));
    if (random.one_in(2)) {
      REQUIRE_FALSE(engine.configure(R"({"staleAfter":700,"expireAfter":1100,"onExpired":{"quota":"keep"}})"));
    }
    CAPTURE(seed);
    for (const std::string_view key : kRandomKeys) {
      std::string last;
      TimeMs until = kAlways;
      TimeMs table_until = kAlways;
      for (const TimeMs now : moments()) {
        Decision decision = engine.check(handle, key, now);
        const TimeMs reported = std::exchange(decision.valid_until, kNever);
        const std::string text = to_json(decision);
        CAPTURE(key, now, last, text);
        REQUIRE((reported > now || reported == kNever));
        if (text != last && !last.empty()) {
          REQUIRE((until <= now && until != kNever));
          REQUIRE((table_until <= now && table_until != kNever));
        }
        last = text;
        until = reported;
        table_until = engine.table(handle, now).next_change_at;
        REQUIRE((table_until > now || table_until == kNever));
        REQUIRE(table_until <= until);
      }
    }
  }
}

TEST_CASE("few boundaries that change nothing are reported", "[property]") {
  int reported = 0;
  int idle = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed);
    Engine engine;
    const SnapshotHandle handle = engine.hold(list(random_rows(random, random.below(14))));
    for (const std::string_view key : kRandomKeys) {
      Decision before = engine.check(handle, key, kNow - 3000);
      while (before.valid_until != kNever) {
        Decision after = engine.check(handle, key, before.valid_until);
        const TimeMs next = after.valid_until;
        after.valid_until = before.valid_until;
        ++reported;
        idle += to_json(after) == to_json(before) ? 1 : 0;
        after.valid_until = next;
        before = std::move(after);
      }
    }
  }
  // Rows without an id and config leave no trace in a decision when they begin beside another grant.
  CAPTURE(reported, idle);
  CHECK(reported > 1000);
  CHECK(idle * 10 < reported);
}

TEST_CASE("the order of rows never shows", "[property]") {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed);
    auto rows = random_rows(random, 2 + random.below(20));
    Engine engine;
    Engine shuffled;
    const std::string_view options = R"({"merge":{"quota":{"limit":"sum","sum":"sum"},"sso":{"limit":"min"},
      "ключ":{"limit":"latest"}},"unlimitedValue":{"quota":{"limit":-1}}})";
    REQUIRE_FALSE(engine.configure(options));
    REQUIRE_FALSE(shuffled.configure(options));
    const SnapshotHandle before = engine.hold(list(rows));
    random.shuffle(rows);
    const SnapshotHandle after = shuffled.hold(list(rows));
    CAPTURE(seed);
    for (const std::string_view key : kRandomKeys) {
      for (const std::string_view product : {"", "pro"}) {
        CHECK(to_json(engine.check(before, key, kNow, product)) == to_json(shuffled.check(after, key, kNow, product)));
        for (const std::string_view field : {"", "limit", "sum", "tier"}) {
          const LimitQuery query{field, std::nullopt, 1, product};
          CHECK(to_json(engine.limit(before, key, query, kNow)) == to_json(shuffled.limit(after, key, query, kNow)));
        }
      }
    }
  }
}
