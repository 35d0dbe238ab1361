// The JSON that test files are read with. Test code only: the library itself never shows a JSON type.
#pragma once

#include <nlohmann/json.hpp>

namespace spec {

/// Keeps member order, so that every runner hands over the same bytes.
using Json = nlohmann::ordered_json;

}  // namespace spec
