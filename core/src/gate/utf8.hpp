// Looks for broken text. Internal to core/.
#pragma once

#include <cstddef>
#include <string_view>

namespace plangate {

/// Offset of the first byte that does not begin a well-formed UTF-8 sequence (overlong forms, surrogates, values above
/// U+10FFFF and a cut-off end are not well-formed); npos when all is well.
std::size_t find_invalid_utf8(std::string_view text) noexcept;

/// For JSON text whose parser stopped inside a string: the offset of a surrogate escape without its other half within
/// the last bytes of `text`; npos when the text does not end in one.
std::size_t find_lone_surrogate(std::string_view text) noexcept;

}  // namespace plangate
