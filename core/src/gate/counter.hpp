// Which counter a use is counted on. docs/rules.md, "Counters". Internal to core/.
#pragma once

#include <string_view>

#include "judge.hpp"
#include "plangate/counter.hpp"

namespace plangate {

Counter counter_of(const Core& core, const Question& question, std::string_view key, const CounterQuery& query);

}  // namespace plangate
