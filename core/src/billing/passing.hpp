// The passing of time over many subscriptions, in order of time. Internal to core/billing.
#pragma once

#include "changes.hpp"
#include "model.hpp"

namespace plangate::billing {

/// Brings a timeline to `to` (not back), telling what happens on the way. Of a stretch of more than 100 renewals at which
/// nothing else happens only the last is told.
void pass_time(Books& books, Timeline& timeline, TimeMs to, Changes& changes);

/// When something happens next; kNever: never. Drops entries that are out of date.
TimeMs next_due(const Books& books, Timeline& timeline);

}  // namespace plangate::billing
