#include "test_run.hpp"

#include <optional>
#include <string_view>
#include <vector>

#include "compare.hpp"
#include "plangate/json.hpp"

namespace spec {

plangate::TimeMs now_of(const Json& step, const char* member) {
  return step.contains(member) ? to_ms(step[member]) : kDefaultNow;
}

std::string_view text_of(const Json& json, const char* member) {
  const auto found = json.find(member);
  return found == json.end() ? std::string_view{} : std::string_view(found->get_ref<const std::string&>());
}

namespace {

using plangate::Decision;
using plangate::DecodeContext;
using plangate::Format;
using plangate::Reason;
using plangate::TimeMs;

Format format_of(const std::string& name) {
  if (name == "stripe-list") {
    return Format::stripe_list;
  }
  if (name == "stripe-summary") {
    return Format::stripe_summary;
  }
  if (name == "paygentic-list") {
    return Format::paygentic_list;
  }
  if (name == "snapshot") {
    return Format::snapshot;
  }
  throw TestRun::Failure{"the vector names an unknown format: " + name};
}

/// What a load request tells the decoder.
DecodeContext context_of(const Json& request, const plangate::Caps& caps) {
  DecodeContext context;
  context.customer = text_of(request, "customer");
  context.source = text_of(request, "source");
  context.caps = caps;
  if (request.contains("mode")) {
    context.mode = request["mode"] == "test" ? plangate::Mode::test : plangate::Mode::live;
  }
  if (request.contains("asOf")) {
    context.as_of = to_ms(request["asOf"]);
  }
  return context;
}

/// A snapshot of plangate's own format around what a vector gives of it.
Json snapshot_of(const Json& given) {
  Json page = {{"plangate", 1}, {"customer", "cus_1"}, {"source", "app"}, {"asOf", kDefaultNow}};
  page.update(given);
  return page;
}

plangate::DecisionByte byte_of(const Decision& decision) {
  return plangate::pack(decision.allowed, decision.reason, decision.fallback, decision.stale);
}

bool may_allow(const Decision& decision) {
  switch (decision.reason) {
    case Reason::GRANTED:
    case Reason::SOFT_LIMIT_EXCEEDED:
      return decision.allowed;
    case Reason::DEFAULT:
    case Reason::OVERRIDE:
      return true;
    default:
      return !decision.allowed;
  }
}

std::string question(const Json& step) {
  std::string text = step.dump();
  if (text.size() > 400) {
    std::size_t end = 400;
    while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
      --end;  // not within a character
    }
    text = text.substr(0, end) + "...";
  }
  return text;
}

}  // namespace

void TestRun::run(const Json& test) {
  if (test.contains("options")) {
    configure(test["options"], Json::object());
  }
  for (const Json& next : test.at("steps")) {
    step(next);
  }
}

void TestRun::step(const Json& step) {
  try {
    if (step.contains("configure")) {
      return configure(step["configure"], step);
    }
    if (step.contains("load")) {
      return load(step["load"], step);
    }
    if (step.contains("check")) {
      return check(step);
    }
    if (step.contains("table")) {
      return check_table(step);
    }
    if (step.contains("limit")) {
      return limit(step);
    }
    if (step.contains("counter")) {
      return counter(step);
    }
    if (step.contains("combine")) {
      return combine(step);
    }
    if (step.contains("diff")) {
      return diff(step);
    }
    if (step.contains("unlocks")) {
      return unlocks(step);
    }
    if (step.contains("encode")) {
      return encode(step);
    }
    if (step.contains("info")) {
      return info(step);
    }
    if (step.contains("nextChangeAt")) {
      return next_change(step);
    }
    if (step.contains("release")) {
      return release(step);
    }
    throw Failure{"the vector has an unknown step"};
  } catch (const Failure& failure) {
    throw Failure{question(step) + "\n      " + failure.what};
  }
}

TestRun::Held TestRun::held(const Json& name) const {
  if (name.is_null()) {
    return {};
  }
  const auto found = snapshots_.find(name.get<std::string>());
  return found == snapshots_.end() ? Held{} : found->second;
}

TestRun::Held TestRun::subject(const Json& step) const {
  return held(step.contains("snapshot") ? step["snapshot"] : Json("main"));
}

void TestRun::expect(const Json& step, const std::string& text, const char* member) {
  const Json answer = text.empty() ? Json() : Json::parse(text);
  if (step.contains(member)) {
    if (auto wrong = mismatch(step[member], answer)) {
      throw Failure{"expected " + step[member].dump() + "\n      got      " + text + "\n      " + *wrong};
    }
  }
  for (const Json& part : step.value("contains", Json::array())) {
    if (text.find(part.get<std::string>()) == std::string::npos) {
      throw Failure{"expected the text " + part.get<std::string>() + "\n      got      " + text};
    }
  }
}

void TestRun::same_text(const char* what, const std::string& a, const std::string& b) {
  if (a != b) {
    throw Failure{std::string(what) + "\n      one      " + a + "\n      other    " + b};
  }
}

void TestRun::configure(const Json& options, const Json& step) {
  if (options.is_object() && options.contains("caps")) {
    twins_ = false;  // an encoding may be larger than its input
  }
  const auto error = engine_.configure(pages_.bytes(options));
  if (step.contains("expectError")) {
    if (!error) {
      throw Failure{"expected an error, got none"};
    }
    return expect(step, to_json(*error), "expectError");
  }
  if (error) {
    throw Failure{"unexpected error " + to_json(*error)};
  }
}

void TestRun::load(const Json& load, const Json& step) {
  const bool given = load.contains("given");
  std::vector<std::string> bodies;
  if (given) {
    bodies.push_back(snapshot_of(load["given"]).dump());
  } else {
    for (const Json& page : load.at("pages")) {
      bodies.push_back(pages_.bytes(page));
    }
  }
  const std::vector<std::string_view> pages(bodies.begin(), bodies.end());
  const Format format = given ? Format::snapshot : format_of(load.at("format"));
  const Json usual = format == Format::snapshot ? Json::object() : Json{{"customer", "cus_1"}, {"asOf", kDefaultNow}};
  const Json request = load.value("request", usual);
  const Held replaced = load.contains("replaces") ? held(load["replaces"]) : Held{};
  auto loaded = engine_.load(format, pages, context_of(request, engine_.caps()), replaced.handle);
  if (step.contains("expectError")) {
    if (loaded) {
      throw Failure{"expected an error, got a snapshot"};
    }
    return expect(step, to_json(loaded.error()), "expectError");
  }
  if (!loaded) {
    throw Failure{"unexpected error " + to_json(loaded.error())};
  }
  const std::string warnings = to_json(engine_.warnings());
  const Json wanted = step.value("expectWarnings", Json::array());
  if (auto wrong = mismatch_unordered(wanted, Json::parse(warnings))) {
    throw Failure{"expected the warnings " + wanted.dump() + "\n      got      " + warnings + "\n      " + *wrong};
  }
  keep(load, loaded.value());
}

void TestRun::keep(const Json& named, plangate::SnapshotHandle handle) {
  Held now{handle, 0};
  if (twins_) {
    check_twin(now);
  }
  snapshots_[named.value("as", "main")] = now;
}

// Whatever was loaded is the same after it was written and read back.
void TestRun::check_twin(Held& held) {
  const std::string text = engine_.encode(held.handle).value_or("");
  const std::string_view page = text;
  auto twin = engine_.load(Format::snapshot, {&page, 1}, DecodeContext{});
  if (!twin) {
    throw Failure{"the encoding cannot be read back: " + to_json(twin.error()) + "\n      " + text};
  }
  held.twin = twin.value();
  same_text("the encoding changes when it is read back", text, engine_.encode(held.twin).value_or(""));
}

void TestRun::check(const Json& step) {
  const Held asked = subject(step);
  const std::string key = step["check"];
  const std::string product = step.value("product", "");
  const TimeMs now = now_of(step);
  const Decision decision = engine_.check(asked.handle, key, now, product);
  const std::string text = to_json(decision);
  if (step["expect"].is_string()) {
    expect({{"expect", {{"key", key}, {"reason", step["expect"]}}}}, text);
  } else {
    expect(step, text);
  }
  check_invariants(asked, decision, now, step);
}

void TestRun::check_invariants(const Held& held, const Decision& decision, std::int64_t now, const Json& step) {
  const std::string product = step.value("product", "");
  const std::string text = to_json(decision);
  if (!may_allow(decision)) {
    throw Failure{"allowed and reason contradict each other: " + text};
  }
  if (decision.valid_until <= now) {
    throw Failure{"validUntil is not in the future: " + text};
  }
  if (decision.valid_until != plangate::kNever) {
    same_text("the decision changes before its validUntil", text,
              to_json(engine_.check(held.handle, decision.key, decision.valid_until - 1, product)));
  }
  if (held.twin != 0) {
    same_text("the decision changes when the snapshot is written and read back", text,
              to_json(engine_.check(held.twin, decision.key, now, product)));
  }
  const plangate::NameId id = engine_.find_name(decision.key);
  if (!product.empty() || id == plangate::kNoName) {
    return;
  }
  const auto table = engine_.table(held.handle, now);
  if (engine_.decide(held.handle, id, now) != byte_of(decision)) {
    throw Failure{"decide() disagrees with " + text};
  }
  if (static_cast<std::size_t>(id) >= table.decisions.size() ||
      table.decisions[static_cast<std::size_t>(id)] != byte_of(decision)) {
    throw Failure{"table() disagrees with " + text};
  }
  if (table.next_change_at > decision.valid_until) {
    throw Failure{"nextChangeAt is later than validUntil of " + text};
  }
}

void TestRun::check_table(const Json& step) {
  const Held asked = subject(step);
  const TimeMs now = now_of(step);
  for (const auto& [key, expected] : step["table"].items()) {
    const Decision decision = engine_.check(asked.handle, key, now);
    const Json wanted = expected.is_string() ? Json{{"reason", expected}} : expected;
    expect({{"expect", wanted}}, to_json(decision));
    check_invariants(asked, decision, now, step);
    if (engine_.find_name(key) == plangate::kNoName) {
      throw Failure{"the table has no row for " + key};
    }
  }
}

void TestRun::limit(const Json& step) {
  const Json& asked = step["limit"];
  const Held held = subject(step);
  const std::string key = asked.at("key");
  const std::string field = asked.value("field", "");
  const std::string product = asked.value("product", "");
  plangate::LimitQuery query;
  query.field = field;
  query.product = product;
  if (asked.contains("used")) {
    query.used = to_number(asked["used"]);
  }
  if (asked.contains("requested")) {
    query.requested = to_number(asked["requested"]);
  }
  const TimeMs now = now_of(step);
  const std::string text = to_json(engine_.limit(held.handle, key, query, now));
  if (held.twin != 0) {
    same_text("the limit changes when the snapshot is written and read back", text,
              to_json(engine_.limit(held.twin, key, query, now)));
  }
  expect(step, text);
}

void TestRun::diff(const Json& step) {
  const Json& asked = step["diff"];
  const Held before = held(asked.value("before", Json("main")));
  const Held after = held(asked.value("after", Json("main")));
  const TimeMs then = now_of(asked, "beforeAt");
  const TimeMs now = now_of(asked, "afterAt");
  std::string text;
  engine_.diff(before.handle, then, after.handle, now, text);
  expect(step, text);
  if (engine_.diff(after.handle, now, after.twin == 0 ? after.handle : after.twin, now, text)) {
    throw Failure{"a snapshot differs from itself"};
  }
}

void TestRun::unlocks(const Json& step) {
  const auto answer = [&](plangate::SnapshotHandle handle) {
    std::string text;
    if (engine_.unlocks(handle, step["unlocks"].dump(), text)) {
      throw Failure{"the unlock query was refused"};
    }
    return text;
  };
  const Held held = subject(step);
  const std::string text = answer(held.handle);
  expect(step, text);
  if (held.twin != 0) {
    same_text("unlocks change when the snapshot is written and read back", text, answer(held.twin));
  }
}

void TestRun::encode(const Json& step) {
  const bool catalogue = step.value("withCatalogue", true);
  expect(step, engine_.encode(held(step["encode"]).handle, catalogue).value_or(""));
}

void TestRun::info(const Json& step) {
  const auto facts = engine_.info(held(step["info"]).handle);
  expect(step, facts ? to_json(*facts) : std::string());
}

void TestRun::next_change(const Json& step) {
  const TimeMs got = engine_.table(subject(step).handle, now_of(step)).next_change_at;
  const Json answer = got == plangate::kNever ? Json() : Json(got);
  const Json& wanted = step["nextChangeAt"];
  expect({{"expect", wanted.is_null() ? wanted : Json(to_ms(wanted))}}, answer.dump());
}

void TestRun::release(const Json& step) {
  const Held gone = held(step["release"]);
  engine_.release(gone.handle);
  engine_.release(gone.twin);
}

}  // namespace spec
