// One held snapshot in one piece of memory. Internal to core/.
#pragma once

#include <cstdint>
#include <string_view>

#include "plangate/model.hpp"
#include "rows.hpp"

namespace plangate {

/// One held snapshot: the first of one piece of memory. Behind it stand the heads of the rows, the places of every so
/// many rows, the bodies of the rows, the customer, what all ids begin with, and the order of the list: a decision reads the slot, the front of
/// this, and one row.
struct HeldSnapshot {
  std::uint32_t heads_size = 0;
  std::uint32_t places = 0;
  std::uint32_t bodies_size = 0;
  std::uint32_t customer_size = 0;
  std::uint32_t prefix_size = 0;
  std::uint32_t order_size = 0;  ///< 0: the rows stand as they came.
  std::uint32_t entries = 0;
  std::uint32_t source = kNoText;
  std::uint32_t catalogue = kNoText;  ///< kNoText: none came.
  std::uint32_t merge = kNoText;      ///< Policies.
  std::uint32_t unlimited = kNoText;  ///< Policies.
  Mode mode = Mode::live;
  TimeMs as_of = 0;
  TimeMs base = 0;  ///< What packed times are relative to: a full second, as most times are.

  [[nodiscard]] std::string_view customer() const { return {bodies() + bodies_size, customer_size}; }
  [[nodiscard]] std::string_view id_prefix() const { return {customer().data() + customer_size, prefix_size}; }
  [[nodiscard]] Rows rows() const { return {heads(), heads() + heads_size, bodies(), base}; }
  /// The rows of one key; empty when there are none.
  [[nodiscard]] Rows rows_of(NameId key) const;
  /// For each row, packed as varints, its index in the list as it came; empty when the rows stand as they came.
  [[nodiscard]] std::string_view order() const { return {id_prefix().data() + prefix_size, order_size}; }

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

}  // namespace plangate
