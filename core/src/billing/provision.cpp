#include "provision.hpp"

#include <algorithm>

#include "../gate/json_writer.hpp"
#include "derive_id.hpp"

namespace plangate::billing {
namespace {

// What one feature of one product shall be like from now on.
struct Wanted {
  Ref feature;
  Ref product;
  Terms terms;
};

Interval interval_of(Reset reset) {
  switch (reset) {
    case Reset::day:
      return {Interval::Unit::day, 1};
    case Reset::week:
      return {Interval::Unit::week, 1};
    case Reset::year:
      return {Interval::Unit::year, 1};
    default:
      return {Interval::Unit::month, 1};
  }
}

Window window_of(const Catalogue& catalogue, const Subscription& subscription, Reset reset) {
  Window window;
  if (reset == Reset::never) {
    window.period.start = subscription.start_at;
    return window;
  }
  if (reset == Reset::period && is_odd_period(subscription)) {
    window.kind = Window::Kind::fixed;
    window.period = subscription.period;
    return window;
  }
  window.kind = Window::Kind::anchored;
  window.anchor = subscription.anchor;
  window.interval = reset == Reset::period ? recurrence_of(catalogue, subscription) : interval_of(reset);
  return window;
}

Terms terms_of(const Catalogue& catalogue, const Subscription& subscription, const Item& item, const Grant& grant) {
  Terms terms;
  terms.access = subscription.status != SubscriptionStatus::paused;
  terms.attachment = grant.attachment;
  terms.config = grant.gives.config;
  if (grant.gives.limit) {
    terms.limit = *grant.gives.limit * (grant.gives.per_unit ? static_cast<double>(item.quantity) : 1.0);
    terms.soft = grant.gives.soft;
    terms.pool = grant.gives.pool;
    terms.window = window_of(catalogue, subscription, grant.gives.reset);
  }
  return terms;
}

std::vector<Wanted> wanted_rows(const Catalogue& catalogue, const Subscription& subscription) {
  std::vector<Wanted> wanted;
  for (const Item& item : subscription.items) {
    const Ref product = catalogue.prices[item.price].product;
    for (const Grant& grant : item.grants) {
      const bool there = std::any_of(wanted.begin(), wanted.end(), [&](const Wanted& other) {
        return other.feature == grant.feature && other.product == product;
      });
      if (!there) {
        wanted.push_back({grant.feature, product, terms_of(catalogue, subscription, item, grant)});
      }
    }
  }
  return wanted;
}

bool is_for(const Row& row, const Wanted& wanted) {
  return row.feature == wanted.feature && row.product == wanted.product;
}

std::string row_id(const Catalogue& catalogue, const Subscription& subscription, const Wanted& wanted) {
  const auto before = std::count_if(subscription.rows.begin(), subscription.rows.end(),
                                    [&](const Row& row) { return is_for(row, wanted); });
  std::string ordinal;
  json::append_integer(ordinal, before);
  return derive_id(
      "ent_", {subscription.id, catalogue.products[wanted.product].id, catalogue.features[wanted.feature].id, ordinal});
}

void set_terms(Row& row, Terms terms, TimeMs at) {
  Segment& last = row.segments.back();
  if (last.terms == terms) {
    return;
  }
  if (last.from > at) {  // it has not begun
    last.terms = std::move(terms);
  } else {
    row.segments.push_back({at, std::move(terms)});
  }
}

void end_row(Row& row, TimeMs at, RowStatus as) {
  row.end = std::max(at, begin_of(row));
  row.ended_as = as;
}

}  // namespace

Interval recurrence_of(const Catalogue& catalogue, const Subscription& subscription) {
  for (const Item& item : subscription.items) {
    if (const auto& interval = catalogue.prices[item.price].interval) {
      return *interval;
    }
  }
  return {};
}

bool is_odd_period(const Subscription& subscription) { return subscription.anchor >= subscription.period.end; }

std::vector<Grant> grants_of(const Catalogue& catalogue, Ref price) {
  std::vector<Grant> grants;
  for (const Ref ref : catalogue.by_product[catalogue.prices[price].product]) {
    const Attachment& attachment = catalogue.attachments[ref];
    if (attachment.deleted || (attachment.price != kNone && attachment.price != price)) {
      continue;
    }
    const auto same = std::find_if(grants.begin(), grants.end(),
                                   [&](const Grant& grant) { return grant.feature == attachment.feature; });
    Grant grant{ref, attachment.feature, attachment.gives};
    if (same == grants.end()) {
      grants.push_back(std::move(grant));
    } else if (attachment.price != kNone) {
      *same = std::move(grant);
    }
  }
  return grants;
}

void refresh_grants(const Catalogue& catalogue, Subscription& subscription) {
  for (Item& item : subscription.items) {
    item.grants = grants_of(catalogue, item.price);
  }
}

void provision(const Catalogue& catalogue, Subscription& subscription, TimeMs at) {
  std::vector<Wanted> wanted = wanted_rows(catalogue, subscription);
  for (Row& row : subscription.rows) {
    if (row.end != kNever) {
      continue;
    }
    const auto match = std::find_if(wanted.begin(), wanted.end(), [&](const Wanted& one) { return is_for(row, one); });
    if (match == wanted.end()) {
      end_row(row, at, RowStatus::expired);
    } else {
      set_terms(row, std::move(match->terms), at);
      wanted.erase(match);
    }
  }
  const TimeMs from = std::max(at, subscription.start_at);
  for (Wanted& one : wanted) {
    Row row;
    row.id = row_id(catalogue, subscription, one);
    row.feature = one.feature;
    row.product = one.product;
    row.created = at;
    row.segments.push_back({from, std::move(one.terms)});
    subscription.rows.push_back(std::move(row));
  }
}

void revoke_all(Subscription& subscription, TimeMs at) {
  for (Row& row : subscription.rows) {
    if (row.end == kNever) {
      end_row(row, at, RowStatus::canceled);
    }
  }
}

TimeMs begin_of(const Row& row) { return row.segments.front().from; }

const Segment* segment_at(const Row& row, TimeMs at) {
  const Segment* found = nullptr;
  for (const Segment& segment : row.segments) {
    if (segment.from <= at && at < row.end) {
      found = &segment;
    }
  }
  return found;
}

bool entitles(const Row& row, TimeMs at) {
  const Segment* segment = segment_at(row, at);
  return segment != nullptr && segment->terms.access;
}

std::string active_entitlement_id(std::string_view customer, std::string_view feature) {
  return derive_id("ent_", {"active", customer, feature});
}

}  // namespace plangate::billing
