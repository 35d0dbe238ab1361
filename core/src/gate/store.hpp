// Holds the snapshots of one or many customers, packed, and the texts they share. Internal to core/.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "held_snapshot.hpp"
#include "plangate/engine.hpp"
#include "plangate/model.hpp"
#include "text_pool.hpp"

namespace plangate {

/// Snapshots by handle, and all text they hold by reference.
class Store {
 public:
  TextPool names;    ///< Feature keys; the ids are the engine's NameIds.
  TextPool shared;   ///< Ids of features, products, subscriptions and pools; sources, catalogues.
  TextPool configs;  ///< Configs and policies as canonical text.

  /// 0 when no more can be held.
  SnapshotHandle hold(const Snapshot& snapshot);
  void release(SnapshotHandle handle);
  /// nullptr for a handle that is not, or no longer, held.
  [[nodiscard]] const HeldSnapshot* find(SnapshotHandle handle) const;
  /// The snapshot as it came. Views live as long as the held one.
  [[nodiscard]] Snapshot unpack(const HeldSnapshot& held) const;

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
};

}  // namespace plangate
