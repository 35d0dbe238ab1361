// The entitlement model: what a billing system's list says, in plangate's own terms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "plangate/time.hpp"

namespace plangate {

/// Bump allocator that owns the text of a Snapshot. Views it hands out live as long as the arena, moves included.
class TextArena {
 public:
  TextArena() = default;
  TextArena(TextArena&&) noexcept = default;
  TextArena& operator=(TextArena&&) noexcept = default;
  TextArena(const TextArena&) = delete;
  TextArena& operator=(const TextArena&) = delete;
  ~TextArena() = default;

  /// Copies `text` into the arena.
  std::string_view keep(std::string_view text);

 private:
  struct Block {
    std::unique_ptr<Block> before;
    std::unique_ptr<char[]> bytes;
  };
  std::unique_ptr<Block> last_;
  std::size_t used_ = 0;
  std::size_t size_ = 0;
};

/// Stripe features are boolean; Paygentic's are boolean, static (with config) or metered (with usage).
enum class FeatureType : std::uint8_t { boolean, static_, metered, unknown };

enum class Status : std::uint8_t { active, expired, canceled, unknown };

/// Live and test data of a billing system never mix.
enum class Mode : std::uint8_t { live, test };

/// A metered entitlement's balance, in the unit the billing system meters (calls, GB, credits).
struct Usage {
  std::optional<double> balance;          ///< What is left in this period; absent: unknown.
  std::optional<double> usage_in_period;  ///< What was used in this period.
  std::optional<double> overage;          ///< What was used beyond the balance (soft limits).
  TimeMs period_start = kAlways;
  TimeMs period_end = kNever;
  bool soft = false;      ///< Paygentic isSoftLimit: past the limit, use is allowed and counted as overage.
  std::string_view pool;  ///< Paygentic pricingUnitId: rows with the same pool share one balance. Empty: own.
};

/// One row of a customer's list. Text views point into the owning Snapshot's arena.
struct Entitlement {
  std::string_view id;  ///< May be empty (summary rows of old API versions).
  std::string_view feature_key;
  std::string_view feature_id;
  std::string_view product_id;
  std::string_view subscription_id;
  FeatureType type = FeatureType::boolean;
  Status status = Status::active;
  bool has_access = true;  ///< The server's word; time never widens a false.
  bool malformed = false;  ///< The row was closed by a warning: it denies with INVALID_CONFIG.
  TimeMs active_from = kAlways;
  TimeMs active_to = kNever;
  std::string_view config;  ///< Canonical JSON object text; empty: none (absent or null).
  std::optional<Usage> usage;
};

/// How values of one config field are merged when several entitlements grant the same feature.
enum class MergePolicy : std::uint8_t { max, sum, min, latest };

/// One customer's full list at one moment. Immutable once loaded; replaced whole, or not at all.
struct Snapshot {
  TextArena text;  ///< Owns all text below.
  std::string_view customer;
  std::string_view source;  ///< "stripe", "paygentic", or the application's own word.
  Mode mode = Mode::live;
  TimeMs as_of = 0;  ///< When the list was fetched from the billing system.
  std::vector<Entitlement> entitlements;
  std::string_view catalogue;  ///< What there is to buy: canonical JSON object text; empty: none.
  // Policies that travel with the snapshot, so that all ends agree. Canonical JSON object text; empty: none.
  std::string_view merge;            ///< {key: {field: policy}}
  std::string_view unlimited_value;  ///< {key: {field: number}}
};

}  // namespace plangate
