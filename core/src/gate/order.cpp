#include "order.hpp"

#include <utility>

namespace plangate {
namespace {

struct Sorter {
  std::vector<std::uint32_t>& numbers;
  Before before;
  const void* context;

  [[nodiscard]] bool is_before(std::uint32_t a, std::uint32_t b) const {
    return before(context, a, b) || (a < b && !before(context, b, a));
  }

  // Sinks the number at `at` until no child of it in the heap is greater.
  void sink(std::size_t at, std::size_t end) const {
    for (std::size_t child = at * 2 + 1; child < end; child = at * 2 + 1) {
      if (child + 1 < end && is_before(numbers[child], numbers[child + 1])) {
        ++child;
      }
      if (!is_before(numbers[at], numbers[child])) {
        return;
      }
      std::swap(numbers[at], numbers[child]);
      at = child;
    }
  }

  [[nodiscard]] bool is_sorted() const {
    for (std::size_t i = 1; i < numbers.size(); ++i) {
      if (is_before(numbers[i], numbers[i - 1])) {
        return false;
      }
    }
    return true;
  }
};

}  // namespace

// A heap sort: small, and never quadratic. Lists mostly come sorted already, which is looked at first.
void sort(std::vector<std::uint32_t>& numbers, Before before, const void* context) {
  const Sorter sorter{numbers, before, context};
  if (sorter.is_sorted()) {
    return;
  }
  for (std::size_t at = numbers.size() / 2; at > 0; --at) {
    sorter.sink(at - 1, numbers.size());
  }
  for (std::size_t end = numbers.size() - 1; end > 0; --end) {
    std::swap(numbers[0], numbers[end]);
    sorter.sink(0, end);
  }
}

std::vector<std::uint32_t> sorted_order(std::size_t count, Before before, const void* context) {
  std::vector<std::uint32_t> numbers(count);
  for (std::size_t i = 0; i < count; ++i) {
    numbers[i] = static_cast<std::uint32_t>(i);
  }
  sort(numbers, before, context);
  return numbers;
}

void sort_and_unite(std::vector<std::string_view>& texts) {
  const std::vector<std::string_view> all = std::move(texts);
  texts.clear();
  for (const std::uint32_t index :
       sorted_order(all.size(), [&all](std::uint32_t a, std::uint32_t b) { return all[a] < all[b]; })) {
    if (texts.empty() || texts.back() != all[index]) {
      texts.push_back(all[index]);
    }
  }
}

}  // namespace plangate
