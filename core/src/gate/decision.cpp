// The whole answer: what a judgement alone does not tell.
#include "judge.hpp"
#include "merge.hpp"
#include "order.hpp"

namespace plangate {
namespace {

std::vector<std::string> granting_ids(const Question& question, const Verdict& verdict) {
  std::vector<std::string_view> found;
  RowView row;
  for (Rows rows = question.rows; rows.next(row);) {
    if (!row.id.empty() && is_granting(row, question.filter, verdict, question.now)) {
      found.push_back(row.id);
    }
  }
  const auto order =
      sorted_order(found.size(), [&found](std::uint32_t a, std::uint32_t b) { return found[a] < found[b]; });
  std::vector<std::string> ids;
  for (const std::uint32_t index : order) {
    if (ids.empty() || ids.back() != found[index]) {
      ids.emplace_back(found[index]);
    }
  }
  return ids;
}

}  // namespace

Decision decision_of(const Core& core, const Question& question, std::string_view key, const Judgement& judgement) {
  const Verdict& verdict = judgement.verdict;
  Decision decision;
  decision.key = key;
  decision.allowed = verdict.allowed;
  decision.reason = verdict.reason;
  decision.stale = judgement.stale;
  decision.fallback = judgement.fallback;
  if (!judgement.from_rows) {
    decision.config = core.store.configs.text(judgement.config);
    return decision;
  }
  if (verdict.allowed) {
    decision.grants = granting_ids(question, verdict);
    decision.config = Merge(core, question, key, verdict).config();
  }
  if (verdict.meter.is_known() && (verdict.allowed || verdict.reason == Reason::LIMIT_REACHED)) {
    decision.limit = verdict.meter.limit();
    decision.remaining = remaining_of(*decision.limit, verdict.meter.used());
  }
  return decision;
}

FieldRule rule_of(const Core& core, const HeldSnapshot* snapshot, std::string_view key, std::string_view field) {
  FieldRule rule;
  rule.fill_from(core.options.merge, key, field);
  rule.fill_from(core.options.unlimited, key, field);
  if (snapshot != nullptr) {
    rule.fill_from(core.store.shared.text(snapshot->policies), key, field);
  }
  return rule;
}

}  // namespace plangate
