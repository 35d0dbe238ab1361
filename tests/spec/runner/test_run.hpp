// One vector test against one engine: asks what its steps ask and compares the answers.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "json.hpp"
#include "pages.hpp"
#include "plangate/engine.hpp"

namespace spec {

/// The moment that a step names; the vectors' usual one when it names none.
plangate::TimeMs now_of(const Json& step, const char* member = "at");
/// The text of a member, or none. The view lives as long as the JSON.
std::string_view text_of(const Json& json, const char* member);

/// Throws Failure (or any std::exception for a malformed vector) at the first wrong answer.
class TestRun {
 public:
  explicit TestRun(Pages& pages) : pages_(pages) {}

  struct Failure {
    std::string what;
  };

  void run(const Json& test);

 private:
  /// A held snapshot, and what reading its encoding back gave: every question must have the same answer for both.
  struct Held {
    plangate::SnapshotHandle handle = 0;
    plangate::SnapshotHandle twin = 0;
  };

  void step(const Json& step);
  void configure(const Json& options, const Json& step);
  void load(const Json& load, const Json& step);
  /// Remembers a snapshot under the name that `named` gives it.
  void keep(const Json& named, plangate::SnapshotHandle handle);
  void check_twin(Held& held);
  void check(const Json& step);
  void check_table(const Json& step);
  void check_invariants(const Held& held, const plangate::Decision& decision, std::int64_t now, const Json& step);
  void limit(const Json& step);
  void counter(const Json& step);
  void combine(const Json& step);
  void diff(const Json& step);
  void unlocks(const Json& step);
  void encode(const Json& step);
  void info(const Json& step);
  void next_change(const Json& step);
  void release(const Json& step);

  [[nodiscard]] Held held(const Json& name) const;
  [[nodiscard]] Held subject(const Json& step) const;
  /// Compares an answer given as JSON text (empty: no answer) with the step's `expect` and `contains`.
  static void expect(const Json& step, const std::string& text, const char* member = "expect");
  static void same_text(const char* what, const std::string& a, const std::string& b);

  Pages& pages_;
  plangate::Engine engine_;
  std::map<std::string, Held> snapshots_;
  bool twins_ = true;
};

}  // namespace spec
