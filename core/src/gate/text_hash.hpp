// Hash of a text, for the tables of core/. Internal to core/; never stored, never sent: it may change with any version.
#pragma once

#include <cstdint>
#include <string_view>

namespace plangate {

/// Well mixed in its low bits, where the tables take their slots from.
std::uint32_t hash_of(std::string_view text);

}  // namespace plangate
