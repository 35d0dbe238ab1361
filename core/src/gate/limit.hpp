// Limits: may this much more be used? docs/rules.md, "Limits". Internal to core/.
#pragma once

#include <string_view>

#include "judge.hpp"

namespace plangate {

LimitResult limit_of(const Core& core, const Question& question, std::string_view key, const LimitQuery& query);

}  // namespace plangate
