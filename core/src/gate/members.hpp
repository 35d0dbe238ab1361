// Picks the known members out of an object. Internal to core/.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "document.hpp"

namespace plangate {

/// The known members of one object, by their place in the list of names; missing ones are `missing`.
struct Members {
  static constexpr std::size_t kMost = 24;
  std::array<json::Node, kMost> at;
  json::Node duplicate;  ///< A known member that was named before; `at` holds the last one.

  json::Node operator[](std::size_t index) const { return at[index]; }
};

/// Reads many objects of one shape. Rows of a list name their members in the same order, so the name that stood at a
/// position in the last object is tried first: one comparison for most members.
class MemberReader {
 public:
  /// At most Members::kMost names; they must outlive the reader.
  explicit MemberReader(std::span<const std::string_view> names) : names_(names) {}
  /// Answers the known members; all missing when `object` is no object.
  Members read(json::Node object);

 private:
  std::size_t find(std::string_view name, std::size_t position);

  std::span<const std::string_view> names_;
  std::array<std::uint8_t, 32> last_{};
};

}  // namespace plangate
