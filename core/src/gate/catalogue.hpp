// The catalogue inside a snapshot is kept as the canonical text of its JSON. It gates nothing. Internal to core/.
#pragma once

#include <string_view>

#include "plangate/model.hpp"

namespace plangate {

/// Adds another catalogue's features and products behind those of the snapshot's; an empty one adds nothing.
void join_catalogue(Snapshot& snapshot, std::string_view other);

}  // namespace plangate
