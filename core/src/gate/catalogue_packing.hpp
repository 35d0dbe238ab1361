// A catalogue in few bytes, so that customers who see the same catalogue share one. Internal to core/.
#pragma once

#include <string>
#include <string_view>

#include "plangate/model.hpp"

namespace plangate {

std::string pack_catalogue(const Catalogue& catalogue);
/// Views into `packed`.
Catalogue unpack_catalogue(std::string_view packed);

}  // namespace plangate
