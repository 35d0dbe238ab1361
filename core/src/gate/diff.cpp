#include "diff.hpp"

#include "order.hpp"

namespace plangate {
namespace {

// Asks for one key after the other, in the order of NameIds, reading the rows once.
class Walk {
 public:
  explicit Walk(const View& view) {
    question_.snapshot = view.snapshot;
    question_.now = view.now;
    if (view.snapshot != nullptr) {
      rest_ = view.snapshot->rows();
    }
  }

  const Question& at(NameId key) {
    question_.key = key;
    question_.rows = !rest_.empty() && rest_.key() == key ? rest_.take_key() : Rows{};
    return question_;
  }

 private:
  Question question_;
  Rows rest_;
};

struct Change {
  std::string_view key;
  Decision before;
  Decision after;
};

bool is_same(const Decision& a, const Decision& b) {
  return a.allowed == b.allowed && a.config == b.config && a.limit == b.limit && a.remaining == b.remaining;
}

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

}  // namespace

Diff diff_of(const Core& core, const View& before, const View& after) {
  std::vector<Change> changes;
  Walk left(before);
  Walk right(after);
  const TextPool& names = core.store.names;
  for (NameId key = 0; key < static_cast<NameId>(names.size()); ++key) {
    const Question& was = left.at(key);
    const Question& is = right.at(key);
    const Judgement judged_before = judge(core, was);
    const Judgement judged_after = judge(core, is);
    if (!judged_before.verdict.allowed && !judged_after.verdict.allowed && was.rows.empty() && is.rows.empty()) {
      continue;  // a name that is of no interest to either
    }
    const std::string_view text = names.text(static_cast<std::uint32_t>(key));
    Change change{text, decision_of(core, was, text, judged_before), decision_of(core, is, text, judged_after)};
    if (!is_same(change.before, change.after)) {
      changes.push_back(std::move(change));
    }
  }
  Diff diff;
  for (const std::uint32_t index : sorted_order(
           changes.size(), [&changes](std::uint32_t a, std::uint32_t b) { return changes[a].key < changes[b].key; })) {
    add(diff, changes[index]);
  }
  return diff;
}

}  // namespace plangate
