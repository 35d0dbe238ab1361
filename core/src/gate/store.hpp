// Holds the snapshots of one or many customers, packed, and the texts they share. Internal to core/.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "config_fields.hpp"
#include "plangate/engine.hpp"
#include "plangate/model.hpp"
#include "rows.hpp"
#include "text_pool.hpp"

namespace plangate {

/// One held snapshot: the first of one piece of memory. Behind it stand the heads of the rows, the places of every so
/// many rows, the bodies of the rows, the customer, and the order of the list: a decision reads the slot, the front of
/// this, and one row.
struct HeldSnapshot {
  std::uint32_t heads_size = 0;
  std::uint32_t places = 0;
  std::uint32_t bodies_size = 0;
  std::uint32_t customer_size = 0;
  std::uint32_t order_size = 0;  ///< 0: the rows stand as they came.
  std::uint32_t entries = 0;
  std::uint32_t source = kNoText;
  std::uint32_t catalogue = kNoText;  ///< kNoText: none came.
  std::uint32_t policies = kNoText;
  Mode mode = Mode::live;
  TimeMs as_of = 0;
  TimeMs base = 0;  ///< What packed times are relative to: a full second, as most times are.

  [[nodiscard]] std::string_view customer() const { return {bodies() + bodies_size, customer_size}; }
  [[nodiscard]] Rows rows() const { return {heads(), heads() + heads_size, bodies(), base}; }
  /// The rows of one key; empty when there are none.
  [[nodiscard]] Rows rows_of(NameId key) const;
  /// For each row, packed as varints, its index in the list as it came; empty when the rows stand as they came.
  [[nodiscard]] std::string_view order() const { return {bodies() + bodies_size + customer_size, order_size}; }

 private:
  struct Place {
    std::uint32_t head;
    std::uint32_t body;
  };
  friend class Store;
  [[nodiscard]] const char* heads() const { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] const char* bodies() const { return heads() + heads_size + std::size_t{places} * sizeof(Place); }
  [[nodiscard]] Rows rows_from(std::uint32_t place) const;
};

/// Snapshots by handle, and all text they hold by reference.
class Store {
 public:
  TextPool names;    ///< Feature keys; the ids are the engine's NameIds.
  TextPool shared;   ///< Ids of features, products, subscriptions and pools; sources, policies, catalogues.
  TextPool configs;  ///< Configs as canonical text.

  /// 0 when no more can be held.
  SnapshotHandle hold(const Snapshot& snapshot);
  void release(SnapshotHandle handle);
  /// nullptr for a handle that is not, or no longer, held.
  [[nodiscard]] const HeldSnapshot* find(SnapshotHandle handle) const;
  /// The snapshot as it came. Views live as long as the held one.
  [[nodiscard]] Snapshot unpack(const HeldSnapshot& held) const;

  void release_config(std::uint32_t config);
  /// The fields of a kept config, read on the first call. Live until the config is released.
  [[nodiscard]] const ConfigFields& fields_of(std::uint32_t config) const;

 private:
  struct Slot {
    std::unique_ptr<char[]> held;  ///< A HeldSnapshot and what stands behind it; nullptr: free.
    std::uint32_t generation = 0;
    std::uint32_t next_free = 0;
  };
  std::uint32_t take_slot();
  void free_slot(std::uint32_t index);
  RowTexts acquire_texts(const Entitlement& row);
  std::string pack_rows(HeldSnapshot& head, const Snapshot& snapshot);

  std::vector<Slot> slots_;
  std::uint32_t first_free_ = kNoText;  ///< Freed slots wait in line, so that a handle comes back as late as can be.
  std::uint32_t last_free_ = kNoText;
  std::uint32_t free_count_ = 0;
  mutable std::vector<std::unique_ptr<ConfigFields>> fields_;  ///< By config id; read lazily.
};

}  // namespace plangate
