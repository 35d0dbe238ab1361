// The steps of what only servers ask: counters, and several snapshots as one.
#include <string>
#include <vector>

#include "plangate/json.hpp"
#include "test_run.hpp"

namespace spec {

void TestRun::counter(const Json& step) {
  const Json& asked = step["counter"];
  const std::string key = asked.at("key");
  const plangate::CounterQuery query{text_of(asked, "field"), text_of(asked, "product")};
  const Held held = subject(step);
  const std::string text = to_json(engine_.counter(held.handle, key, query, now_of(step)));
  if (held.twin != 0) {
    same_text("the counter changes when the snapshot is written and read back", text,
              to_json(engine_.counter(held.twin, key, query, now_of(step))));
  }
  expect(step, text);
}

void TestRun::combine(const Json& step) {
  std::vector<plangate::SnapshotHandle> parts;
  for (const Json& name : step["combine"]) {
    parts.push_back(held(name).handle);
  }
  auto combined = engine_.combine(parts, "cus_1", "app");
  if (step.contains("expectError")) {
    if (combined) {
      throw Failure{"expected an error, got a snapshot"};
    }
    return expect(step, to_json(combined.error()), "expectError");
  }
  if (!combined) {
    throw Failure{"unexpected error " + to_json(combined.error())};
  }
  keep(step, combined.value());
}

}  // namespace spec
