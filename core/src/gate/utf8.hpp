// Looks for broken text. Internal to core/.
#pragma once

#include <cstddef>
#include <string_view>

namespace plangate {

/// Offset of the first byte that does not begin a well-formed UTF-8 sequence (overlong forms, surrogates, values above
/// U+10FFFF and a cut-off end are not well-formed); npos when all is well.
std::size_t find_invalid_utf8(std::string_view text) noexcept;

/// Length of the well-formed sequence at the start of `text`, which must not be empty; 0 when there is none.
std::size_t sequence_length(std::string_view text) noexcept;

}  // namespace plangate
