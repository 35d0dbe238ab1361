// `merge` and `unlimitedValue`: what is configured for config fields, {key: {field: …}}, kept as canonical JSON text and
// looked up when configs are merged. In snapshots and in options alike. Internal to core/.
#pragma once

#include <optional>
#include <string_view>

#include "document.hpp"
#include "plangate/model.hpp"

namespace plangate {

inline constexpr std::string_view kMerge = "merge";
inline constexpr std::string_view kUnlimitedValue = "unlimitedValue";

/// What is configured for one field; later sources only fill in what earlier ones leave open.
struct FieldRule {
  std::optional<MergePolicy> merge;       ///< Absent: max for numbers, latest for the rest.
  std::optional<double> unlimited_value;  ///< A number that means "unlimited" in this field, e.g. -1.

  /// Fills in from kept policies, of either kind; empty: none.
  void fill_from(std::string_view policies, std::string_view key, std::string_view field);
};

/// Checks the member `merge` or `unlimitedValue` (missing or null: none are configured). Answers what is wrong; `at` is
/// where, and stays missing when all is well.
ErrorCode check_policies(json::Node policies, json::Node& at);

/// Adds the policies of another snapshot; of a feature that both configure the ones that are there stand.
void join_policies(Snapshot& snapshot, const Snapshot& other);

}  // namespace plangate
