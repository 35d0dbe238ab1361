#include "entitlements.hpp"

#include <algorithm>
#include <tuple>

#include "lifecycle.hpp"
#include "names.hpp"
#include "provision.hpp"
#include "write.hpp"

namespace plangate::billing {
namespace {

void write_usage(json::Writer& out, const Balance& balance, const Terms& terms) {
  out.begin_object().member("limit").number(balance.limit).member("balance").number(balance.left());
  out.member("usageInPeriod").number(balance.used).member("overage").number(balance.over());
  out.member("periodStart").integer(balance.window.start).member("periodEnd");
  balance.window.end == kNever ? out.null() : out.integer(balance.window.end);
  out.member("soft").boolean(terms.soft).member("pool");
  terms.pool.empty() ? out.null() : out.string(terms.pool);
  out.end_object();
}

// The stretches during which a row entitles.
void add_stretches(const Row& row, std::vector<Period>& stretches) {
  for (std::size_t i = 0; i < row.segments.size(); ++i) {
    const TimeMs from = row.segments[i].from;
    const TimeMs to = std::min(row.end, i + 1 < row.segments.size() ? row.segments[i + 1].from : kNever);
    if (row.segments[i].terms.access && from < to) {
      stretches.push_back({from, to});
    }
  }
}

}  // namespace

Outlook::Outlook(const Books& books, Ref customer) : books_(&books), customer_(&books.customers[customer]) {
  subscriptions_.reserve(customer_->subscriptions.size());
  for (const Ref ref : customer_->subscriptions) {
    settle(books.catalogue, subscriptions_.emplace_back(books.subscriptions[ref]));
  }
  for (const Subscription& subscription : subscriptions_) {
    holdings_.push_back(&subscription);
    for (const Row& row : subscription.rows) {
      rows_.push_back({&subscription, &row});
    }
  }
  std::stable_sort(rows_.begin(), rows_.end(),
                   [](const Held& a, const Held& b) { return begin_of(*a.row) < begin_of(*b.row); });
}

Outlook::State Outlook::state_of(const Held& held, TimeMs at) const {
  const Row& row = *held.row;
  State state;
  state.current = begin_of(row) <= at && at < row.end;
  state.known = begin_of(row) <= at || row.created <= at;
  state.status = at < row.end ? RowStatus::active : row.ended_as;
  state.told_at = within(row, at);
  const Segment* segment = segment_at(row, state.told_at);
  state.terms = segment != nullptr ? &segment->terms : &row.segments.back().terms;
  state.has_access = state.current && state.terms->access;
  const bool metered = books_->catalogue.features[row.feature].kind == FeatureKind::metered;
  if (state.has_access && metered && !state.terms->soft) {
    state.has_access = balance(held, at).left() > 0;
  }
  return state;
}

Balance Outlook::balance(const Held& held, TimeMs at) const {
  return balance_of(*customer_, holdings_, *held.row, within(*held.row, at));
}

TimeMs Outlook::since(Ref feature, TimeMs at) const {
  std::vector<Period> stretches;
  for (const Held& held : rows_) {
    if (held.row->feature == feature) {
      add_stretches(*held.row, stretches);
    }
  }
  // Latest end first: each stretch that reaches what is known so far may lead further back.
  std::sort(stretches.begin(), stretches.end(),
            [](const Period& a, const Period& b) { return std::tie(a.end, a.start) > std::tie(b.end, b.start); });
  TimeMs earliest = at;
  for (const Period& stretch : stretches) {
    if (stretch.start <= at && stretch.end >= earliest) {
      earliest = std::min(earliest, stretch.start);
    }
  }
  return earliest;
}

std::vector<Outlook::Active> Outlook::active(TimeMs at) const {
  std::vector<Active> found;
  for (const Held& held : rows_) {
    const Ref feature = held.row->feature;
    const bool listed =
        std::any_of(found.begin(), found.end(), [feature](const Active& one) { return one.feature == feature; });
    if (!listed && entitles(*held.row, at)) {
      found.push_back({feature, since(feature, at)});
    }
  }
  std::sort(found.begin(), found.end(), [](const Active& a, const Active& b) {
    return std::tie(a.since, a.feature) < std::tie(b.since, b.feature);
  });
  return found;
}

void write_entitlement(json::Writer& out, const Books& books, const Outlook& outlook, const Outlook::Held& held,
                       TimeMs at) {
  const Row& row = *held.row;
  const Catalogue& catalogue = books.catalogue;
  const Feature& feature = catalogue.features[row.feature];
  const Outlook::State state = outlook.state_of(held, at);
  out.begin_object().member("id").string(row.id).member("customer").string(outlook.customer().id);
  out.member("featureId").string(feature.id).member("featureKey").string(feature.key);
  out.member("type").string(word(kFeatureKinds, feature.kind));
  out.member("product").string(catalogue.products[row.product].id);
  out.member("subscription").string(held.subscription->id);
  out.member("attachment").string(catalogue.attachments[state.terms->attachment].id);
  out.member("status").string(word(kRowStatuses, state.status)).member("hasAccess").boolean(state.has_access);
  out.member("activeFrom").integer(begin_of(row)).member("activeTo");
  row.end == kNever ? out.null() : out.integer(row.end);
  out.member("created").integer(row.created).member("config");
  state.terms->config.empty() ? out.null() : out.raw(state.terms->config);
  out.member("usage");
  if (feature.kind == FeatureKind::metered) {
    write_usage(out, outlook.balance(held, at), *state.terms);
  } else {
    out.null();
  }
  out.end_object();
}

void write_active(json::Writer& out, const Books& books, const Customer& customer, const Outlook::Active& active) {
  const Feature& feature = books.catalogue.features[active.feature];
  out.begin_object().member("id").string(active_entitlement_id(customer.id, feature.id));
  out.member("customer").string(customer.id).member("feature");
  write(out, books, feature);
  out.member("featureKey").string(feature.key).member("activeFrom").integer(active.since).end_object();
}

}  // namespace plangate::billing
