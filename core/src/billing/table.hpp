// Objects by id, in the order they were made. Internal to core/billing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace plangate::billing {

/// An object's place in its table: what objects hold of each other. Never changes, nothing is ever taken out.
using Ref = std::uint32_t;
inline constexpr Ref kNone = std::numeric_limits<Ref>::max();

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

template <class Value>
using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// T has a text member `id`. Pointers and references to rows are good until the next add().
template <class T>
class Table {
 public:
  [[nodiscard]] Ref find(std::string_view id) const {
    const auto found = index_.find(id);
    return found == index_.end() ? kNone : found->second;
  }
  /// The id must be new.
  Ref add(T row) {
    const auto ref = static_cast<Ref>(rows_.size());
    index_.emplace(row.id, ref);
    rows_.push_back(std::move(row));
    return ref;
  }
  T& operator[](Ref ref) { return rows_[ref]; }
  const T& operator[](Ref ref) const { return rows_[ref]; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] auto begin() const { return rows_.begin(); }
  [[nodiscard]] auto end() const { return rows_.end(); }

 private:
  std::vector<T> rows_;
  ByText<Ref> index_;
};

}  // namespace plangate::billing
