#include "compare.hpp"

#include <algorithm>

#include "pages.hpp"

namespace spec {
namespace {

bool same_members(const Json& a, const Json& b) {
  return a.size() == b.size() && std::all_of(a.items().begin(), a.items().end(), [&b](const auto& member) {
           const auto other = b.find(member.key());
           return other != b.end() && same(member.value(), *other);
         });
}

bool is_time_member(const std::string& name) { return name == "validUntil" || name == "asOf"; }

std::optional<std::string> member_mismatch(const std::string& name, const Json& expected, const Json& answer) {
  const auto got = answer.find(name);
  if (expected.is_object() && expected.contains("$absent")) {
    if (got == answer.end()) {
      return std::nullopt;
    }
    return name + " is there: " + got->dump();
  }
  if (got == answer.end()) {
    return name + " is missing";
  }
  const bool time = is_time_member(name) && expected.is_string();
  if (same(time ? Json(to_ms(expected)) : expected, *got)) {
    return std::nullopt;
  }
  return name + " is " + got->dump();
}

}  // namespace

bool same(const Json& a, const Json& b) {
  if (a.is_object() && b.is_object()) {
    return same_members(a, b);
  }
  if (a.is_array() && b.is_array()) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
  }
  return a == b;
}

std::optional<std::string> mismatch(const Json& expected, const Json& answer) {
  if (expected.is_object() && answer.is_object()) {
    for (const auto& [name, value] : expected.items()) {
      if (auto wrong = member_mismatch(name, value, answer)) {
        return wrong;
      }
    }
    return std::nullopt;
  }
  if (expected.is_array() && answer.is_array()) {
    if (expected.size() != answer.size()) {
      return "has " + std::to_string(answer.size()) + " elements";
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (auto wrong = mismatch(expected[i], answer[i])) {
        return "[" + std::to_string(i) + "] " + *wrong;
      }
    }
    return std::nullopt;
  }
  if (same(expected, answer)) {
    return std::nullopt;
  }
  return std::string("is another value");
}

std::optional<std::string> mismatch_unordered(const Json& expected, Json answers) {
  if (expected.size() != answers.size()) {
    return "has " + std::to_string(answers.size()) + " elements";
  }
  for (const Json& wanted : expected) {
    const auto found = std::find_if(answers.begin(), answers.end(),
                                    [&wanted](const Json& answer) { return !mismatch(wanted, answer); });
    if (found == answers.end()) {
      return "lacks " + wanted.dump();
    }
    answers.erase(found);
  }
  return std::nullopt;
}

}  // namespace spec
