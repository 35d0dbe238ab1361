#include "text_pool.hpp"

#include <cstring>

#include "text_hash.hpp"

namespace plangate {

std::uint32_t TextPool::find(std::string_view text) const {
  return slots_.empty() ? kNoText : slots_[slot_of(text, hash_of(text))];
}

std::string_view TextPool::text(std::uint32_t id) const {
  return id < entries_.size() ? std::string_view(entries_[id].text.get(), entries_[id].size) : std::string_view{};
}

std::uint32_t TextPool::acquire(std::string_view text) {
  if ((std::size_t{kept_} + 1) * 4 > slots_.size() * 3) {
    grow();
  }
  const std::uint32_t hash = hash_of(text);
  std::uint32_t& slot = slots_[slot_of(text, hash)];
  if (slot == kNoText) {
    slot = add(text, hash);
  }
  ++entries_[slot].references;
  return slot;
}

bool TextPool::release(std::uint32_t id) {
  if (id == kNoText || --entries_[id].references != 0) {
    return false;
  }
  Entry& entry = entries_[id];
  empty_slot(slot_of(text(id), entry.hash_or_next_free));
  entry.text.reset();
  entry.size = 0;
  entry.hash_or_next_free = free_;
  free_ = id;
  --kept_;
  ++generation_;
  return true;
}

// The slot that holds the text, or the empty one where it belongs.
std::uint32_t TextPool::slot_of(std::string_view text, std::uint32_t hash) const {
  const auto mask = static_cast<std::uint32_t>(slots_.size() - 1);
  std::uint32_t slot = hash & mask;
  for (; slots_[slot] != kNoText; slot = (slot + 1) & mask) {
    const Entry& entry = entries_[slots_[slot]];
    if (entry.hash_or_next_free == hash && std::string_view(entry.text.get(), entry.size) == text) {
      break;
    }
  }
  return slot;
}

std::uint32_t TextPool::add(std::string_view text, std::uint32_t hash) {
  std::uint32_t id = free_;
  if (id == kNoText) {
    id = size();
    entries_.emplace_back();
  } else {
    free_ = entries_[id].hash_or_next_free;
  }
  Entry& entry = entries_[id];
  entry.text.reset(new char[text.size()]);
  if (!text.empty()) {
    std::memcpy(entry.text.get(), text.data(), text.size());
  }
  entry.size = static_cast<std::uint32_t>(text.size());
  entry.hash_or_next_free = hash;
  ++kept_;
  ++generation_;
  return id;
}

void TextPool::grow() {
  slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, kNoText);
  const auto mask = static_cast<std::uint32_t>(slots_.size() - 1);
  for (std::uint32_t id = 0; id < size(); ++id) {
    if (!is_kept(id)) {
      continue;
    }
    std::uint32_t slot = entries_[id].hash_or_next_free & mask;
    while (slots_[slot] != kNoText) {
      slot = (slot + 1) & mask;
    }
    slots_[slot] = id;
  }
}

// Closes the gap: what was pushed past the slot by it moves back, so that a search may stop at the first empty slot.
void TextPool::empty_slot(std::uint32_t slot) {
  const auto mask = static_cast<std::uint32_t>(slots_.size() - 1);
  slots_[slot] = kNoText;
  for (std::uint32_t next = (slot + 1) & mask; slots_[next] != kNoText; next = (next + 1) & mask) {
    const std::uint32_t home = entries_[slots_[next]].hash_or_next_free & mask;
    if (((next - home) & mask) >= ((next - slot) & mask)) {
      slots_[slot] = slots_[next];
      slots_[next] = kNoText;
      slot = next;
    }
  }
}

}  // namespace plangate
