// One vector test against one billing ledger: applies what its steps say and compares the answers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "json.hpp"
#include "plangate/billing.hpp"

namespace spec {

/// Throws BillingRun::Failure (or any std::exception for a malformed vector) at the first wrong answer.
class BillingRun {
 public:
  struct Failure {
    std::string what;
  };

  /// `setups`: name -> steps that tests begin with.
  explicit BillingRun(const Json& setups) : setups_(setups) {}

  void run(const Json& test);

 private:
  using Ledger = plangate::billing::Ledger;

  void steps(const Json& steps);
  void step(const Json& step);
  void apply(const Json& step);
  void advance(const Json& step);
  void ask(const Json& step);
  void next_at(const Json& step);
  /// Compares `result`, or the error, with what the step expects.
  static void outcome(const Json& step, const Json& answer);
  static void changes(const Json& step, const Json& answer);
  /// What is said of a moment is the same when it is asked then, and long after.
  void check_timeless(const Json& query, const std::string& answer);
  /// The journal so far makes the same ledger again.
  void check_replay();
  [[nodiscard]] Ledger replayed() const;

  const Json& setups_;
  Ledger ledger_;
  std::int64_t now_ = 1704067200000;                           ///< 2024-01-01T00:00:00Z
  std::vector<std::pair<std::string, std::int64_t>> journal_;  ///< An empty command stands for advance().
};

}  // namespace spec
