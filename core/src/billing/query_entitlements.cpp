// What customers are entitled to, at any moment.
#include <algorithm>
#include <numeric>

#include "command.hpp"
#include "entitlements.hpp"
#include "names.hpp"
#include "paging.hpp"
#include "provision.hpp"
#include "query.hpp"

namespace plangate::billing {
namespace {

using Code = BillingErrorCode;

// What a list of rows is narrowed by.
struct Filter {
  std::optional<TimeMs> at;
  Ref product = kNone;
  Ref feature = kNone;
  Ref subscription = kNone;
  std::optional<std::string> key;
  std::size_t kind = std::size(kFeatureKinds);
  std::size_t status = std::size(kRowStatuses);
  std::optional<bool> has_access;
  bool all = false;
};

Filter read_filter(const Query& q) {
  constexpr std::string_view kScopes[] = {"current", "all"};
  const Request& request = q.request;
  Filter filter;
  filter.at = request.time_if("at");
  filter.product = request.ref_if("product", q.books.catalogue.products, "product");
  filter.feature = request.ref_if("feature", q.books.catalogue.features, "feature");
  filter.subscription = request.ref_if("subscription", q.books.subscriptions, "subscription");
  filter.key = request.text_if("featureKey");
  filter.kind = request.choice("type", kFeatureKinds, filter.kind);
  filter.status = request.choice("status", kRowStatuses, filter.status);
  filter.has_access = request.flag_if("hasAccess");
  filter.all = request.choice("scope", kScopes, 0) == 1;
  return filter;
}

bool keeps(const Books& books, const Filter& filter, const Outlook& outlook, const Outlook::Held& held, TimeMs at) {
  const Row& row = *held.row;
  const Feature& feature = books.catalogue.features[row.feature];
  if ((filter.product != kNone && filter.product != row.product) ||
      (filter.feature != kNone && filter.feature != row.feature) || (filter.key && *filter.key != feature.key) ||
      (filter.subscription != kNone && books.subscriptions[filter.subscription].id != held.subscription->id) ||
      (filter.kind < std::size(kFeatureKinds) && static_cast<std::size_t>(feature.kind) != filter.kind)) {
    return false;
  }
  const Outlook::State state = outlook.state_of(held, at);
  return (filter.all ? state.known : state.current) &&
         (filter.status == std::size(kRowStatuses) || static_cast<std::size_t>(state.status) == filter.status) &&
         (!filter.has_access || *filter.has_access == state.has_access);
}

// Whose rows are asked for: one customer's, or everybody's.
std::vector<Ref> read_customers(const Query& q, Ref subscription) {
  if (q.request.gives("externalCustomer") && !q.request.gives("customer")) {
    return {find_external_customer(q.books, q.request)};
  }
  if (q.request.gives("customer")) {
    return {q.request.ref("customer", q.books.customers, "customer")};
  }
  std::vector<Ref> all;
  if (subscription != kNone) {
    all.push_back(q.books.subscriptions[subscription].customer);
  } else {
    all.resize(q.books.customers.size());
    std::iota(all.begin(), all.end(), Ref{0});
  }
  std::erase_if(all, [&q](Ref ref) { return q.books.customers[ref].deleted; });
  return all;
}

TimeMs moment(const Books& books, Ref customer, const std::optional<TimeMs>& at) {
  return at.value_or(books.timeline_of(books.customers[customer]).now);
}

void list_entitlements(const Query& q) {
  const Filter filter = read_filter(q);
  const std::vector<Ref> customers = read_customers(q, filter.subscription);
  if (!q.request.ok()) {
    return;
  }
  struct Place {
    std::size_t outlook;
    std::size_t row;
  };
  std::vector<Outlook> outlooks;
  outlooks.reserve(customers.size());
  std::vector<Place> places;
  std::vector<Listed> list;
  for (const Ref customer : customers) {
    const Outlook& outlook = outlooks.emplace_back(q.books, customer);
    const TimeMs at = moment(q.books, customer, filter.at);
    for (std::size_t i = 0; i < outlook.rows().size(); ++i) {
      places.push_back({outlooks.size() - 1, i});
      list.push_back({outlook.rows()[i].row->id, keeps(q.books, filter, outlook, outlook.rows()[i], at)});
    }
  }
  if (const auto page = cut_page(q.request, list)) {
    write_page(q.result, *page, [&](std::size_t index) {
      const Place& place = places[index];
      const Outlook& outlook = outlooks[place.outlook];
      write_entitlement(q.result, q.books, outlook, outlook.rows()[place.row],
                        moment(q.books, customers[place.outlook], filter.at));
    });
  }
}

// Writes the row of this id, if the customer has it by then.
bool write_row_of(const Query& q, Ref customer, std::string_view id, TimeMs at) {
  const Outlook outlook(q.books, customer);
  for (const Outlook::Held& held : outlook.rows()) {
    if (held.row->id == id && outlook.state_of(held, at).known) {
      write_entitlement(q.result, q.books, outlook, held, at);
      return true;
    }
  }
  return false;
}

void one_entitlement(const Query& q) {
  const std::string id = q.request.text("id");
  const auto at = q.request.time_if("at");
  if (!q.request.ok()) {
    return;
  }
  const auto indexed = q.books.row_index.find(id);
  if (indexed != q.books.row_index.end()) {
    const Ref customer = q.books.subscriptions[indexed->second.first].customer;
    if (write_row_of(q, customer, id, moment(q.books, customer, at))) {
      return;
    }
  } else if (at) {
    // A row that will only begin is in nobody's books yet.
    for (Ref customer = 0; customer < q.books.customers.size(); ++customer) {
      if (*at > q.books.timeline_of(q.books.customers[customer]).now && write_row_of(q, customer, id, *at)) {
        return;
      }
    }
  }
  q.refuse(Code::NOT_FOUND, "id", "entitlement '" + id + "'");
}

void list_active(const Query& q) {
  const Ref customer = q.request.ref("customer", q.books.customers, "customer");
  const auto at = q.request.time_if("at");
  if (!q.request.ok()) {
    return;
  }
  const Outlook outlook(q.books, customer);
  const auto active = outlook.active(moment(q.books, customer, at));
  std::vector<std::string> ids;
  std::vector<Listed> list;
  ids.reserve(active.size());
  list.reserve(active.size());
  for (const Outlook::Active& one : active) {
    ids.push_back(active_entitlement_id(outlook.customer().id, q.books.catalogue.features[one.feature].id));
  }
  for (const std::string& id : ids) {
    list.push_back({id, true});
  }
  if (const auto page = cut_page(q.request, list)) {
    write_page(q.result, *page,
               [&](std::size_t place) { write_active(q.result, q.books, outlook.customer(), active[place]); });
  }
}

void one_active(const Query& q) {
  const std::string id = q.request.text("id");
  const auto at = q.request.time_if("at");
  const auto indexed = q.books.active_index.find(id);
  if (q.request.ok() && indexed != q.books.active_index.end()) {
    const auto [customer, feature] = indexed->second;
    const Outlook outlook(q.books, customer);
    for (const Outlook::Active& one : outlook.active(moment(q.books, customer, at))) {
      if (one.feature == feature) {
        write_active(q.result, q.books, outlook.customer(), one);
        return;
      }
    }
  }
  q.refuse(Code::NOT_FOUND, "id", "active entitlement '" + id + "'");
}

constexpr QueryEntry kQueries[] = {
    {"entitlements",
     "customer externalCustomer at product feature featureKey subscription type status hasAccess "
     "scope" PLANGATE_BILLING_PAGE,
     list_entitlements},
    {"entitlement", "id at", one_entitlement},
    {"activeEntitlements", "customer at" PLANGATE_BILLING_PAGE, list_active},
    {"activeEntitlement", "id at", one_active},
};

}  // namespace

std::span<const QueryEntry> entitlement_queries() { return kQueries; }

}  // namespace plangate::billing
