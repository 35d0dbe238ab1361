// Decisions at the ends of time, and of an aging snapshot.
#include <catch2/catch.hpp>

#include "engine_support.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

Entitlement during(TimeMs from, TimeMs to) {
  Entitlement entitlement = row("e1", "sso");
  entitlement.active_from = from;
  entitlement.active_to = to;
  return entitlement;
}

}  // namespace

TEST_CASE("activeFrom is inclusive, activeTo exclusive", "[decide]") {
  Engine engine;
  const SnapshotHandle handle = engine.hold(list({during(kNow, kNow + 10)}));
  const auto reason = [&](TimeMs now) { return engine.check(handle, "sso", now).reason; };
  CHECK(reason(kNow - 1) == Reason::NOT_YET_ACTIVE);
  CHECK(reason(kNow) == Reason::GRANTED);
  CHECK(reason(kNow + 9) == Reason::GRANTED);
  CHECK(reason(kNow + 10) == Reason::EXPIRED);
  CHECK(engine.check(handle, "sso", kNow - 1).valid_until == kNow);
  CHECK(engine.check(handle, "sso", kNow).valid_until == kNow + 10);
  CHECK(engine.check(handle, "sso", kNow + 10).valid_until == kNever);
}

TEST_CASE("open ends hold at the ends of time", "[decide]") {
  Engine engine;
  const SnapshotHandle handle = engine.hold(list({during(kAlways, kNever)}));
  for (const TimeMs now : {kAlways, kAlways + 1, TimeMs{0}, kNever - 1, kNever}) {
    CHECK(engine.check(handle, "sso", now).allowed);
    CHECK(engine.table(handle, now).next_change_at == kNever);
  }
}

TEST_CASE("rows that end before they begin never grant", "[decide]") {
  Engine engine;
  const SnapshotHandle handle = engine.hold(list({during(kNow, kNow - 10)}));
  for (TimeMs now = kNow - 20; now < kNow + 20; ++now) {
    CHECK_FALSE(engine.check(handle, "sso", now).allowed);
  }
  CHECK(engine.check(handle, "sso", kNow - 20).valid_until == kNow);
}

TEST_CASE("an odd asOf ages without overflow", "[decide]") {
  for (const TimeMs as_of : {kAlways, kNever, TimeMs{0}, TimeMs{-1}, kNow}) {
    Snapshot snapshot = list({during(0, kNow)});
    snapshot.as_of = as_of;
    Engine engine;
    REQUIRE_FALSE(engine.configure(R"({"staleAfter":1e300,"expireAfter":1e300})"));
    const SnapshotHandle handle = engine.hold(snapshot);
    CAPTURE(as_of);
    CHECK(engine.check(handle, "sso", 1).allowed);
    CHECK(engine.check(handle, "sso", -1).reason == Reason::NOT_YET_ACTIVE);
    CHECK(engine.info(handle)->as_of == as_of);
    REQUIRE_FALSE(engine.configure(R"({"staleAfter":0,"expireAfter":0})"));
    CHECK(engine.check(handle, "sso", kNever).reason == Reason::SNAPSHOT_EXPIRED);
  }
}

TEST_CASE("staleness and expiry begin on the millisecond", "[decide]") {
  Engine engine;
  REQUIRE_FALSE(engine.configure(R"({"staleAfter":10,"expireAfter":20,"onExpired":{"kept":"keep"}})"));
  const SnapshotHandle handle = engine.hold(list({row("e1", "sso"), row("e2", "kept")}));
  const NameId sso = engine.find_name("sso");
  CHECK(engine.decide(handle, sso, kNow + 9) == pack(true, Reason::GRANTED, false, false));
  CHECK(engine.decide(handle, sso, kNow + 10) == pack(true, Reason::GRANTED, false, true));
  CHECK(engine.decide(handle, sso, kNow + 20) == pack(false, Reason::SNAPSHOT_EXPIRED, false, true));
  CHECK(engine.decide(handle, engine.find_name("kept"), kNow + 20) == pack(true, Reason::GRANTED, false, true));
  CHECK(engine.check(handle, "unknown", kNow + 20).reason == Reason::SNAPSHOT_EXPIRED);
  CHECK(engine.check(handle, "unknown", kNow + 19).reason == Reason::NOT_ENTITLED);
  CHECK(engine.check(handle, "sso", kNow).valid_until == kNow + 10);
  CHECK(engine.check(handle, "sso", kNow + 10).valid_until == kNow + 20);
  CHECK(engine.check(handle, "kept", kNow + 10).valid_until == kNever);
  CHECK(engine.table(handle, kNow + 19).next_change_at == kNow + 20);
  CHECK(engine.table(handle, kNow + 20).next_change_at == kNever);
}
