// The whole answer: what a judgement alone does not tell.
#include "judge.hpp"
#include "merge.hpp"

namespace plangate {
Decision decision_of(const Core& core, const Question& question, std::string_view key, const Judgement& judgement) {
  const Verdict& verdict = judgement.verdict;
  Decision decision;
  decision.key = key;
  decision.allowed = verdict.allowed;
  decision.reason = verdict.reason;
  decision.stale = judgement.stale;
  decision.fallback = judgement.fallback;
  if (verdict.allowed) {
    Merge merge(core, question, key, judgement);
    decision.grants = merge.ids();
    merge.append_config(decision.config);
  }
  if (verdict.meter.is_known() && (verdict.allowed || verdict.reason == Reason::LIMIT_REACHED)) {
    decision.limit = verdict.meter.limit();
    decision.remaining = remaining_of(*decision.limit, verdict.meter.used());
  }
  return decision;
}

FieldRule rule_of(const Core& core, const HeldSnapshot* snapshot, std::string_view key, std::string_view field) {
  FieldRule rule;
  const TextPool& texts = core.store.configs;
  rule.fill_from(texts.text(core.options.merge), key, field);
  rule.fill_from(texts.text(core.options.unlimited), key, field);
  if (snapshot != nullptr) {
    rule.fill_from(texts.text(snapshot->merge), key, field);
    rule.fill_from(texts.text(snapshot->unlimited), key, field);
  }
  return rule;
}

}  // namespace plangate
