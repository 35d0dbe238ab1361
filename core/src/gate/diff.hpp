// What differs between two sets of decisions. Internal to core/.
#pragma once

#include "judge.hpp"

namespace plangate {

/// A snapshot (or none) at a moment.
struct View {
  const HeldSnapshot* snapshot = nullptr;
  TimeMs now = 0;
};

Diff diff_of(const Core& core, const View& before, const View& after);

}  // namespace plangate
