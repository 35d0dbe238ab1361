// Subscriptions: made, changed, paused, resumed, canceled.
#include "command.hpp"
#include "items.hpp"
#include "lifecycle.hpp"
#include "names.hpp"
#include "provision.hpp"

namespace plangate::billing {
namespace {

using Code = BillingErrorCode;
using Status = SubscriptionStatus;

bool at_period_end(const Command& c) { return c.request.choice("when", kWhens, 0) == 1; }

// A moment that must lie after `now`. None: absent or refused.
std::optional<TimeMs> future(const Command& c, std::string_view member, TimeMs now) {
  const auto at = c.request.time_if(member);
  if (at && *at <= now) {
    c.refuse(Code::TIME_IN_PAST, member);
    return std::nullopt;
  }
  return at;
}

// When the subscription's trial ends, if it has one: as told, or so many days after its start.
std::optional<TimeMs> read_trial(const Command& c, TimeMs start, TimeMs now) {
  constexpr std::int64_t kMostDays = 730;
  if (c.request.gives("trialEnd") && c.request.gives("trialDays")) {
    c.refuse(Code::INVALID_MEMBER, "trialDays", "either trialEnd or trialDays is wanted");
    return std::nullopt;
  }
  const std::int64_t days = c.request.integer("trialDays", 0, kMostDays, 0);
  if (days > 0) {
    const TimeMs end = std::max(start, now) + days * kDayMs;
    return end <= kLastMoment ? end : kLastMoment;
  }
  return future(c, "trialEnd", std::max(start, now));
}

// The first period, and whether it is a trial. False: refused.
bool read_times(const Command& c, Subscription& subscription, TimeMs now) {
  subscription.start_at = c.request.time_if("startAt").value_or(now);
  const TimeMs start = subscription.start_at;
  const auto trial_end = read_trial(c, start, now);
  const auto anchor = future(c, "anchor", std::max(start, now));
  const auto periods_from = c.request.time_if("periodsFrom");
  if (!c.request.ok()) {
    return false;
  }
  if (periods_from && (anchor || trial_end || *periods_from > now)) {
    return c.refuse(Code::INVALID_MEMBER, "periodsFrom", "a moment that is past, without anchor and trial");
  }
  const Interval interval = recurrence_of(c.books.catalogue, subscription);
  subscription.anchor = periods_from.value_or(start);
  subscription.period = period_containing(subscription.anchor, interval, std::max(start, now));
  if (anchor) {
    if (trial_end || *anchor > add_intervals(std::max(start, now), interval, 1)) {
      return c.refuse(Code::INVALID_MEMBER, "anchor",
                      trial_end ? "a trial's end is the anchor" : "at most one interval ahead");
    }
    subscription.anchor = *anchor;
    subscription.period = {start, *anchor};
  }
  if (trial_end) {
    subscription.trial_start = start;
    subscription.trial_end = trial_end;
    subscription.anchor = *trial_end;
    subscription.period = {start, *trial_end};
  }
  subscription.status = start > now ? Status::scheduled : trial_end ? Status::trialing : Status::active;
  return true;
}

// Planned ends: a moment, the period's end. False: refused.
bool read_ends(const Command& c, Subscription& subscription, TimeMs now) {
  const auto cancel_at = future(c, "cancelAt", now);
  const auto with_period = c.request.flag_if("cancelAtPeriodEnd");
  if (!c.request.ok()) {
    return false;
  }
  if (cancel_at && with_period.value_or(false)) {
    return c.refuse(Code::INVALID_MEMBER, "cancelAtPeriodEnd", "either cancelAt or cancelAtPeriodEnd is wanted");
  }
  if (c.request.has("cancelAt")) {
    subscription.cancel_at = cancel_at;
  }
  subscription.cancel_at_period_end = with_period.value_or(subscription.cancel_at_period_end);
  // The plan that was made last is the plan.
  if (cancel_at) {
    subscription.cancel_at_period_end = false;
  } else if (with_period.value_or(false)) {
    subscription.cancel_at.reset();
  }
  const bool ends = subscription.cancel_at || subscription.cancel_at_period_end;
  if (!ends) {
    subscription.canceled_at.reset();
  } else if (!subscription.canceled_at) {
    subscription.canceled_at = now;
  }
  return true;
}

void fill_items(const Catalogue& catalogue, Subscription& subscription, const Pending& wanted, TimeMs now) {
  subscription.plan = wanted.plan;
  for (const ItemPlan& plan : wanted.items) {
    subscription.items.push_back({plan.id, plan.price, plan.quantity, now, grants_of(catalogue, plan.price)});
  }
}

void create_subscription(const Command& c) {
  Subscription subscription;
  subscription.customer = c.request.ref("customer", c.books.customers, "customer");
  if (!c.request.ok()) {
    return;
  }
  const TimeMs now = c.now_of(c.books.customers[subscription.customer]);
  if (!c.begin(subscription, c.books.subscriptions, now)) {
    return;
  }
  const auto wanted = read_items(c, subscription);
  if (!wanted) {
    c.refuse(Code::MISSING_MEMBER, "items", "items or a plan is wanted");
    return;
  }
  fill_items(c.books.catalogue, subscription, *wanted, now);
  const auto behavior = c.request.choice("trialEndBehavior", kTrialEndBehaviors, 0);
  subscription.trial_end_behavior = static_cast<TrialEndBehavior>(behavior);
  if (!c.request.ok() || !read_times(c, subscription, now) || !read_ends(c, subscription, now)) {
    return;
  }
  provision(c.books.catalogue, subscription, subscription.start_at < now ? subscription.start_at : now);
  for (Row& row : subscription.rows) {
    row.created = now;
  }
  const Ref ref = c.books.subscriptions.add(std::move(subscription));
  c.books.customers[c.books.subscriptions[ref].customer].subscriptions.push_back(ref);
  c.changes.tell(ref, "subscription.created", now, false);
  write(c.result, c.books, c.books.subscriptions[ref]);
}

// A subscription that can still be changed; kNone: refused.
Ref find_running(const Command& c) {
  const Ref ref = c.request.ref("id", c.books.subscriptions, "subscription");
  if (c.request.ok() && c.books.subscriptions[ref].status == Status::canceled) {
    c.refuse(Code::SUBSCRIPTION_ENDED, "id", "'" + c.books.subscriptions[ref].id + "'");
  }
  return c.request.ok() ? ref : kNone;
}

// Puts a changed copy in the place of a subscription and tells so.
void commit(const Command& c, Ref ref, Subscription changed, const char* kind, TimeMs now) {
  c.changes.watch(c.books.subscriptions[ref]);
  c.books.subscriptions[ref] = std::move(changed);
  c.changes.tell(ref, kind, now);
  write(c.result, c.books, c.books.subscriptions[ref]);
}

TimeMs now_of(const Command& c, Ref ref) { return c.now_of(c.books.customers[c.books.subscriptions[ref].customer]); }

// Begins, moves or ends the trial, if that is asked for. False: refused.
bool update_trial(const Command& c, Subscription& subscription, TimeMs now) {
  const auto behavior = static_cast<std::size_t>(subscription.trial_end_behavior);
  subscription.trial_end_behavior =
      static_cast<TrialEndBehavior>(c.request.choice("trialEndBehavior", kTrialEndBehaviors, behavior));
  if (!c.request.gives("trialEnd")) {
    return c.request.ok();
  }
  const bool ends_now = c.request.node().find("trialEnd").string() == "now";
  const auto end = ends_now ? std::nullopt : future(c, "trialEnd", now);
  if (!c.request.ok()) {
    return false;
  }
  if (subscription.status != Status::trialing && (ends_now || subscription.status != Status::active)) {
    return c.refuse(Code::WRONG_STATE, "trialEnd",
                    std::string("it is ").append(word(kSubscriptionStatuses, subscription.status)));
  }
  if (ends_now) {
    end_trial(c.books.catalogue, subscription, now);
  } else {
    set_trial(c.books.catalogue, subscription, now, *end);
  }
  return true;
}

// Swaps items now, or plans it. False: refused.
bool update_items(const Command& c, Subscription& subscription, TimeMs now) {
  const bool later = at_period_end(c);
  const auto wanted = read_items(c, subscription);
  if (!c.request.ok()) {
    return false;
  }
  if (!wanted) {
    return !later || c.refuse(Code::MISSING_MEMBER, "items", "what shall change at the period's end?");
  }
  if (later && subscription.status == Status::scheduled) {
    return c.refuse(Code::WRONG_STATE, "when", "it has not begun");
  }
  if (later) {
    subscription.pending = wanted;
  } else {
    set_items(c.books.catalogue, subscription, *wanted, now);
  }
  return true;
}

// Begins a new period, if that is asked for. False: refused.
bool update_anchor(const Command& c, Subscription& subscription, TimeMs now) {
  const bool restart = c.request.choice("anchor", kAnchors, 1) == 0;
  if (!restart || !c.request.ok()) {
    return c.request.ok();
  }
  if (subscription.status != Status::active) {
    return c.refuse(Code::WRONG_STATE, "anchor", "only an active subscription's period can begin anew");
  }
  restart_period(c.books.catalogue, subscription, now);
  return true;
}

// A paused subscription whose period is over does not wait for its end again.
bool is_over(const Subscription& subscription, TimeMs now) {
  return subscription.cancel_at_period_end && subscription.period.end <= now;
}

// Of one that has ended, only what is said about it can change. False: something else is asked for.
bool is_remark(const Request& request) {
  for (const json::Node member : request.node()) {
    if (member.key() != "do" && member.key() != "id" && member.key() != "metadata" && member.key() != "data") {
      return false;
    }
  }
  return true;
}

void remark(const Command& c) {
  const Ref ref = c.request.ref("id", c.books.subscriptions, "subscription");
  if (!c.request.ok()) {
    return;
  }
  Subscription changed = c.books.subscriptions[ref];
  if (merge_extra(c.request, changed)) {
    commit(c, ref, std::move(changed), "subscription.updated", now_of(c, ref));
  }
}

void update_subscription(const Command& c) {
  if (is_remark(c.request)) {
    remark(c);
    return;
  }
  const Ref ref = find_running(c);
  if (!c.request.ok()) {
    return;
  }
  const TimeMs now = now_of(c, ref);
  Subscription changed = c.books.subscriptions[ref];
  if (!merge_extra(c.request, changed) || !update_items(c, changed, now) || !update_trial(c, changed, now) ||
      !update_anchor(c, changed, now) || !read_ends(c, changed, now)) {
    return;
  }
  if (is_over(changed, now)) {
    terminate(changed, now);
  }
  const bool ended = changed.status == Status::canceled;
  commit(c, ref, std::move(changed), ended ? "subscription.canceled" : "subscription.updated", now);
}

void cancel_subscription(const Command& c) {
  const Ref ref = find_running(c);
  const bool later = at_period_end(c);
  if (!c.request.ok()) {
    return;
  }
  const TimeMs now = now_of(c, ref);
  Subscription changed = c.books.subscriptions[ref];
  if (later) {
    changed.cancel_at_period_end = true;
    changed.canceled_at = now;
  }
  if (!later || is_over(changed, now)) {
    terminate(changed, now);
  }
  const bool ended = changed.status == Status::canceled;
  commit(c, ref, std::move(changed), ended ? "subscription.canceled" : "subscription.updated", now);
}

void pause_subscription(const Command& c) {
  const Ref ref = find_running(c);
  if (!c.request.ok()) {
    return;
  }
  const TimeMs now = now_of(c, ref);
  Subscription changed = c.books.subscriptions[ref];
  const auto resumes_at = future(c, "resumesAt", now);
  if (changed.status != Status::active && changed.status != Status::trialing) {
    c.refuse(Code::WRONG_STATE, "id", std::string("it is ").append(word(kSubscriptionStatuses, changed.status)));
  }
  if (!c.request.ok()) {
    return;
  }
  changed.resumes_at = resumes_at;
  pause(c.books.catalogue, changed, now);
  commit(c, ref, std::move(changed), "subscription.paused", now);
}

void resume_subscription(const Command& c) {
  const Ref ref = find_running(c);
  const bool new_period = c.request.choice("anchor", kAnchors, 0) == 0;
  if (!c.request.ok()) {
    return;
  }
  const TimeMs now = now_of(c, ref);
  Subscription changed = c.books.subscriptions[ref];
  if (changed.status != Status::paused) {
    c.refuse(Code::WRONG_STATE, "id", std::string("it is ").append(word(kSubscriptionStatuses, changed.status)));
    return;
  }
  resume(c.books.catalogue, changed, now, new_period);
  commit(c, ref, std::move(changed), "subscription.resumed", now);
}

constexpr CommandEntry kCommands[] = {
    {"subscription.create",
     "id customer items plan quantity startAt trialEnd trialDays trialEndBehavior anchor periodsFrom cancelAt "
     "cancelAtPeriodEnd" PLANGATE_BILLING_EXTRA,
     create_subscription},
    {"subscription.update",
     "id items plan quantity when anchor trialEnd trialEndBehavior cancelAt cancelAtPeriodEnd" PLANGATE_BILLING_EXTRA,
     update_subscription},
    {"subscription.cancel", "id when", cancel_subscription},
    {"subscription.pause", "id resumesAt", pause_subscription},
    {"subscription.resume", "id anchor", resume_subscription},
};

}  // namespace

std::span<const CommandEntry> subscription_commands() { return kCommands; }

}  // namespace plangate::billing
