#include "passing.hpp"

#include <algorithm>

#include "lifecycle.hpp"
#include "provision.hpp"

namespace plangate::billing {
namespace {

constexpr std::int64_t kMostRenewalsTold = 100;

// Whether so many quiet renewals are due that they are gone over at once.
bool is_long_stretch(const Books& books, const Subscription& subscription, TimeMs to) {
  if (!renews_quietly(books.catalogue, subscription)) {
    return false;
  }
  const Interval interval = recurrence_of(books.catalogue, subscription);
  return add_intervals(subscription.period.end, interval, kMostRenewalsTold) <= to;
}

// Goes on to the last renewal before `to`, or before the planned end.
NextEvent last_quiet_renewal(const Books& books, const Subscription& subscription, TimeMs to) {
  const TimeMs last = subscription.cancel_at ? std::min(to, *subscription.cancel_at - 1) : to;
  const Period period = period_containing(subscription.anchor, recurrence_of(books.catalogue, subscription), last);
  return {Event::period_end, std::max(period.start, subscription.period.end)};
}

}  // namespace

void pass_time(Books& books, Timeline& timeline, TimeMs to, Changes& changes) {
  while (next_due(books, timeline) <= to) {
    const Ref ref = timeline.due.top().second;
    timeline.due.pop();
    Subscription& subscription = books.subscriptions[ref];
    NextEvent event = next_event(subscription);
    if (event.what == Event::period_end && is_long_stretch(books, subscription, to)) {
      event = last_quiet_renewal(books, subscription, to);
    }
    timeline.now = std::max(timeline.now, event.at);
    changes.watch(subscription);
    const char* kind = happen(books.catalogue, subscription, event);
    changes.tell(ref, kind, event.at);
  }
  timeline.now = std::max(timeline.now, to);
}

TimeMs next_due(const Books& books, Timeline& timeline) {
  while (!timeline.due.empty()) {
    const auto [at, ref] = timeline.due.top();
    if (next_event(books.subscriptions[ref]).at == at) {
      return at;
    }
    timeline.due.pop();
  }
  return kNever;
}

}  // namespace plangate::billing
