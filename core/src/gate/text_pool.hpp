// Texts kept once and counted: names, shared ids, configs. Internal to core/.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace plangate {

/// "No text": what optional ids hold, and what find() answers for a text that is not kept.
inline constexpr std::uint32_t kNoText = 0xFFFFFFFFU;

/// A set of texts with reference counts. Ids are small, dense and reused after the last release; a text stays at its
/// address as long as it is kept.
class TextPool {
 public:
  /// Adds a reference to the text, keeping a copy of it when it is new.
  std::uint32_t acquire(std::string_view text);
  /// Takes a reference back; true when it was the last and the text is gone. kNoText is allowed.
  bool release(std::uint32_t id);

  [[nodiscard]] std::uint32_t find(std::string_view text) const;
  /// The text of a kept id; empty for kNoText.
  [[nodiscard]] std::string_view text(std::uint32_t id) const;
  /// All ids are below.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  [[nodiscard]] bool is_kept(std::uint32_t id) const { return id < entries_.size() && entries_[id].references != 0; }
  /// Changes whenever a text comes or goes.
  [[nodiscard]] std::uint32_t generation() const { return generation_; }

 private:
  struct Entry {
    std::unique_ptr<char[]> text;
    std::uint32_t size = 0;
    std::uint32_t hash_or_next_free = 0;
    std::uint32_t references = 0;
  };
  [[nodiscard]] std::uint32_t slot_of(std::string_view text, std::uint32_t hash) const;
  std::uint32_t add(std::string_view text, std::uint32_t hash);
  void grow();
  void empty_slot(std::uint32_t slot);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  ///< Open addressing; kNoText is empty. A power of two, at most 3/4 full.
  std::uint32_t kept_ = 0;
  std::uint32_t free_ = kNoText;
  std::uint32_t generation_ = 0;
};

}  // namespace plangate
