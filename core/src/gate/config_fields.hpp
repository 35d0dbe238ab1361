// A config's top-level fields, read once: what merging, limits, diffs and unlocks look at. Internal to core/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"

namespace plangate {

/// One value of a config field.
struct FieldValue {
  json::Kind kind = json::Kind::missing;
  double number = 0;      ///< Of numbers.
  std::string_view text;  ///< Canonical JSON text.

  [[nodiscard]] bool is_nothing() const { return kind <= json::Kind::null; }
  [[nodiscard]] bool is_number() const { return kind == json::Kind::integer || kind == json::Kind::number; }
};

/// The fields of one config object, sorted by name (bytes). Owns its text.
class ConfigFields {
 public:
  /// Reads canonical JSON object text; no fields when it is empty or no object.
  explicit ConfigFields(std::string_view config);

  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] std::string_view name(std::size_t index) const;
  [[nodiscard]] FieldValue value(std::size_t index) const;
  /// Kind `missing` when there is no such field.
  [[nodiscard]] FieldValue find(std::string_view name) const;

 private:
  struct Field {
    std::uint32_t begin = 0;
    std::uint32_t value = 0;
    std::uint32_t end = 0;
    json::Kind kind = json::Kind::missing;
    double number = 0;
  };
  std::vector<Field> fields_;
  std::string text_;  ///< Name and value of each field, one after the other.
};

}  // namespace plangate
