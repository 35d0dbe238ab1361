// The one sort of core/: everything is sorted through an order of numbers, so the wasm carries one sort. Internal.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace plangate {

/// Is what `a` stands for before what `b` stands for? A strict weak order.
using Before = bool (*)(const void* context, std::uint32_t a, std::uint32_t b);

/// Sorts the numbers by what they stand for. Equal ones stay in the order of the numbers themselves.
void sort(std::vector<std::uint32_t>& numbers, Before before, const void* context);

/// 0, 1, 2 … count-1, sorted.
std::vector<std::uint32_t> sorted_order(std::size_t count, Before before, const void* context);

/// The same for anything callable as bool(std::uint32_t, std::uint32_t).
template <class Less>
std::vector<std::uint32_t> sorted_order(std::size_t count, const Less& less) {
  return sorted_order(
      count,
      [](const void* context, std::uint32_t a, std::uint32_t b) { return (*static_cast<const Less*>(context))(a, b); },
      &less);
}

/// Sorts texts (bytes) and leaves each once.
void sort_and_unite(std::vector<std::string_view>& texts);

}  // namespace plangate
