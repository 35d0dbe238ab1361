// Several configs side by side, field by field: what merging and diffs look at. Internal to core/.
#pragma once

#include <string_view>
#include <vector>

#include "document.hpp"

namespace plangate {

/// Reads canonical config texts as the elements of one array; an empty text is null.
json::Document read_configs(const std::vector<std::string_view>& configs);

/// The names of all their fields, sorted (bytes), each once.
std::vector<std::string_view> field_names(json::Node configs);

}  // namespace plangate
