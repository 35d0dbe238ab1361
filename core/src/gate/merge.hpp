// The merge policy: one config out of those of all granting rows. docs/rules.md, "Merge of config". Internal to core/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "judge.hpp"

namespace plangate {

/// A merged field: its value, and whether that says "unlimited".
struct MergedField {
  json::Kind kind = json::Kind::missing;
  double number = 0;
  bool unlimited = false;
  std::string text;  ///< Canonical JSON text.
};

/// Merges the configs of the rows that grant a feature at a moment.
class Merge {
 public:
  Merge(const Core& core, const Question& question, std::string_view key, const Verdict& verdict);

  /// The merged config: empty when no row has one; as it is when only one row grants.
  [[nodiscard]] std::string config() const;
  /// One field of it; kind `missing` when no row has it.
  [[nodiscard]] MergedField field(std::string_view name) const;

 private:
  struct Source {
    std::string_view id;
    TimeMs active_from = kAlways;
    std::uint32_t config = kNoText;
  };
  struct Offer {
    const Source* source = nullptr;  ///< nullptr: no offer yet.
    FieldValue value;
    bool unlimited = false;
  };
  using IsBetter = bool (*)(const Offer& a, const Offer& b);

  static bool is_greater(const Offer& a, const Offer& b);
  static bool is_less(const Offer& a, const Offer& b);
  static bool is_later(const Offer& a, const Offer& b);
  [[nodiscard]] Offer best(std::string_view name, const FieldRule& rule, IsBetter is_better) const;
  [[nodiscard]] MergedField sum(std::string_view name, const Offer& greatest) const;
  static MergedField as_it_is(const Offer& offer);

  const Core& core_;
  const HeldSnapshot* snapshot_;
  std::string_view key_;
  std::vector<Source> sources_;  ///< Granting rows that have a config.
  std::size_t granting_ = 0;
};

/// Does this value of a field mean "unlimited"?
bool is_unlimited(const FieldValue& value, const FieldRule& rule);

}  // namespace plangate
