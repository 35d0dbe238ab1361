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

MergedField Merge::best(const std::vector<Offer>& offers, IsBetter is_better) {
  const Offer* best = &offers.front();
  for (const Offer& offer : offers) {
    if (is_better(offer, *best)) {
      best = &offer;
    }
  }
  return {best->value.kind, best->value.number, best->unlimited, std::string(best->value.text)};
}

MergedField Merge::sum(const std::vector<Offer>& offers) {
  MergedField greatest = best(offers, is_greater);
  if (greatest.unlimited) {
    return greatest;
  }
  // Negative numbers are no amounts: left out, unless there is nothing else.
  const bool any_valid = greatest.number >= 0;
  std::vector<double> numbers;
  for (const Offer& offer : offers) {
    if (offer.is_valid() || !any_valid) {
      numbers.push_back(offer.value.number);
    }
  }
  if (numbers.size() == 1) {
    return greatest;
  }
  // Rounding depends on the order of adding, so the order is fixed.
  double total = 0;
  for (const std::uint32_t index :
       sorted_order(numbers.size(), [&numbers](std::uint32_t a, std::uint32_t b) { return numbers[a] < numbers[b]; })) {
    total += numbers[index];
  }
  constexpr double kMost = std::numeric_limits<double>::max();
  total = total > kMost ? kMost : total < -kMost ? -kMost : total;
  MergedField merged{json::Kind::number, total, false, {}};
  json::append_number(merged.text, total);
  return merged;
}

MergedField Merge::field(std::string_view name) const {
  const FieldRule rule = rule_of(core_, snapshot_, key_, name);
  std::vector<Offer> offers;
  bool all_numeric = true;
  bool is_null = false;
  for (const Source& source : sources_) {
    const FieldValue value = core_.store.fields_of(source.config).find(name);
    is_null = is_null || value.kind == json::Kind::null;
    if (value.is_nothing()) {
      continue;
    }
    offers.push_back({&source, value, is_unlimited(value, rule)});
    all_numeric = all_numeric && offers.back().is_numeric();
  }
  if (offers.empty()) {
    return is_null ? MergedField{json::Kind::null, 0, false, "null"} : MergedField{};
  }
  switch (all_numeric ? rule.merge.value_or(MergePolicy::max) : MergePolicy::latest) {
    case MergePolicy::max:
      return best(offers, is_greater);
    case MergePolicy::min:
      return best(offers, is_less);
    case MergePolicy::sum:
      return sum(offers);
    default:
      return best(offers, is_later);
  }
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
