// Picks the known members out of a list's rows. Internal to core/.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "document.hpp"

namespace plangate {

/// What a member of a row tells, whatever the format calls it.
enum Field : std::uint8_t {
  kId,
  kFeatureKey,
  kFeatureId,
  kProductId,
  kSubscriptionId,
  kType,
  kStatus,
  kHasAccess,
  kActiveFrom,
  kActiveTo,
  kConfig,
  kMalformed,
  kCustomer,
  kLivemode,
  kObject,       ///< Stripe's word for what the row is.
  kFeature,      ///< Stripe: the feature's id, or the feature itself.
  kExpandedKey,  ///< Stripe: the key in that feature.
  kUsage,        ///< plangate: the object that holds what follows; other formats have it in the row itself.
  kBalance,
  kUsageInPeriod,
  kOverage,
  kPeriodStart,
  kPeriodEnd,
  kSoft,
  kPool,
  kFieldCount
};

/// A field as one format names it.
struct FieldName {
  std::string_view name;
  Field field;
};

/// The known members of one row; missing ones are `missing`.
struct Members {
  std::array<json::Node, kFieldCount> at;
  json::Node duplicate;  ///< A known member that was named before; `at` holds the last one.

  json::Node operator[](std::size_t field) const { return at[field]; }
};

/// Reads many objects of one shape. Rows of a list name their members in the same order, so the name that stood at a
/// position in the last object is tried first: one comparison for most members.
class MemberReader {
 public:
  /// The names must outlive the reader.
  explicit MemberReader(std::span<const FieldName> names) : names_(names) {}
  /// Adds the known members of an object; none when it is no object.
  void read(json::Node object, Members& members);

 private:
  std::size_t find(const std::string_view& name, std::size_t position);

  std::span<const FieldName> names_;
  std::array<std::uint8_t, 32> last_{};
};

}  // namespace plangate
