// What a customer could buy to get a feature. docs/rules.md, "Unlocks". Internal to core/.
#pragma once

#include <vector>

#include "judge.hpp"

namespace plangate {

std::vector<Unlock> unlocks_of(const Core& core, const HeldSnapshot* snapshot, const UnlockQuery& query);

}  // namespace plangate
