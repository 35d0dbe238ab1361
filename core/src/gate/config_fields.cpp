#include "config_fields.hpp"

#include "order.hpp"

namespace plangate {

json::Document read_configs(const std::vector<std::string_view>& configs) {
  std::string text;
  for (const std::string_view config : configs) {
    text += text.empty() ? '[' : ',';
    text += config.empty() ? "null" : config;
  }
  text += ']';
  return json::Document::read_kept(text);
}

std::vector<std::string_view> field_names(json::Node configs) {
  std::vector<std::string_view> names;
  for (const json::Node config : configs) {
    for (const json::Node field : config) {
      names.push_back(field.key());
    }
  }
  sort_and_unite(names);
  return names;
}

}  // namespace plangate
