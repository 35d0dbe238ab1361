// Finds equal texts among many, in linear time. Internal to core/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace plangate {

/// A set of texts with an index each. Holds views: the texts must outlive it. Sized once, for at most `expected` texts.
class TextSet {
 public:
  explicit TextSet(std::size_t expected);
  /// Adds the text with its index and answers `index`; or, when an equal text is there already, the index it was added with.
  std::uint32_t add(std::string_view text, std::uint32_t index) { return enter(text, index, false); }
  /// The same, and from now on the text goes with this index.
  std::uint32_t replace(std::string_view text, std::uint32_t index) { return enter(text, index, true); }

 private:
  std::uint32_t enter(std::string_view text, std::uint32_t index, bool overwrite);

  struct Slot {
    std::string_view text;
    std::uint32_t index_plus_one = 0;  ///< 0: free
  };
  std::size_t mask_ = 7;  ///< One less than there are slots.
  std::unique_ptr<Slot[]> slots_;
};

}  // namespace plangate
