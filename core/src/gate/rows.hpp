// The rows of a held snapshot, packed: about thirty bytes an entitlement instead of two hundred. Internal to core/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "packing.hpp"
#include "plangate/engine.hpp"
#include "plangate/model.hpp"
#include "text_pool.hpp"

namespace plangate {

/// Ids of a row's texts in the engine's pools; kNoText where the row has none.
struct RowTexts {
  std::uint32_t key = kNoText;
  std::uint32_t feature = kNoText;
  std::uint32_t product = kNoText;
  std::uint32_t subscription = kNoText;
  std::uint32_t config = kNoText;
  std::uint32_t pool = kNoText;
};

/// One row as the rules read it.
struct RowView {
  std::string_view id;  ///< Without the snapshot's id_prefix(); empty: the row has none.
  RowTexts texts;
  FeatureType type = FeatureType::boolean;
  Status status = Status::active;
  bool has_access = true;
  bool malformed = false;
  bool has_usage = false;
  bool soft = false;
  TimeMs active_from = kAlways;
  TimeMs active_to = kNever;
  std::optional<double> balance;
  std::optional<double> usage_in_period;
  std::optional<double> overage;
  TimeMs period_start = kAlways;
  TimeMs period_end = kNever;
};

/// Rows while they are packed. The heads (key and size of each) stand together before all bodies: looking for a key
/// reads two bytes a row, and mostly one line of the cache.
struct PackedRows {
  std::string heads;
  std::string bodies;

  /// `prefix_size`: how much of the id is the prefix that all rows share, kept once.
  void add(const Entitlement& row, const RowTexts& texts, TimeMs base, std::size_t prefix_size);
};

/// The packed rows of one key, or of a whole snapshot: sorted by key, then by pool.
class Rows {
 public:
  Rows() = default;
  /// `head` to `end` are heads; `body` is the body of the first.
  Rows(const char* head, const char* end, const char* body, TimeMs base)
      : head_(head), end_(end), body_(body), base_(base) {}

  [[nodiscard]] bool empty() const { return head_ == end_; }
  /// Reads the first row and moves on to the next; false when there are no more.
  bool next(RowView& row);
  /// The key of the first row. Only when not empty.
  [[nodiscard]] NameId key() const;
  /// Cuts off the rows of the first key.
  Rows take_key();
  /// Moves on to the first row whose key is not before `key`.
  void skip_to(NameId key);

 private:
  const char* head_ = nullptr;
  const char* end_ = nullptr;
  const char* body_ = nullptr;
  TimeMs base_ = 0;
};

}  // namespace plangate
