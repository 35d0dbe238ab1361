#include "merge.hpp"

#include <limits>

#include "json_writer.hpp"
#include "order.hpp"

namespace plangate {

bool is_unlimited(const FieldValue& value, const FieldRule& rule) {
  return value.text == "\"unlimited\"" || (value.is_number() && rule.unlimited_value == value.number);
}

Merge::Merge(const Core& core, const Question& question, std::string_view key, const Verdict& verdict)
    : core_(core), snapshot_(question.snapshot), key_(key) {
  RowView row;
  for (Rows rows = question.rows; rows.next(row);) {
    if (!is_granting(row, question.filter, verdict, question.now)) {
      continue;
    }
    ++granting_;
    if (row.texts.config != kNoText) {
      sources_.push_back({row.id, row.active_from, row.texts.config});
    }
  }
}

// Unlimited is greater than every number; of equal values written differently the lesser text stands, so that the order
// of rows never shows.
bool Merge::is_greater(const Offer& a, const Offer& b) {
  if (a.unlimited != b.unlimited) {
    return a.unlimited;
  }
  if (!a.unlimited && a.value.number != b.value.number) {
    return a.value.number > b.value.number;
  }
  return a.value.text < b.value.text;
}

bool Merge::is_less(const Offer& a, const Offer& b) {
  if (a.unlimited != b.unlimited) {
    return b.unlimited;
  }
  if (!a.unlimited && a.value.number != b.value.number) {
    return a.value.number < b.value.number;
  }
  return a.value.text < b.value.text;
}

bool Merge::is_later(const Offer& a, const Offer& b) {
  if (a.source->active_from != b.source->active_from) {
    return a.source->active_from > b.source->active_from;
  }
  if (a.source->id != b.source->id) {
    return a.source->id > b.source->id;
  }
  return a.value.text > b.value.text;
}

Merge::Offer Merge::best(std::string_view name, const FieldRule& rule, IsBetter is_better) const {
  Offer best;
  for (const Source& source : sources_) {
    Offer offer{&source, core_.store.fields_of(source.config).find(name), false};
    if (offer.value.is_nothing()) {
      continue;
    }
    offer.unlimited = is_unlimited(offer.value, rule);
    if (best.source == nullptr || is_better(offer, best)) {
      best = offer;
    }
  }
  return best;
}

MergedField Merge::as_it_is(const Offer& offer) {
  return {offer.value.kind, offer.value.number, offer.unlimited, std::string(offer.value.text)};
}

// The greatest is not unlimited. Negative numbers are no amounts: left out, unless there is nothing else.
MergedField Merge::sum(std::string_view name, const Offer& greatest) const {
  std::vector<FieldValue> values;
  for (const Source& source : sources_) {
    const FieldValue value = core_.store.fields_of(source.config).find(name);
    if (value.is_number() && (value.number >= 0 || greatest.value.number < 0)) {
      values.push_back(value);
    }
  }
  if (values.size() == 1) {
    return as_it_is(greatest);
  }
  // Rounding depends on the order of adding, so the order is fixed.
  double total = 0;
  for (const std::uint32_t index : sorted_order(values.size(), [&values](std::uint32_t a, std::uint32_t b) {
         return values[a].number < values[b].number;
       })) {
    total += values[index].number;
  }
  constexpr double kMost = std::numeric_limits<double>::max();
  total = total > kMost ? kMost : total < -kMost ? -kMost : total;
  MergedField merged{json::Kind::number, total, false, {}};
  json::append_number(merged.text, total);
  return merged;
}

MergedField Merge::field(std::string_view name) const {
  const FieldRule rule = rule_of(core_, snapshot_, key_, name);
  MergePolicy policy = rule.merge.value_or(MergePolicy::max);
  bool is_null = false;
  for (const Source& source : sources_) {
    const FieldValue value = core_.store.fields_of(source.config).find(name);
    is_null = is_null || value.kind == json::Kind::null;
    if (!value.is_nothing() && !value.is_number() && !is_unlimited(value, rule)) {
      policy = MergePolicy::latest;  // the other policies are for numbers
    }
  }
  const bool greatest = policy == MergePolicy::max || policy == MergePolicy::sum;
  const Offer offer = best(name, rule, greatest ? is_greater : policy == MergePolicy::min ? is_less : is_later);
  if (offer.source == nullptr) {
    return is_null ? MergedField{json::Kind::null, 0, false, "null"} : MergedField{};
  }
  return policy == MergePolicy::sum && !offer.unlimited ? sum(name, offer) : as_it_is(offer);
}

std::string Merge::config() const {
  if (sources_.empty()) {
    return {};
  }
  if (granting_ == 1) {
    return std::string(core_.store.configs.text(sources_.front().config));
  }
  std::vector<std::string_view> names;
  for (const Source& source : sources_) {
    const ConfigFields& fields = core_.store.fields_of(source.config);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      names.push_back(fields.name(i));
    }
  }
  const auto order =
      sorted_order(names.size(), [&names](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::string_view name = names[order[i]];
    if (i == 0 || names[order[i - 1]] != name) {
      writer.member(name).raw(field(name).text);
    }
  }
  writer.end_object();
  return out;
}

}  // namespace plangate
