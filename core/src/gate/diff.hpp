// What differs between two sets of decisions. Internal to core/.
#pragma once

#include <string>

#include "judge.hpp"

namespace plangate {

/// A snapshot (or none) at a moment.
struct View {
  const HeldSnapshot* snapshot = nullptr;
  TimeMs now = 0;
};

/// Appends the differences as JSON; false when there are none.
bool append_diff(const Core& core, const View& before, const View& after, std::string& out);

}  // namespace plangate
