#include "billing_run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>

#include "pages.hpp"

namespace spec {
namespace {

constexpr std::int64_t kLongAfter = 400LL * 86'400'000;

bool is_time_text(const Json& value) {
  if (!value.is_string()) {
    return false;
  }
  const auto& text = value.get_ref<const std::string&>();
  return (text.size() == 20 || text.size() == 24) && text[4] == '-' && text[10] == 'T' && text.back() == 'Z';
}

// Every text that is a moment, as ms: vectors are written for readers.
Json with_times(Json value) {
  if (is_time_text(value)) {
    return to_ms(value);
  }
  if (value.is_structured()) {
    for (Json& member : value) {
      member = with_times(std::move(member));
    }
  }
  return value;
}

std::string time_text(std::int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> moment{milliseconds{ms}};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  char text[32];
  const int size = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                 static_cast<int>(time.seconds().count()));
  return std::string(text, static_cast<std::size_t>(size)) + "Z";
}

// What is wrong with `answer`, or nothing: of objects the named members count, at every depth; lists must be as long.
std::optional<std::string> misfit(const Json& expected, const Json& answer) {
  if (expected.is_object() && answer.is_object()) {
    for (const auto& [name, value] : expected.items()) {
      const auto got = answer.find(name);
      if (got == answer.end()) {
        return "." + name + " is missing";
      }
      if (const auto wrong = misfit(value, *got)) {
        return "." + name + *wrong;
      }
    }
    return std::nullopt;
  }
  if (expected.is_array() && answer.is_array()) {
    if (expected.size() != answer.size()) {
      return " has " + std::to_string(answer.size()) + " elements";
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (const auto wrong = misfit(expected[i], answer[i])) {
        return "[" + std::to_string(i) + "]" + *wrong;
      }
    }
    return std::nullopt;
  }
  return expected == answer ? std::nullopt : std::optional(" is " + answer.dump());
}

// A change in one line: kind, and what it is about.
std::string line_of(const Json& change) {
  std::string line = change.at("kind");
  for (const char* name : {"subscription", "featureKey", "customer"}) {
    if (change.contains(name) && (change.contains("object") || std::string(name) != "subscription")) {
      line += " " + change.at(name).get<std::string>();
      break;
    }
  }
  for (const auto& [name, sign] : {std::pair{"granted", " +"}, std::pair{"revoked", " -"}}) {
    for (const Json& feature : change.value(name, Json::array())) {
      line += sign + feature.get<std::string>();
    }
  }
  return change.value("exhausted", false) ? line + " exhausted" : line;
}

void compare(const Json& expected, const Json& answer) {
  if (const auto wrong = misfit(expected, answer)) {
    throw BillingRun::Failure{"expected " + expected.dump() + "\n      got      " + answer.dump() + "\n      it" +
                              *wrong};
  }
}

void compare_text(const char* what, const std::string& one, const std::string& other) {
  if (one != other) {
    throw BillingRun::Failure{std::string(what) + "\n      one      " + one + "\n      other    " + other};
  }
}

}  // namespace

void BillingRun::run(const Json& test) {
  for (const Json& name : test.value("given", Json::array())) {
    steps(setups_.at(name.get<std::string>()));
  }
  steps(test.at("steps"));
  check_replay();
}

void BillingRun::steps(const Json& steps) {
  for (const Json& one : steps) {
    try {
      step(one);
    } catch (const Failure& failure) {
      throw Failure{one.dump().substr(0, 400) + "\n      " + failure.what};
    }
  }
}

void BillingRun::step(const Json& step) {
  if (step.contains("at")) {
    now_ = to_ms(step.at("at"));
  }
  if (step.contains("apply")) {
    apply(step);
  } else if (step.contains("advance")) {
    advance(step);
  } else if (step.contains("ask")) {
    ask(step);
  } else {
    next_at(step);
  }
}

void BillingRun::outcome(const Json& step, const Json& answer) {
  if (step.contains("error")) {
    const Json& wanted = step.at("error");
    const Json error = answer.value("error", Json());
    compare(wanted.is_string() ? Json{{"code", wanted}} : wanted, error);
    return;
  }
  if (!answer.at("ok").get<bool>()) {
    throw Failure{"unexpected error " + answer.dump()};
  }
  if (step.contains("expect")) {
    const Json expected = with_times(step.at("expect"));
    const Json& result = answer.at("result");
    compare(expected, expected.is_array() && result.contains("data") ? result.at("data") : result);
  }
}

void BillingRun::changes(const Json& step, const Json& answer) {
  if (!step.contains("changes")) {
    return;
  }
  Json lines = Json::array();
  for (const Json& change : answer.at("changes")) {
    const std::size_t place = lines.size();
    const Json& wanted = step.at("changes");
    const bool timed = place < wanted.size() && wanted[place].is_string() &&
                       wanted[place].get_ref<const std::string&>().starts_with('2');
    lines.push_back((timed ? time_text(change.at("at")) + " " : "") + line_of(change));
  }
  if (lines != step.at("changes")) {
    throw Failure{"expected the changes " + step.at("changes").dump() + "\n      got                  " + lines.dump()};
  }
}

void BillingRun::apply(const Json& step) {
  const std::string command = with_times(step.at("apply")).dump();
  const Json answer = Json::parse(ledger_.apply(command, now_));
  outcome(step, answer);
  changes(step, answer);
  if (answer.at("ok").get<bool>()) {
    journal_.emplace_back(command, now_);
  } else if (!answer.at("changes").empty()) {
    journal_.emplace_back("", now_);
  }
}

void BillingRun::advance(const Json& step) {
  now_ = to_ms(step.at("advance"));
  const Json answer = Json::parse(ledger_.advance(now_));
  outcome(step, answer);
  changes(step, answer);
  journal_.emplace_back("", now_);
}

void BillingRun::ask(const Json& step) {
  const Json query = with_times(step.at("ask"));
  const std::string answer = ledger_.query(query.dump());
  outcome(step, Json::parse(answer));
  if (query.contains("at") && !step.contains("error")) {
    check_timeless(query, answer);
  }
}

void BillingRun::next_at(const Json& step) {
  const Json& wanted = step.at("nextAt");
  const std::int64_t expected = wanted.is_null() ? plangate::kNever : to_ms(wanted);
  if (ledger_.next_at() != expected) {
    throw Failure{"got      " + time_text(ledger_.next_at())};
  }
}

BillingRun::Ledger BillingRun::replayed() const {
  Ledger ledger;
  for (const auto& [command, now] : journal_) {
    command.empty() ? ledger.advance(now) : ledger.apply(command, now);
  }
  return ledger;
}

void BillingRun::check_replay() {
  constexpr const char* kState = R"({"query":"state"})";
  Ledger again = replayed();
  again.advance(now_);  // a refused command may have been the last to let time pass
  ledger_.advance(now_);
  compare_text("the journal makes another ledger", ledger_.query(kState), again.query(kState));
}

void BillingRun::check_timeless(const Json& query, const std::string& answer) {
  Ledger later = replayed();
  for (const std::int64_t wait : {std::int64_t{0}, kLongAfter}) {
    later.advance(std::max(now_, query.at("at").get<std::int64_t>() + wait));
    compare_text("the answer depends on when it is asked", answer, later.query(query.dump()));
  }
}

}  // namespace spec
