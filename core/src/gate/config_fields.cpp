#include "config_fields.hpp"

#include "order.hpp"

namespace plangate {

ConfigFields::ConfigFields(std::string_view config) {
  if (config.empty()) {
    return;
  }
  // The text was within the caps when it was decoded; here they only must not be in the way.
  const Caps caps{.max_bytes = config.size(), .max_depth = json::Document::kDepthLimit, .max_entries = config.size()};
  auto document = json::Document::parse(config, caps);
  if (!document || !document.value().root().is(json::Kind::object)) {
    return;
  }
  std::vector<json::Node> members;
  for (const json::Node member : document.value().root()) {
    members.push_back(member);
  }
  const auto order = sorted_order(
      members.size(), [&members](std::uint32_t a, std::uint32_t b) { return members[a].key() < members[b].key(); });
  for (std::size_t i = 0; i < order.size(); ++i) {
    const json::Node member = members[order[i]];
    if (i + 1 < order.size() && members[order[i + 1]].key() == member.key()) {
      continue;  // of members with one name the last counts, as for JSON.parse
    }
    Field& field = fields_.emplace_back();
    field.kind = member.kind();
    field.number = member.number();
    field.begin = static_cast<std::uint32_t>(text_.size());
    text_ += member.key();
    field.value = static_cast<std::uint32_t>(text_.size());
    json::append_canonical(text_, member);
    field.end = static_cast<std::uint32_t>(text_.size());
  }
  fields_.shrink_to_fit();
  text_.shrink_to_fit();
}

std::string_view ConfigFields::name(std::size_t index) const {
  const Field& field = fields_[index];
  return std::string_view(text_).substr(field.begin, field.value - field.begin);
}

FieldValue ConfigFields::value(std::size_t index) const {
  const Field& field = fields_[index];
  return {field.kind, field.number, std::string_view(text_).substr(field.value, field.end - field.value)};
}

FieldValue ConfigFields::find(std::string_view name) const {
  std::size_t low = 0;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (this->name(middle) < name) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < size() && this->name(low) == name ? value(low) : FieldValue{};
}

}  // namespace plangate
