#include <algorithm>
#include <cstring>
#include <utility>

#include "plangate/model.hpp"

namespace plangate {
namespace {

constexpr std::size_t kFirstBlock = 512;
constexpr std::size_t kLargestBlock = std::size_t{64} * 1024;

}  // namespace

std::string_view TextArena::keep(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  if (!last_ || text.size() > size_ - used_) {
    // Blocks double, so a small snapshot stays small and a large one takes few allocations.
    const std::size_t wanted = std::clamp(size_ * 2, kFirstBlock, kLargestBlock);
    size_ = std::max(wanted, text.size());
    used_ = 0;
    // NOLINTNEXTLINE(modernize-make-unique): it would fill the block with zeros first.
    last_.reset(new Block{std::move(last_), std::unique_ptr<char[]>(new char[size_])});
  }
  char* const place = last_->bytes.get() + used_;
  std::memcpy(place, text.data(), text.size());
  used_ += text.size();
  return {place, text.size()};
}

}  // namespace plangate
