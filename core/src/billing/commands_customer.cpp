// Customers, the clocks they may hang on, and what they use.
#include <algorithm>

#include "balance.hpp"
#include "command.hpp"
#include "lifecycle.hpp"
#include "passing.hpp"
#include "provision.hpp"

namespace plangate::billing {
namespace {

using Code = BillingErrorCode;

void create_clock(const Command& c) {
  Clock clock;
  clock.name = c.request.text_if("name", 300, 0);
  clock.timeline.now = c.request.time("time");
  if (c.begin(clock, c.books.clocks, c.now)) {
    c.add(c.books.clocks, std::move(clock));
  }
}

void advance_clock(const Command& c) {
  const Ref ref = c.request.ref("id", c.books.clocks, "clock");
  const TimeMs to = c.request.time("to");
  if (!c.request.ok()) {
    return;
  }
  Clock& clock = c.books.clocks[ref];
  if (to < clock.timeline.now) {
    c.refuse(Code::TIME_BACKWARDS, "to");
    return;
  }
  pass_time(c.books, clock.timeline, to, c.changes);
  next_due(c.books, clock.timeline);  // what is told of the clock is up to date
  write(c.result, c.books, clock);
}

void delete_clock(const Command& c) {
  const Ref ref = c.request.ref("id", c.books.clocks, "clock");
  if (!c.request.ok()) {
    return;
  }
  for (Ref customer = 0; customer < c.books.customers.size(); ++customer) {
    if (c.books.customers[customer].clock == ref && !c.books.customers[customer].deleted) {
      delete_customer(c, customer);
    }
  }
  c.books.clocks[ref].deleted = true;
  write_deleted(c.result, c.books.clocks[ref].id);
}

// Names and addresses, each unset by null. False: refused.
bool read_customer(const Command& c, Customer& customer) {
  for (auto [member, place] : {std::pair{"name", &customer.name}, std::pair{"email", &customer.email}}) {
    const auto text = c.request.text_if(member, Request::kMostText, 0);
    if (c.request.has(member)) {
      *place = text;
    }
  }
  if (c.request.has("externalId")) {
    const auto text = c.request.text_if("externalId", Request::kMostId);
    if (text && text != customer.external_id && c.books.by_external_id.find(*text) != c.books.by_external_id.end()) {
      return c.refuse(Code::ID_TAKEN, "externalId", "'" + *text + "'");
    }
    customer.external_id = text;
  }
  return c.request.ok();
}

void create_customer(const Command& c) {
  Customer customer;
  customer.clock = c.request.ref_if("clock", c.books.clocks, "clock");
  if (!c.request.ok() || !read_customer(c, customer) || !c.begin(customer, c.books.customers, c.now_of(customer))) {
    return;
  }
  const auto external_id = customer.external_id;
  const Ref ref = c.add(c.books.customers, std::move(customer));
  if (external_id) {
    c.books.by_external_id.emplace(*external_id, ref);
  }
}

void update_customer(const Command& c) {
  const Ref ref = c.request.ref("id", c.books.customers, "customer");
  if (!c.request.ok()) {
    return;
  }
  Customer customer = c.books.customers[ref];
  const auto before = customer.external_id;
  if (!read_customer(c, customer) || !merge_extra(c.request, customer)) {
    return;
  }
  if (before && before != customer.external_id) {
    c.books.by_external_id.erase(*before);
  }
  if (customer.external_id) {
    c.books.by_external_id.insert_or_assign(*customer.external_id, ref);
  }
  c.put(c.books.customers, ref, std::move(customer));
}

void delete_customer_command(const Command& c) {
  const Ref ref = c.request.ref("id", c.books.customers, "customer");
  if (c.request.ok()) {
    delete_customer(c, ref);
    write_deleted(c.result, c.books.customers[ref].id);
  }
}

// The feature that a use is of: by id, or by key among those the customer has had, else among all.
Ref used_feature(const Command& c, const Customer& customer) {
  const Catalogue& catalogue = c.books.catalogue;
  if (c.request.gives("feature") || !c.request.gives("featureKey")) {
    return c.request.ref("feature", catalogue.features, "feature");
  }
  const std::string key = c.request.text("featureKey", Request::kMostText);
  const Ref product = c.request.ref_if("product", catalogue.products, "product");
  for (const Ref ref : customer.subscriptions) {
    for (const Row& row : c.books.subscriptions[ref].rows) {
      if (catalogue.features[row.feature].key == key && (product == kNone || row.product == product) &&
          row.end == kNever) {
        return row.feature;
      }
    }
  }
  const auto named = catalogue.by_key.find(key);
  if (c.request.ok() && named == catalogue.by_key.end()) {
    c.refuse(Code::NOT_FOUND, "featureKey", "feature '" + key + "'");
  }
  return c.request.ok() ? named->second.back() : kNone;
}

// A row that use may be booked on, with its balance.
struct Booking {
  const Row* row;
  std::string meter;
  double left;
  bool soft;
};

// The balances the use can be booked on, those that began first first; of a pool one.
std::vector<Booking> bookings(const Command& c, const Customer& customer, const UsageRecord& use, Ref product) {
  Holdings holdings;
  for (const Ref ref : customer.subscriptions) {
    holdings.push_back(&c.books.subscriptions[ref]);
  }
  std::vector<Booking> found;
  for (const Subscription* subscription : holdings) {
    for (const Row& row : subscription->rows) {
      const bool asked = use.subscription == kNone || subscription == &c.books.subscriptions[use.subscription];
      if (!asked || row.feature != use.feature || (product != kNone && row.product != product) ||
          !entitles(row, use.at)) {
        continue;
      }
      const Terms& terms = segment_at(row, use.at)->terms;
      std::string meter = meter_of(row, terms);
      const bool there =
          std::any_of(found.begin(), found.end(), [&](const Booking& other) { return other.meter == meter; });
      if (!there) {
        const double left = balance_of(customer, holdings, row, use.at, Counted::all).left();
        found.push_back({&row, std::move(meter), left, terms.soft});
      }
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Booking& a, const Booking& b) { return begin_of(*a.row) < begin_of(*b.row); });
  return found;
}

// Fills one balance after the other; what is left over goes to the last soft one, else to the last.
void book_all(Customer& customer, const std::vector<Booking>& places, const UsageRecord& use) {
  double rest = use.quantity;
  std::size_t overflow = places.size() - 1;
  std::vector<double> shares(places.size(), 0.0);
  for (std::size_t i = 0; i < places.size(); ++i) {
    shares[i] = std::min(rest, places[i].left);
    rest -= shares[i];
    if (places[i].soft) {
      overflow = i;
    }
  }
  shares[overflow] += rest;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (shares[i] > 0) {
      book(customer, places[i].meter, use.at, shares[i]);
    }
  }
}

// Who uses what, how much and when. False: refused.
bool read_use(const Command& c, UsageRecord& use) {
  use.customer = c.request.gives("externalCustomer") && !c.request.gives("customer")
                     ? find_external_customer(c.books, c.request)
                     : c.request.ref("customer", c.books.customers, "customer");
  use.subscription = c.request.ref_if("subscription", c.books.subscriptions, "subscription");
  const auto quantity = c.request.amount_if("quantity");
  const auto at = c.request.time_if("at");
  if (!c.request.ok()) {
    return false;
  }
  const Customer& customer = c.books.customers[use.customer];
  use.feature = used_feature(c, customer);
  if (!quantity) {
    return c.refuse(Code::MISSING_MEMBER, "quantity");
  }
  use.quantity = *quantity;
  use.at = at.value_or(c.now_of(customer));
  if (use.at > c.now_of(customer)) {
    return c.refuse(Code::INVALID_MEMBER, "at", "use cannot be booked ahead of time");
  }
  return c.begin(use, c.books.usage, c.now_of(customer));
}

void record_usage(const Command& c) {
  UsageRecord use;
  if (!read_use(c, use)) {
    return;
  }
  const Feature& feature = c.books.catalogue.features[use.feature];
  const std::string_view named = c.request.gives("feature") ? "feature" : "featureKey";
  if (feature.kind != FeatureKind::metered) {
    c.refuse(Code::NOT_METERED, named, "'" + feature.key + "'");
    return;
  }
  const Ref product = c.request.ref_if("product", c.books.catalogue.products, "product");
  Customer& customer = c.books.customers[use.customer];
  const std::vector<Booking> places = bookings(c, customer, use, product);
  if (!c.request.ok() || places.empty()) {
    c.refuse(Code::NOT_ENTITLED, named, "'" + feature.key + "'");
    return;
  }
  double left = 0;
  bool soft = false;
  for (const Booking& place : places) {
    left += place.left;
    soft = soft || place.soft;
  }
  book_all(customer, places, use);
  json::Writer& change = c.changes.begin("usage.recorded", use.at, customer);
  change.member("feature").string(feature.id).member("featureKey").string(feature.key);
  change.member("quantity").number(use.quantity);
  change.member("exhausted").boolean(!soft && left > 0 && use.quantity >= left);
  c.changes.end();
  c.add(c.books.usage, std::move(use));
}

constexpr CommandEntry kCommands[] = {
    {"clock.create", "id time name" PLANGATE_BILLING_EXTRA, create_clock},
    {"clock.advance", "id to", advance_clock},
    {"clock.delete", "id", delete_clock},
    {"customer.create", "id clock name email externalId" PLANGATE_BILLING_EXTRA, create_customer},
    {"customer.update", "id name email externalId" PLANGATE_BILLING_EXTRA, update_customer},
    {"customer.delete", "id", delete_customer_command},
    {"usage.record",
     "id customer externalCustomer feature featureKey product subscription quantity at" PLANGATE_BILLING_EXTRA,
     record_usage},
};

}  // namespace

void delete_customer(const Command& c, Ref ref) {
  const TimeMs now = c.now_of(c.books.customers[ref]);
  for (const Ref subscription : c.books.customers[ref].subscriptions) {
    if (c.books.subscriptions[subscription].status != SubscriptionStatus::canceled) {
      c.changes.watch(c.books.subscriptions[subscription]);
      terminate(c.books.subscriptions[subscription], now);
      c.changes.tell(subscription, "subscription.canceled", now);
    }
  }
  Customer& customer = c.books.customers[ref];
  customer.deleted = true;
  if (customer.external_id) {
    c.books.by_external_id.erase(*customer.external_id);
  }
  c.changes.begin("customer.deleted", now, customer);
  c.changes.end();
}

std::span<const CommandEntry> customer_commands() { return kCommands; }

}  // namespace plangate::billing
