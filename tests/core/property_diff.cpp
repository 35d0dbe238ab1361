// Applying a diff to the old decisions gives the new ones.
#include <catch2/catch.hpp>
#include <map>

#include "document.hpp"
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

std::string text_of(json::Node node) {
  std::string text;
  json::append_canonical(text, node);
  return text;
}

std::optional<double> number_of(json::Node node) {
  return node.is_number() ? std::optional<double>(node.number()) : std::nullopt;
}

State state_of(const Engine& engine, SnapshotHandle handle, TimeMs now) {
  State state;
  for (const std::string_view key : kRandomKeys) {
    const Decision decision = engine.check(handle, key, now);
    Facts facts{decision.allowed, {}, decision.limit, decision.remaining};
    const json::Document config = json::Document::read_kept(decision.config);
    for (const json::Node field : config.root()) {
      facts.config[std::string(field.key())] = text_of(field);
    }
    state[std::string(key)] = facts;
  }
  return state;
}

void apply_config_change(Facts& facts, json::Node change) {
  const std::string field(change.find("field").string());
  const std::string from = text_of(change.find("from"));
  const std::string to = text_of(change.find("to"));
  const auto found = facts.config.find(field);
  CHECK((found == facts.config.end() ? "" : found->second) == from);
  CHECK(from != to);
  if (to.empty()) {
    facts.config.erase(field);
  } else {
    facts.config[field] = to;
  }
}

void apply_usage_change(Facts& facts, json::Node change) {
  const json::Node from = change.find("from");
  const json::Node to = change.find("to");
  CHECK(facts.limit == number_of(from.find("limit")));
  CHECK(facts.remaining == number_of(from.find("remaining")));
  CHECK(text_of(from) != text_of(to));
  facts.limit = number_of(to.find("limit"));
  facts.remaining = number_of(to.find("remaining"));
}

// Applies the diff, and holds it to telling only what differs, in order.
State applied(State state, json::Node diff) {
  for (const std::string_view list : {"granted", "revoked"}) {
    std::string last;
    for (const json::Node key : diff.find(list)) {
      Facts& facts = state[std::string(key.string())];
      CHECK(facts.allowed == (list == "revoked"));
      facts.allowed = !facts.allowed;
      CHECK(last < key.string());
      last = key.string();
    }
  }
  for (const json::Node change : diff.find("configChanged")) {
    apply_config_change(state[std::string(change.find("key").string())], change);
  }
  for (const json::Node change : diff.find("usageChanged")) {
    apply_usage_change(state[std::string(change.find("key").string())], change);
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
    std::string text;
    const bool differs = engine.diff(before, kNow, after, now, text);
    const json::Document diff = json::Document::read_kept(text);
    CHECK((applied(state_of(engine, before, kNow), diff.root()) == state_of(engine, after, now)));
    std::string none;
    CHECK_FALSE(engine.diff(after, now, after, now, none));
    CHECK(differs == (text != none));
    for (const json::Node changed : diff.root()) {
      changes += changed.size();
    }
  }
  CHECK(changes > 400);
}
