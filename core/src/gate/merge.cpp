#include "merge.hpp"

#include <limits>

#include "json_writer.hpp"
#include "order.hpp"

namespace plangate {
namespace {

bool is_text_less(json::Node a, json::Node b) {
  std::string left;
  std::string right;
  json::append_canonical(left, a);
  json::append_canonical(right, b);
  return left < right;
}

}  // namespace

bool is_unlimited(json::Node value, const FieldRule& rule) {
  return value.string() == "unlimited" || (value.is_number() && rule.unlimited_value == value.number());
}

Merge::Merge(const Core& core, const Question& question, std::string_view key, const Judgement& judgement)
    : core_(core), snapshot_(question.snapshot), key_(key) {
  if (!judgement.from_rows) {
    grants_.push_back({{}, kAlways, judgement.config, {}});
    return;
  }
  RowView row;
  for (Rows rows = question.rows; rows.next(row);) {
    if (is_granting(row, question.filter, judgement.verdict, question.now)) {
      grants_.push_back({row.id, row.active_from, row.texts.config, {}});
    }
  }
}

std::vector<std::string> Merge::ids() const {
  std::vector<std::string_view> rests;
  for (const Grant& grant : grants_) {
    if (!grant.id.empty()) {
      rests.push_back(grant.id);
    }
  }
  sort_and_unite(rests);
  std::vector<std::string> ids;
  for (const std::string_view rest : rests) {
    ids.emplace_back(snapshot_->id_prefix()).append(rest);
  }
  return ids;
}

void Merge::read() {
  std::vector<std::string_view> configs;
  for (const Grant& grant : grants_) {
    configs.push_back(core_.store.configs.text(grant.config));
  }
  document_ = read_configs(configs);
  Grant* grant = grants_.data();
  for (const json::Node fields : document_.root()) {
    grant++->fields = fields;
  }
}

// Unlimited is greater than every number; of equal values written differently the lesser text stands, so that the order
// of rows never shows.
bool Merge::is_greater(const Offer& a, const Offer& b) {
  if (a.unlimited != b.unlimited) {
    return a.unlimited;
  }
  if (!a.unlimited && a.value.number() != b.value.number()) {
    return a.value.number() > b.value.number();
  }
  return is_text_less(a.value, b.value);
}

bool Merge::is_less(const Offer& a, const Offer& b) {
  const bool is_equal = a.unlimited == b.unlimited && (a.unlimited || a.value.number() == b.value.number());
  return is_equal ? is_text_less(a.value, b.value) : is_greater(b, a);
}

bool Merge::is_later(const Offer& a, const Offer& b) {
  if (a.grant->active_from != b.grant->active_from) {
    return a.grant->active_from > b.grant->active_from;
  }
  if (a.grant->id != b.grant->id) {
    return a.grant->id > b.grant->id;
  }
  return is_text_less(b.value, a.value);
}

Merge::Offer Merge::best(std::string_view name, const FieldRule& rule, IsBetter is_better) const {
  Offer best;
  for (const Grant& grant : grants_) {
    Offer offer{&grant, grant.fields.find(name), false};
    if (offer.value.is_nothing()) {
      continue;
    }
    offer.unlimited = is_unlimited(offer.value, rule);
    if (best.grant == nullptr || is_better(offer, best)) {
      best = offer;
    }
  }
  return best;
}

// The greatest is not unlimited. Negative numbers are no amounts: left out, unless there is nothing else.
void Merge::add_up(std::string_view name, MergedField& greatest) const {
  std::vector<json::Node> values;
  for (const Grant& grant : grants_) {
    const json::Node value = grant.fields.find(name);
    if (value.is_number() && (value.number() >= 0 || greatest.number < 0)) {
      values.push_back(value);
    }
  }
  if (values.size() == 1) {
    return;
  }
  // Rounding depends on the order of adding, so the order is fixed.
  double total = 0;
  for (const std::uint32_t index : sorted_order(values.size(), [&values](std::uint32_t a, std::uint32_t b) {
         return values[a].number() < values[b].number();
       })) {
    total += values[index].number();
  }
  constexpr double kMost = std::numeric_limits<double>::max();
  greatest.number = total > kMost ? kMost : total < -kMost ? -kMost : total;
  greatest.written = {};
}

MergedField Merge::field(std::string_view name) {
  if (!document_.root()) {
    read();
  }
  const FieldRule rule = rule_of(core_, snapshot_, key_, name);
  MergePolicy policy = rule.merge.value_or(MergePolicy::max);
  MergedField merged;
  for (const Grant& grant : grants_) {
    const json::Node value = grant.fields.find(name);
    if (value.is_nothing()) {
      merged.written = value ? value : merged.written;  // null, where no row offers more
    } else if (!value.is_number() && !is_unlimited(value, rule)) {
      policy = MergePolicy::latest;  // the other policies are for numbers
    }
  }
  const bool greatest = policy == MergePolicy::max || policy == MergePolicy::sum;
  const Offer offer = best(name, rule, greatest ? is_greater : policy == MergePolicy::min ? is_less : is_later);
  if (offer.grant != nullptr) {
    merged.written = offer.value;
  }
  merged.kind = merged.written.kind();
  merged.number = merged.written.number();
  merged.unlimited = offer.unlimited;
  if (policy == MergePolicy::sum && offer.grant != nullptr && !offer.unlimited) {
    add_up(name, merged);
  }
  return merged;
}

void Merge::append_config(std::string& out) {
  bool any = false;
  for (const Grant& grant : grants_) {
    any = any || grant.config != kNoText;
  }
  if (!any) {
    return;
  }
  if (grants_.size() == 1) {
    out += core_.store.configs.text(grants_.front().config);
    return;
  }
  read();
  char before = '{';
  for (const std::string_view name : field_names(document_.root())) {
    out += before;
    before = ',';
    json::append_string(out, name);
    out += ':';
    const MergedField merged = field(name);
    if (merged.written) {
      json::append_canonical(out, merged.written);
    } else {
      json::append_number(out, merged.number);
    }
  }
  out += before == '{' ? "{}" : "}";
}

}  // namespace plangate
