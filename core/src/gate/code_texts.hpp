// Texts of the closed lists of codes (*.def): names as they appear in JSON, and glosses for developers. Internal to core.
#pragma once

#include <cstddef>
#include <string_view>

/// What X(name, gloss) makes of a list's line, as an element of an array.
#define PLANGATE_CODE_NAME(name, gloss) #name,
#define PLANGATE_CODE_GLOSS(name, gloss) gloss,

namespace plangate {

/// The text of a code, in an array in the order of its list; empty for a value that is not of the list.
template <class Code, std::size_t N>
constexpr std::string_view text_of(const std::string_view (&texts)[N], Code code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return index < N ? texts[index] : std::string_view{};
}

}  // namespace plangate
