// The next moment at which time alone changes what a feature's rows say. docs/rules.md, "Time". Internal to core/.
#pragma once

#include "grant_rule.hpp"

namespace plangate {

/// The next moment > now at which evaluate() answers differently than `current`, its answer at `now`; kNever: none.
TimeMs next_change(const Rows& rows, const ProductFilter& filter, const Verdict& current, TimeMs now);

}  // namespace plangate
