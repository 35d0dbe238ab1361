// Options: all or nothing, and every typo is heard.
#include <catch2/catch.hpp>

#include "engine_support.hpp"
#include "plangate/json.hpp"

using namespace plangate;
using namespace plangate::test;

TEST_CASE("a wrong option is told by its pointer", "[options]") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"[]", ""},
      {R"({"stealAfter":5})", "/stealAfter"},
      {R"({"staleAfter":"5"})", "/staleAfter"},
      {R"({"staleAfter":-1})", "/staleAfter"},
      {R"({"expireAfter":true})", "/expireAfter"},
      {R"({"merge":{"a":{"b":"biggest"}}})", "/merge/a/b"},
      {R"({"merge":{"a":"max"}})", "/merge/a"},
      {R"({"merge":[]})", "/merge"},
      {R"({"unlimitedValue":{"a":{"b":"-1"}}})", "/unlimitedValue/a/b"},
      {R"({"onExpired":{"a/b":"stay"}})", "/onExpired/a~1b"},
      {R"({"onExpired":"keep"})", "/onExpired"},
      {R"({"defaults":{"a":1}})", "/defaults/a"},
      {R"({"defaults":{"":true}})", "/defaults/"},
      {R"({"defaults":{"a":true,"a":true}})", "/defaults/a"},
      {R"({"defaults":[]})", "/defaults"},
      {R"({"merge":{"a":{"b":"max","b":"min"}}})", "/merge/a/b"},
      {R"({"overrides":{"a":"yes"}})", "/overrides/a"},
      {R"({"overrides":true})", "/overrides"},
      {R"({"caps":{"maxDepth":0}})", "/caps/maxDepth"},
      {R"({"caps":{"maxDepth":1.5}})", "/caps/maxDepth"},
      {R"({"caps":{"maxRows":5}})", "/caps/maxRows"},
      {R"({"caps":7})", "/caps"},
      {R"({"staleAfter":1,"staleAfter":2})", "/staleAfter"},
  };
  for (const auto& [options, pointer] : cases) {
    Engine engine;
    const auto error = engine.configure(options);
    CAPTURE(options);
    REQUIRE(error);
    CHECK(error->code == ErrorCode::INVALID_OPTION);
    CHECK(error->pointer == pointer);
    CHECK(error->message.size() > 10);
  }
  Engine engine;
  CHECK(engine.configure("{")->code == ErrorCode::SYNTAX_ERROR);
}

TEST_CASE("a wrong option changes nothing", "[options]") {
  Engine engine;
  REQUIRE_FALSE(engine.configure(R"({"defaults":{"a":true},"overrides":{"b":{"x":1}},"staleAfter":5,
      "merge":{"c":{"n":"sum"}},"caps":{"maxEntries":7},"onExpired":{"d":"keep"}})"));
  const SnapshotHandle handle = engine.hold(list({row("e1", "c", R"({"n":1})"), row("e2", "c", R"({"n":2})")}));
  const auto state = [&] {
    std::string text;
    for (const std::string_view key : {"a", "b", "c", "d"}) {
      text += to_json(engine.check(0, key, kNow + 5)) + to_json(engine.check(handle, key, kNow + 5));
    }
    return text + std::to_string(engine.caps().max_entries) + std::to_string(engine.names_generation());
  };
  const std::string before = state();
  CHECK(engine.configure(R"({"defaults":{"a":false},"overrides":null,"staleAfter":null,"merge":{"c":{"n":"min"}},
      "caps":{"maxEntries":8},"onExpired":{"new":"keep"},"expireAfter":"soon"})"));
  CHECK(state() == before);
  CHECK(before.find(R"("config":{"n":3})") != std::string::npos);
}

TEST_CASE("members not named keep their value, null resets", "[options]") {
  Engine engine;
  REQUIRE_FALSE(engine.configure(R"({"defaults":{"a":true},"caps":{"maxEntries":7,"maxDepth":9}})"));
  REQUIRE_FALSE(engine.configure(R"({"overrides":{"b":true},"caps":{"maxDepth":null}})"));
  CHECK(engine.check(0, "a", kNow).reason == Reason::DEFAULT);
  CHECK(engine.check(0, "b", kNow).reason == Reason::OVERRIDE);
  CHECK(engine.caps().max_entries == 7);
  CHECK(engine.caps().max_depth == Caps{}.max_depth);
  REQUIRE_FALSE(engine.configure(R"({"defaults":null,"overrides":null,"caps":null})"));
  CHECK(engine.check(0, "a", kNow).reason == Reason::NOT_READY);
  CHECK(engine.caps().max_entries == Caps{}.max_entries);
  CHECK(engine.find_name("a") == kNoName);  // nothing is left behind
  CHECK(engine.find_name("b") == kNoName);
}

TEST_CASE("local merge options win over the snapshot's", "[options]") {
  Engine engine;
  Snapshot snapshot = list({row("e1", "c", R"({"n":1,"m":-1})"), row("e2", "c", R"({"n":2,"m":5})")});
  snapshot.merge = R"({"c":{"n":"min"}})";
  snapshot.unlimited_value = R"({"c":{"m":-1}})";
  const SnapshotHandle handle = engine.hold(snapshot);
  CHECK(engine.check(handle, "c", kNow).config == R"({"m":-1,"n":1})");
  REQUIRE_FALSE(engine.configure(R"({"merge":{"c":{"n":"sum","m":"min"}}})"));
  CHECK(engine.check(handle, "c", kNow).config == R"({"m":5,"n":3})");
  REQUIRE_FALSE(engine.configure(R"({"unlimitedValue":{"c":{"m":5}}})"));
  CHECK(engine.check(handle, "c", kNow).config == R"({"m":-1,"n":3})");
}

TEST_CASE("plain features are true, false, null or a config, under any key", "[options]") {
  Engine engine;
  REQUIRE_FALSE(engine.configure(
      R"({"defaults":{"sso":true,"quota":{"limitGB":5},"empty":{},"beta":false,"gone":null,"__proto__":true}})"));
  const auto answer = [&](std::string_view key) {
    const Decision decision = engine.check(0, key, kNow);
    return std::string(name_of(decision.reason)) + (decision.allowed ? " + " : " - ") + decision.config;
  };
  CHECK(answer("sso") == "DEFAULT + ");
  CHECK(answer("quota") == R"(DEFAULT + {"limitGB":5})");
  CHECK(answer("empty") == "DEFAULT + {}");
  CHECK(answer("beta") == "DEFAULT - ");
  CHECK(answer("gone") == "DEFAULT - ");
  CHECK(answer("__proto__") == "DEFAULT + ");
  CHECK(answer("other") == "NOT_READY - ");
  CHECK(engine.configure(R"({"defaults":{")" + std::string(513, 'k') + R"(":true}})"));
}

TEST_CASE("features that are told to outlive their snapshot do", "[options]") {
  Engine engine;
  const SnapshotHandle handle = engine.hold(list({row("e1", "kept", ""), row("e2", "denied", ""), row("e3", "c", "")}));
  REQUIRE_FALSE(engine.configure(R"({"expireAfter":0,"onExpired":{"kept":"keep","denied":"deny"}})"));
  CHECK(engine.check(handle, "kept", kNow).allowed);
  CHECK(engine.check(handle, "denied", kNow).reason == Reason::SNAPSHOT_EXPIRED);
  CHECK(engine.check(handle, "c", kNow).reason == Reason::SNAPSHOT_EXPIRED);
}

TEST_CASE("load replaces only what it may", "[options]") {
  const auto body = [](std::string_view customer, std::string_view source, std::string_view mode, int as_of) {
    return std::string(R"({"plangate":1,"customer":")").append(customer) + R"(","source":")" + std::string(source) +
           R"(","mode":")" + std::string(mode) + R"(","asOf":)" + std::to_string(as_of) + R"(,"entitlements":[]})";
  };
  Engine engine;
  const auto load = [&](const std::string& text, SnapshotHandle replaces) {
    const std::string_view pages[] = {text};
    return engine.load(Format::snapshot, pages, {}, replaces);
  };
  const SnapshotHandle held = load(body("cus_1", "stripe", "live", 100), 0).value();
  const auto code = [&](const std::string& text) {
    auto result = load(text, held);
    return result.ok() ? "ok" : std::string(name_of(result.error().code));
  };
  CHECK(code(body("cus_1", "stripe", "live", 100)) == "ok");
  CHECK(code(body("cus_1", "stripe", "live", 101)) == "ok");
  CHECK(code(body("cus_1", "stripe", "live", 99)) == "OLDER_SNAPSHOT");
  CHECK(code(body("cus_2", "stripe", "live", 101)) == "CUSTOMER_MISMATCH");
  CHECK(code(body("cus_1", "paygentic", "live", 101)) == "SOURCE_MISMATCH");
  CHECK(code(body("cus_1", "stripe", "test", 101)) == "MODE_MISMATCH");
  CHECK(load(body("cus_1", "stripe", "live", 101), held + 1000).error().code == ErrorCode::UNKNOWN_SNAPSHOT);
  CHECK(engine.info(held)->as_of == 100);  // still held: it is the caller's to release
}
