// How the engine holds snapshots: handles, names, memory, what is packed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "engine_support.hpp"
#include "order.hpp"
#include "packing.hpp"
#include "plangate/json.hpp"
#include "store.hpp"

using namespace plangate;
using namespace plangate::test;

TEST_CASE("packed numbers, times and texts read back", "[store]") {
  const double numbers[] = {0, 1, -1, 63, 64, 0.1, -2.5, 9007199254740991.0, 9007199254740992.0, -1e300, 5e-324};
  const TimeMs times[] = {0, kNow, kNow + 1, kNow - 999, -1, -62167219200000, kTimeLimit, -kTimeLimit};
  std::string bytes;
  for (const double number : numbers) {
    put_number(bytes, number);
  }
  for (const TimeMs time : times) {
    for (const TimeMs base : {TimeMs{0}, kNow, -kTimeLimit, kTimeLimit}) {
      put_time(bytes, time, base);
    }
  }
  put_text(bytes, std::string(300, 'x'));
  put_varint(bytes, ~std::uint64_t{0});
  const std::vector<char> exact(bytes.begin(), bytes.end());
  Unpacker in({exact.data(), exact.size()});
  for (const double number : numbers) {
    CHECK(in.number() == number);
  }
  for (const TimeMs time : times) {
    for (const TimeMs base : {TimeMs{0}, kNow, -kTimeLimit, kTimeLimit}) {
      CHECK(in.time(base) == time);
    }
  }
  CHECK(in.text() == std::string(300, 'x'));
  CHECK(in.varint() == ~std::uint64_t{0});
  CHECK(in.done());
}

TEST_CASE("a text pool counts references and reuses ids", "[store]") {
  Random random(7);
  TextPool pool;
  std::map<std::string, std::pair<std::uint32_t, int>> kept;  // text -> id, references
  for (int step = 0; step < 20'000; ++step) {
    const std::string text = "name " + std::to_string(random.below(300));
    const auto found = kept.find(text);
    REQUIRE(pool.find(text) == (found == kept.end() ? kNoText : found->second.first));
    if (random.one_in(2)) {
      const std::uint32_t id = pool.acquire(text);
      REQUIRE((found == kept.end() || found->second.first == id));
      ++kept.try_emplace(text, id, 0).first->second.second;
      REQUIRE(pool.text(id) == text);
    } else if (found != kept.end()) {
      const std::uint32_t generation = pool.generation();
      const bool last = --found->second.second == 0;
      REQUIRE(pool.release(found->second.first) == last);
      REQUIRE((pool.generation() != generation) == last);
      if (last) {
        kept.erase(found);
      }
    }
  }
  CHECK(pool.size() <= 300);
  const std::uint32_t empty = pool.acquire("");
  CHECK(pool.find("") == empty);
}

TEST_CASE("sorting agrees with what it is told", "[store]") {
  Random random(3);
  for (std::size_t count = 0; count < 200; ++count) {
    std::vector<std::uint32_t> values(count);
    for (std::uint32_t& value : values) {
      value = static_cast<std::uint32_t>(random.below(20));
    }
    const auto order =
        sorted_order(count, [&values](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
    REQUIRE(order.size() == count);
    for (std::size_t i = 1; i < count; ++i) {
      REQUIRE(values[order[i - 1]] <= values[order[i]]);
      REQUIRE((values[order[i - 1]] != values[order[i]] || order[i - 1] < order[i]));  // stable
    }
  }
}

TEST_CASE("a released handle answers as no snapshot, and does not come back soon", "[store]") {
  Engine engine;
  const SnapshotHandle first = engine.hold(list({row("e1", "sso")}));
  REQUIRE(first != 0);
  CHECK(engine.check(first, "sso", kNow).allowed);
  engine.release(first);
  CHECK(engine.check(first, "sso", kNow).reason == Reason::NOT_READY);
  CHECK_FALSE(engine.info(first));
  CHECK_FALSE(engine.encode(first));
  engine.release(first);
  engine.release(0);
  engine.release(0xFFFFFFFF);
  SnapshotHandle last = 0;
  for (int i = 0; i < 20'000; ++i) {
    last = engine.hold(list({row("e1", "sso")}));
    REQUIRE(last != first);
    REQUIRE(last < 0x80000000U);
    engine.release(last);
  }
}

TEST_CASE("names come and go with the snapshots that use them", "[store]") {
  Engine engine;
  const SnapshotHandle first = engine.hold(list({row("e1", "sso"), row("e2", "sso"), row("e3", "audit")}));
  const NameId sso = engine.find_name("sso");
  const std::uint32_t generation = engine.names_generation();
  const SnapshotHandle second = engine.hold(list({row("e1", "sso")}));
  CHECK(engine.names_generation() == generation);
  engine.release(first);
  CHECK(engine.find_name("sso") == sso);
  CHECK(engine.find_name("audit") == kNoName);
  CHECK(engine.names_generation() != generation);
  const SnapshotHandle third = engine.hold(list({row("e1", "reports")}));
  CHECK(engine.table(third, kNow).decisions.size() == 2);
  std::map<std::string, NameId> names;
  engine.each_name([](void* context, std::string_view name,
                      NameId id) { (*static_cast<std::map<std::string, NameId>*>(context))[std::string(name)] = id; },
                   &names);
  CHECK(names == std::map<std::string, NameId>{{"sso", sso}, {"reports", engine.find_name("reports")}});
  engine.release(second);
  engine.release(third);
  CHECK(engine.find_name("sso") == kNoName);
}

TEST_CASE("ids come back whole, whatever they share", "[store]") {
  const std::vector<std::string> lists[] = {
      {"ent_1"},           {"ent_1", "ent_1"},
      {"ent_1", "ent_12"}, {"ent_12", "ent_1", "ent_1"},
      {"ent_1", ""},       {"a"},
      {"a", "b"},          {"\xC3\xA9", "\xC3\xA8"},  // two letters with one first byte
      {"aa", "a", "aaa"},  {"ent_long_1", "e"},
  };
  for (const std::vector<std::string>& ids : lists) {
    Engine engine;
    std::vector<Entitlement> rows;
    for (const std::string& id : ids) {
      rows.push_back(row(id, "sso"));
    }
    const SnapshotHandle held = engine.hold(list(rows));
    std::vector<std::string> granting = ids;
    std::sort(granting.begin(), granting.end());
    granting.erase(std::unique(granting.begin(), granting.end()), granting.end());
    granting.erase(std::remove(granting.begin(), granting.end(), ""), granting.end());
    CHECK(engine.check(held, "sso", kNow).grants == granting);
    const auto encoded = engine.encode(held);
    REQUIRE(encoded);
    for (const std::string& id : granting) {
      CHECK(encoded->find("\"id\":\"" + id + "\"") != std::string::npos);
    }
  }
}

TEST_CASE("what is held is what was given, in its order", "[store]") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    Engine engine;
    engine.hold(list(random_rows(random, 5), "another"));
    Snapshot snapshot = list(random_rows(random, random.below(150)));
    for (Entitlement& entitlement : snapshot.entitlements) {
      entitlement.subscription_id = random.one_in(2) ? "sub_1" : "";
      entitlement.feature_id = random.one_in(2) ? "feat_1" : "";
      if (entitlement.usage) {
        entitlement.usage->period_start = kNow - 1;
      }
    }
    snapshot.mode = random.one_in(2) ? Mode::test : Mode::live;
    snapshot.merge = R"({"quota":{"limit":"sum","tier":"latest"}})";
    snapshot.unlimited_value = R"({"quota":{"limit":-1}})";
    snapshot.catalogue = R"({"features":[{"key":"old","archived":true}],"products":[{"id":"pro"}]})";
    const SnapshotHandle handle = engine.hold(snapshot);
    CAPTURE(seed);
    for (const bool with_catalogue : {true, false}) {
      REQUIRE(engine.encode(handle, with_catalogue) == encode(snapshot, with_catalogue));
    }
    REQUIRE(to_json(*engine.info(handle)) == R"({"customer":"cus_1","source":"stripe","mode":")" +
                                                 std::string(snapshot.mode == Mode::test ? "test" : "live") +
                                                 R"(","asOf":1767225600000,"entries":)" +
                                                 std::to_string(snapshot.entitlements.size()) + "}");
  }
}

TEST_CASE("rows are found in a snapshot of any size", "[store]") {
  for (const std::size_t keys : {0U, 1U, 16U, 64U, 65U, 66U, 300U}) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < keys; ++i) {
      names.push_back("feature " + std::to_string(i));
    }
    std::vector<Entitlement> rows;
    for (std::size_t i = 0; i < keys; ++i) {
      // Every tenth key has so many rows that it spans several places of the index.
      for (std::size_t copy = 0; copy < (i % 10 == 0 ? 40U : 1U); ++copy) {
        rows.push_back(row(copy % 2 == 0 ? "a" : "b", names[i]));
        rows.back().has_access = i % 3 == 0;
      }
    }
    Random random(keys + 1);
    random.shuffle(rows);
    Engine engine;
    engine.hold(list({row("x", "unrelated")}, "another"));
    const SnapshotHandle handle = engine.hold(list(rows));
    for (std::size_t i = 0; i < keys; ++i) {
      const Decision decision = engine.check(handle, names[i], kNow);
      CAPTURE(keys, i);
      CHECK(decision.allowed == (i % 3 == 0));
      CHECK(decision.grants.size() == (!decision.allowed ? 0U : i % 10 == 0 ? 2U : 1U));
    }
    CHECK(engine.check(handle, "unrelated", kNow).reason == Reason::NOT_ENTITLED);
  }
}

TEST_CASE("many customers take little memory", "[store]") {
  std::size_t bytes = 0;
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) {
    names.push_back("feature-" + std::to_string(i));
  }
  Store store;
  std::string id = "ent_0123456789abcdef";
  std::vector<Entitlement> rows;
  for (const std::string& name : names) {
    rows.push_back(row(id, name, R"({"limit":5})"));
    rows.back().product_id = "prod_0123456789";
    rows.back().feature_id = "feat_0123456789";
    rows.back().active_from = kNow - 86'400'000;
    rows.back().active_to = kNow + 2'592'000'000;
  }
  const HeldSnapshot* held = store.find(store.hold(list(rows)));
  bytes = sizeof(HeldSnapshot) + 16 + held->heads_size + held->bodies_size + held->customer_size + held->order_size;
  // 8 MiB for 10,000 customers with 20 entitlements each are 41 bytes an entitlement, allocation and slots included.
  CHECK(bytes / rows.size() <= 39);
}
