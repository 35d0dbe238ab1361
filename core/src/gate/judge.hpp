// From a question to its verdict: overrides, then no snapshot, then expiry, then the rows. The one way to every answer.
// docs/rules.md, "No snapshot, defaults, overrides" and "Time". Internal to core/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grant_rule.hpp"
#include "options.hpp"
#include "plangate/decision.hpp"
#include "policies.hpp"
#include "store.hpp"

namespace plangate {

/// All that answers depend on.
struct Core {
  Store store;
  Options options;
};

/// May this feature be used at this moment?
struct Question {
  const HeldSnapshot* snapshot = nullptr;  ///< nullptr: none.
  NameId key = kNoName;                    ///< kNoName: a key that is nowhere.
  Rows rows;                               ///< The key's rows in the snapshot.
  ProductFilter filter;
  TimeMs now = 0;
};

Question ask(const HeldSnapshot* snapshot, NameId key, TimeMs now);
inline Question ask(const Core& core, SnapshotHandle handle, NameId key, TimeMs now) {
  return ask(core.store.find(handle), key, now);
}

/// A verdict and where it comes from.
struct Judgement {
  Verdict verdict;
  bool from_rows = false;  ///< Otherwise overridden, expired, or without a snapshot.
  bool stale = false;
  bool fallback = false;
  std::uint32_t config = kNoText;  ///< Of a default or override.
};

/// Allocates nothing.
Judgement judge(const Core& core, const Question& question);

inline DecisionByte pack(const Judgement& judgement) {
  return pack(judgement.verdict.allowed, judgement.verdict.reason, judgement.fallback, judgement.stale);
}

/// When the judgement next changes by time alone.
TimeMs valid_until(const Core& core, const Question& question, const Judgement& judgement);
/// When the whole snapshot next becomes stale or expires.
TimeMs next_aging(const Core& core, const HeldSnapshot* snapshot, TimeMs now);

/// The whole answer but valid_until, which only some need.
Decision decision_of(const Core& core, const Question& question, std::string_view key, const Judgement& judgement);

/// What is configured for a field: the engine's options, then what came with the snapshot.
FieldRule rule_of(const Core& core, const HeldSnapshot* snapshot, std::string_view key, std::string_view field);

}  // namespace plangate
