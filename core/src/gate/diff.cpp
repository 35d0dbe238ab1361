#include "diff.hpp"

#include "order.hpp"

namespace plangate {
namespace {

struct Change {
  std::string_view key;
  Decision before;
  Decision after;
};

void add_field(Diff& diff, const Change& change, std::string_view field, std::string_view from, std::string_view to) {
  if (from != to) {
    diff.config_changed.push_back({std::string(change.key), std::string(field), std::string(from), std::string(to)});
  }
}

// Both lists of fields are sorted: the lesser name is in one of them only.
void add_config_changes(Diff& diff, const Change& change) {
  if (change.before.config == change.after.config) {
    return;
  }
  const ConfigFields before(change.before.config);
  const ConfigFields after(change.after.config);
  std::size_t left = 0;
  std::size_t right = 0;
  while (left < before.size() || right < after.size()) {
    const bool only_before = right == after.size() || (left < before.size() && before.name(left) < after.name(right));
    const bool only_after = left == before.size() || (right < after.size() && after.name(right) < before.name(left));
    const std::string_view name = only_after ? after.name(right) : before.name(left);
    const std::string_view from = only_after ? std::string_view{} : before.value(left++).text;
    const std::string_view to = only_before ? std::string_view{} : after.value(right++).text;
    add_field(diff, change, name, from, to);
  }
}

void add(Diff& diff, const Change& change) {
  if (change.before.allowed != change.after.allowed) {
    (change.after.allowed ? diff.granted : diff.revoked).emplace_back(change.key);
  }
  add_config_changes(diff, change);
  if (change.before.limit != change.after.limit || change.before.remaining != change.after.remaining) {
    diff.usage_changed.push_back({std::string(change.key), change.before.limit, change.after.limit,
                                  change.before.remaining, change.after.remaining});
  }
}

Decision decision_at(const Core& core, const View& view, std::uint32_t key, std::string_view text) {
  const Question question = ask(view.snapshot, static_cast<NameId>(key), view.now);
  return decision_of(core, question, text, judge(core, question));
}

}  // namespace

Diff diff_of(const Core& core, const View& before, const View& after) {
  const TextPool& names = core.store.names;
  Diff diff;
  for (const std::uint32_t key : sorted_order(
           names.size(), [&names](std::uint32_t a, std::uint32_t b) { return names.text(a) < names.text(b); })) {
    const std::string_view text = names.text(key);
    add(diff, {text, decision_at(core, before, key, text), decision_at(core, after, key, text)});
  }
  return diff;
}

}  // namespace plangate
