// The words of plangate's own formats, in the order of their enums. Internal to core/.
#pragma once

#include <optional>
#include <string_view>

namespace plangate {

inline constexpr std::string_view kTypeNames[] = {"boolean", "static", "metered", "unknown"};
inline constexpr std::string_view kStatusNames[] = {"active", "expired", "canceled", "unknown"};
inline constexpr std::string_view kModeNames[] = {"live", "test"};
inline constexpr std::string_view kPolicyNames[] = {"max", "sum", "min", "latest"};

/// The enumerator that `text` names; nullopt when it names none.
template <class Enum, std::size_t N>
std::optional<Enum> enum_of(const std::string_view (&names)[N], std::string_view text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) {
      return static_cast<Enum>(i);
    }
  }
  return std::nullopt;
}

/// The name of an enumerator.
template <class Enum, std::size_t N>
std::string_view word_of(const std::string_view (&names)[N], Enum value) {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace plangate
