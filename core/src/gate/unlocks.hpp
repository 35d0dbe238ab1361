// What a customer could buy to get a feature. docs/rules.md, "Unlocks". Internal to core/.
#pragma once

#include <string>

#include "document.hpp"
#include "judge.hpp"

namespace plangate {

/// Appends what unlocks the features that `query` names (see Engine::unlocks()) as JSON. False: it is no such query.
bool append_unlocks(const Core& core, const HeldSnapshot* snapshot, json::Node query, std::string& out);

}  // namespace plangate
