#include "lifecycle.hpp"

#include <algorithm>

#include "provision.hpp"

namespace plangate::billing {
namespace {

using Status = SubscriptionStatus;

void consider(NextEvent& next, Event what, TimeMs at) {
  if (at < next.at) {
    next = {what, at};
  }
}

bool ends_with_period(const Subscription& subscription) {
  return subscription.cancel_at_period_end && subscription.status != Status::scheduled;
}

// Whether the items' next period would bring what this one does.
bool brings_the_same(const Catalogue& catalogue, const Subscription& subscription) {
  return std::all_of(subscription.items.begin(), subscription.items.end(),
                     [&](const Item& item) { return item.grants == grants_of(catalogue, item.price); });
}

const char* start(const Catalogue& catalogue, Subscription& subscription, TimeMs at) {
  subscription.status = subscription.trial_end && *subscription.trial_end > at ? Status::trialing : Status::active;
  refresh_grants(catalogue, subscription);
  provision(catalogue, subscription, at);
  return "subscription.started";
}

const char* finish(Subscription& subscription, TimeMs at) {
  terminate(subscription, at);
  return "subscription.canceled";
}

const char* trial_over(const Catalogue& catalogue, Subscription& subscription, TimeMs at) {
  if (subscription.trial_end_behavior == TrialEndBehavior::cancel || subscription.cancel_at_period_end) {
    return finish(subscription, at);
  }
  if (subscription.trial_end_behavior == TrialEndBehavior::pause) {
    pause(catalogue, subscription, at);
    return "subscription.paused";
  }
  end_trial(catalogue, subscription, at);
  return "subscription.trialEnded";
}

const char* period_over(const Catalogue& catalogue, Subscription& subscription, TimeMs at) {
  if (subscription.cancel_at_period_end) {
    return finish(subscription, at);
  }
  if (subscription.pending) {
    const Pending wanted = *subscription.pending;
    set_items(catalogue, subscription, wanted, at);
  }
  subscription.period = period_containing(subscription.anchor, recurrence_of(catalogue, subscription), at);
  refresh_grants(catalogue, subscription);
  provision(catalogue, subscription, at);
  return "subscription.renewed";
}

}  // namespace

NextEvent next_event(const Subscription& subscription) {
  NextEvent next;
  if (subscription.status == Status::canceled) {
    return next;
  }
  if (subscription.status == Status::scheduled) {
    consider(next, Event::start, subscription.start_at);
  }
  if (subscription.cancel_at) {
    consider(next, Event::cancel, *subscription.cancel_at);
  }
  if (subscription.status == Status::paused && subscription.resumes_at) {
    consider(next, Event::resume, *subscription.resumes_at);
  }
  if (subscription.status == Status::trialing) {
    consider(next, Event::trial_end, *subscription.trial_end);
  }
  if (subscription.status == Status::active ||
      (subscription.status == Status::paused && ends_with_period(subscription))) {
    consider(next, Event::period_end, subscription.period.end);
  }
  return next;
}

const char* happen(const Catalogue& catalogue, Subscription& subscription, const NextEvent& event) {
  switch (event.what) {
    case Event::start:
      return start(catalogue, subscription, event.at);
    case Event::cancel:
      return finish(subscription, event.at);
    case Event::resume:
      resume(catalogue, subscription, event.at, true);
      return "subscription.resumed";
    case Event::trial_end:
      return trial_over(catalogue, subscription, event.at);
    case Event::period_end:
      return period_over(catalogue, subscription, event.at);
    case Event::none:
      break;
  }
  return "";
}

bool renews_quietly(const Catalogue& catalogue, const Subscription& subscription) {
  return subscription.status == Status::active && !subscription.cancel_at_period_end && !subscription.pending &&
         !is_odd_period(subscription) && brings_the_same(catalogue, subscription);
}

void skip_to(const Catalogue& catalogue, Subscription& subscription, TimeMs at) {
  subscription.period = period_containing(subscription.anchor, recurrence_of(catalogue, subscription), at);
}

void settle(const Catalogue& catalogue, Subscription& subscription) {
  // Every round either skips to a planned end or does away with something planned, so there are few.
  for (NextEvent next = next_event(subscription); next.what != Event::none; next = next_event(subscription)) {
    if (next.what == Event::period_end && renews_quietly(catalogue, subscription)) {
      if (!subscription.cancel_at) {
        return;
      }
      next = {Event::cancel, *subscription.cancel_at};
    }
    happen(catalogue, subscription, next);
  }
}

void terminate(Subscription& subscription, TimeMs at) {
  subscription.status = Status::canceled;
  subscription.ended_at = at;
  if (!subscription.canceled_at) {
    subscription.canceled_at = at;
  }
  subscription.pending.reset();
  subscription.paused_at.reset();
  subscription.resumes_at.reset();
  revoke_all(subscription, at);
}

void pause(const Catalogue& catalogue, Subscription& subscription, TimeMs at) {
  subscription.status = Status::paused;
  subscription.paused_at = at;
  provision(catalogue, subscription, at);
}

void restart_period(const Catalogue& catalogue, Subscription& subscription, TimeMs at) {
  subscription.anchor = at;
  subscription.period = period_containing(at, recurrence_of(catalogue, subscription), at);
  refresh_grants(catalogue, subscription);
  provision(catalogue, subscription, at);
}

void resume(const Catalogue& catalogue, Subscription& subscription, TimeMs at, bool new_period) {
  subscription.paused_at.reset();
  subscription.resumes_at.reset();
  if (subscription.trial_end && *subscription.trial_end > at) {
    subscription.status = Status::trialing;
    provision(catalogue, subscription, at);
    return;
  }
  subscription.status = Status::active;
  if (new_period) {
    restart_period(catalogue, subscription, at);
    return;
  }
  if (subscription.period.end <= at) {
    if (subscription.trial_end && *subscription.trial_end >= subscription.period.end) {
      subscription.anchor = *subscription.trial_end;  // the trial ended meanwhile
    }
    skip_to(catalogue, subscription, at);
    refresh_grants(catalogue, subscription);
  }
  provision(catalogue, subscription, at);
}

void set_trial(const Catalogue& catalogue, Subscription& subscription, TimeMs at, TimeMs end) {
  if (subscription.status != Status::trialing) {
    subscription.trial_start = at;
    subscription.period.start = at;
  }
  subscription.status = Status::trialing;
  subscription.trial_end = end;
  subscription.period.end = end;
  subscription.anchor = end;
  provision(catalogue, subscription, at);
}

void end_trial(const Catalogue& catalogue, Subscription& subscription, TimeMs at) {
  subscription.status = Status::active;
  subscription.trial_end = at;
  if (subscription.pending) {
    const Pending wanted = *subscription.pending;
    set_items(catalogue, subscription, wanted, at);
  }
  restart_period(catalogue, subscription, at);
}

void set_items(const Catalogue& catalogue, Subscription& subscription, const Pending& wanted, TimeMs at) {
  const Interval before = recurrence_of(catalogue, subscription);
  std::vector<Item> items;
  for (const ItemPlan& plan : wanted.items) {
    const auto old = std::find_if(subscription.items.begin(), subscription.items.end(),
                                  [&](const Item& item) { return item.id == plan.id; });
    Item item{plan.id, plan.price, plan.quantity, at, {}};
    if (old != subscription.items.end()) {
      item.created = old->created;
    }
    const bool same_price = old != subscription.items.end() && old->price == plan.price;
    item.grants = same_price ? std::move(old->grants) : grants_of(catalogue, plan.price);
    items.push_back(std::move(item));
  }
  subscription.items = std::move(items);
  subscription.plan = wanted.plan;
  subscription.pending.reset();
  const Interval interval = recurrence_of(catalogue, subscription);
  if (subscription.status == Status::active && interval != before) {
    restart_period(catalogue, subscription, at);
    return;
  }
  if (subscription.status == Status::scheduled && !is_odd_period(subscription)) {
    subscription.period = period_containing(subscription.anchor, interval, subscription.start_at);
  }
  provision(catalogue, subscription, at);
}

}  // namespace plangate::billing
