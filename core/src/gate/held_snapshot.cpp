#include "held_snapshot.hpp"

#include <cstring>

namespace plangate {

Rows HeldSnapshot::rows_from(std::uint32_t place) const {
  Place at{};
  std::memcpy(&at, heads() + heads_size + std::size_t{place} * sizeof at, sizeof at);
  return {heads() + at.head, heads() + heads_size, bodies() + at.body, base};
}

Rows HeldSnapshot::rows_of(NameId key) const {
  // The last place before the key's first row; a place that already shows the key may be in the middle of its rows.
  std::uint32_t low = 0;
  for (std::uint32_t high = places; low < high;) {
    const std::uint32_t middle = (low + high) / 2;
    if (rows_from(middle).key() < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  Rows rows = low == 0 ? this->rows() : rows_from(low - 1);
  rows.skip_to(key);
  return rows.empty() || rows.key() != key ? Rows{} : rows.take_key();
}

}  // namespace plangate
