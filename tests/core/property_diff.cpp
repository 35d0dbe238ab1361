// Applying a diff to the old decisions gives the new ones.
#include <catch2/catch.hpp>
#include <map>

#include "config_fields.hpp"
#include "engine_support.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

// What a diff speaks of, for every key.
struct Facts {
  bool allowed = false;
  std::map<std::string, std::string> config;
  std::optional<double> limit;
  std::optional<double> remaining;
  bool operator==(const Facts& other) const {
    return allowed == other.allowed && config == other.config && limit == other.limit && remaining == other.remaining;
  }
};
using State = std::map<std::string, Facts>;

State state_of(const Engine& engine, SnapshotHandle handle, TimeMs now) {
  State state;
  for (const std::string_view key : kRandomKeys) {
    const Decision decision = engine.check(handle, key, now);
    Facts facts{decision.allowed, {}, decision.limit, decision.remaining};
    const ConfigFields fields(decision.config);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      facts.config[std::string(fields.name(i))] = fields.value(i).text;
    }
    state[std::string(key)] = facts;
  }
  return state;
}

// Applies the diff, and holds it to telling only what differs.
State applied(State state, const Diff& diff) {
  for (const std::string& key : diff.granted) {
    CHECK_FALSE(state[key].allowed);
    state[key].allowed = true;
  }
  for (const std::string& key : diff.revoked) {
    CHECK(state[key].allowed);
    state[key].allowed = false;
  }
  for (const Diff::ConfigChange& change : diff.config_changed) {
    auto& config = state[change.key].config;
    const auto found = config.find(change.field);
    CHECK((found == config.end() ? "" : found->second) == change.from);
    CHECK(change.from != change.to);
    if (change.to.empty()) {
      config.erase(change.field);
    } else {
      config[change.field] = change.to;
    }
  }
  for (const Diff::UsageChange& change : diff.usage_changed) {
    Facts& facts = state[change.key];
    CHECK(facts.limit == change.limit_from);
    CHECK(facts.remaining == change.remaining_from);
    CHECK((change.limit_from != change.limit_to || change.remaining_from != change.remaining_to));
    facts.limit = change.limit_to;
    facts.remaining = change.remaining_to;
  }
  return state;
}

}  // namespace

TEST_CASE("old decisions and the diff make the new decisions", "[property]") {
  std::size_t changes = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    Engine engine;
    REQUIRE_FALSE(engine.configure(R"({"defaults":{"sso":{"limit":3},"ключ":true},"expireAfter":1500})"));
    const SnapshotHandle before = random.one_in(6) ? 0 : engine.hold(list(random_rows(random, random.below(12))));
    const SnapshotHandle after = random.one_in(6) ? 0 : engine.hold(list(random_rows(random, random.below(12))));
    const TimeMs now = kNow + static_cast<TimeMs>(random.below(3000));
    CAPTURE(seed, before, after);
    const Diff diff = engine.diff(before, kNow, after, now);
    CHECK((applied(state_of(engine, before, kNow), diff) == state_of(engine, after, now)));
    CHECK(std::is_sorted(diff.granted.begin(), diff.granted.end()));
    CHECK(std::is_sorted(diff.revoked.begin(), diff.revoked.end()));
    CHECK(engine.diff(after, now, after, now).empty());
    changes += diff.granted.size() + diff.revoked.size() + diff.config_changed.size() + diff.usage_changed.size();
  }
  CHECK(changes > 400);
}
