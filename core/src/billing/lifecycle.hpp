// What happens to a subscription as time passes, and when it is told to. Changes one subscription, given the catalogue;
// nothing here knows of other customers, journals or changes. Internal to core/billing.
#pragma once

#include <vector>

#include "model.hpp"

namespace plangate::billing {

/// What time does to a subscription.
enum class Event : std::uint8_t { none, start, cancel, resume, trial_end, period_end };

struct NextEvent {
  Event what = Event::none;
  TimeMs at = kNever;
};

/// The next thing that happens by itself. Of two at one moment the one that comes first in Event is done first.
NextEvent next_event(const Subscription& subscription);

/// Does it. Answers the change's name (static storage).
const char* happen(const Catalogue& catalogue, Subscription& subscription, const NextEvent& event);

/// Whether the period's end changes nothing but the period: no feature, term, item or status.
bool renews_quietly(const Catalogue& catalogue, const Subscription& subscription);

/// Goes on to the period that holds `at`, over quiet renewals only.
void skip_to(const Catalogue& catalogue, Subscription& subscription, TimeMs at);

/// Lets everything happen that is bound to happen, however late. From then on the rows tell their whole future; the
/// period stays where the last event left it.
void settle(const Catalogue& catalogue, Subscription& subscription);

/// Ends it for good.
void terminate(Subscription& subscription, TimeMs at);
void pause(const Catalogue& catalogue, Subscription& subscription, TimeMs at);
/// `new_period`: a period begins now; else the old ones are gone on with.
void resume(const Catalogue& catalogue, Subscription& subscription, TimeMs at, bool new_period);
/// Begins a trial, or moves its end. `end` lies after `at`.
void set_trial(const Catalogue& catalogue, Subscription& subscription, TimeMs at, TimeMs end);
/// The trial is over, and was not the subscription's end.
void end_trial(const Catalogue& catalogue, Subscription& subscription, TimeMs at);
/// A period begins, with the catalogue as it is.
void restart_period(const Catalogue& catalogue, Subscription& subscription, TimeMs at);
/// Swaps the items. Those that keep their price keep what it brings until their next period. Prices of another interval
/// begin a new period, unless there is a trial.
void set_items(const Catalogue& catalogue, Subscription& subscription, const Pending& wanted, TimeMs at);

}  // namespace plangate::billing
