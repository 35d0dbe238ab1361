// Policies of config fields, packed: few, looked up by key and field when configs are merged. Internal to core/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plangate/model.hpp"

namespace plangate {

/// What is configured for one field; later sources only fill in what earlier ones leave open.
struct FieldRule {
  std::optional<MergePolicy> merge;
  std::optional<double> unlimited_value;

  /// Fills in from packed policies.
  void fill_from(std::string_view packed, std::string_view key, std::string_view field);
};

std::string pack_policies(const std::vector<FieldPolicy>& policies);
/// Views into `packed`.
std::vector<FieldPolicy> unpack_policies(std::string_view packed);

}  // namespace plangate
