// The merge policy: one config out of those of all granting rows. docs/rules.md, "Merge of config". Internal to core/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config_fields.hpp"
#include "judge.hpp"

namespace plangate {

/// A merged field: a value as a row wrote it, or a sum.
struct MergedField {
  json::Node written;  ///< Missing: no row has the field, or it is a sum.
  json::Kind kind = json::Kind::missing;
  double number = 0;       ///< Of numbers.
  bool unlimited = false;  ///< The value says so.
};

/// Merges the configs of what grants a feature at a moment: its rows, or a default or override.
class Merge {
 public:
  Merge(const Core& core, const Question& question, std::string_view key, const Judgement& judgement);

  /// Ids of the granting rows, sorted, each once.
  [[nodiscard]] std::vector<std::string> ids() const;
  /// Appends the merged config: nothing when no row has one; as it is when only one row grants.
  void append_config(std::string& out);
  /// One field of it; kind `missing` when no row has it. Lives as long as this.
  MergedField field(std::string_view name);

 private:
  struct Grant {
    std::string_view id;  ///< Without the snapshot's id_prefix().
    TimeMs active_from = kAlways;
    std::uint32_t config = kNoText;
    json::Node fields;
  };
  struct Offer {
    const Grant* grant = nullptr;  ///< nullptr: no offer yet.
    json::Node value;
    bool unlimited = false;
  };
  using IsBetter = bool (*)(const Offer& a, const Offer& b);

  static bool is_greater(const Offer& a, const Offer& b);
  static bool is_less(const Offer& a, const Offer& b);
  static bool is_later(const Offer& a, const Offer& b);
  void read();
  [[nodiscard]] Offer best(std::string_view name, const FieldRule& rule, IsBetter is_better) const;
  void add_up(std::string_view name, MergedField& greatest) const;

  const Core& core_;
  const HeldSnapshot* snapshot_;
  std::string_view key_;
  std::vector<Grant> grants_;
  json::Document document_;  ///< Their configs; read when a field is asked for.
};

/// Does this value of a field mean "unlimited"?
bool is_unlimited(json::Node value, const FieldRule& rule);

}  // namespace plangate
