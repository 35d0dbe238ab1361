// Decimal text to double and back, exactly. Internal to core/. The C library's strtod and printf bring long doubles,
// locales and formats along, which would be a fifth of the WebAssembly.
#pragma once

#include <string>
#include <string_view>

namespace plangate::json {

/// The double nearest to a JSON number (ties to even); infinite when none is. `text` must be a JSON number.
double decimal_to_double(std::string_view text);

/// Appends the fewest digits that read back as the same double, the nearest of those, laid out as JavaScript does
/// (1e+21, 1.5e-7, 0.000001). `value` must be finite.
void append_shortest(std::string& out, double value);

}  // namespace plangate::json
