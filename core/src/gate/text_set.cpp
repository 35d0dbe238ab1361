#include "text_set.hpp"

#include "text_hash.hpp"

namespace plangate {

TextSet::TextSet(std::size_t expected) {
  while (mask_ < expected * 2) {
    mask_ = mask_ * 2 + 1;
  }
  slots_ = std::make_unique<Slot[]>(mask_ + 1);
}

std::uint32_t TextSet::enter(std::string_view text, std::uint32_t index, bool overwrite) {
  for (std::size_t at = hash_of(text) & mask_;; at = (at + 1) & mask_) {
    Slot& slot = slots_[at];
    if (slot.index_plus_one == 0) {
      slot = {text, index + 1};
      return index;
    }
    if (slot.text == text) {
      const std::uint32_t before = slot.index_plus_one - 1;
      if (overwrite) {
        slot.index_plus_one = index + 1;
      }
      return before;
    }
  }
}

}  // namespace plangate
