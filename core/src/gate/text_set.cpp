#include "text_set.hpp"

namespace plangate {
namespace {

// FNV-1a with a final mix, since the slot is taken from the low bits.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  hash ^= hash >> 16U;
  hash *= 0x85ebca6bU;
  return hash ^ (hash >> 13U);
}

}  // namespace

TextSet::TextSet(std::size_t expected) {
  std::size_t size = 8;
  while (size < expected * 2) {
    size *= 2;
  }
  slots_.resize(size);
}

std::uint32_t TextSet::enter(std::string_view text, std::uint32_t index, bool overwrite) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash_of(text) & mask;; at = (at + 1) & mask) {
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
