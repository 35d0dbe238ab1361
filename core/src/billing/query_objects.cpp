// Objects, one by one and in lists.
#include <algorithm>

#include "filters.hpp"
#include "names.hpp"
#include "paging.hpp"
#include "query.hpp"
#include "write.hpp"

namespace plangate::billing {
namespace {

using Code = BillingErrorCode;

template <class T>
void write_one(const Query& q, const Table<T>& table, std::string_view noun) {
  const std::string id = q.request.text("id");
  const Ref ref = table.find(id);
  if (!q.request.ok()) {
    return;
  }
  if (ref == kNone) {
    q.refuse(Code::NOT_FOUND, "id", std::string(noun).append(" '").append(id).append("'"));
  } else if (table[ref].deleted) {
    write_deleted(q.result, id);
  } else {
    write(q.result, q.books, table[ref]);
  }
}

// The newest first; `keeps(object, ref)` says which.
template <class T, class Keeps>
void write_list(const Query& q, const Table<T>& table, Keeps keeps) {
  const ObjectFilter filter(q.request);
  if (!q.request.ok()) {
    return;
  }
  std::vector<Listed> list;
  list.reserve(table.size());
  const auto size = static_cast<Ref>(table.size());
  for (Ref ref = size; ref-- > 0;) {
    list.push_back({table[ref].id, !table[ref].deleted && filter.holds(table[ref]) && keeps(table[ref], ref)});
  }
  if (const auto page = cut_page(q.request, list)) {
    write_page(q.result, *page,
               [&](std::size_t place) { write(q.result, q.books, table[size - 1 - static_cast<Ref>(place)]); });
  }
}

// A filter that is not given lets everything pass.
template <class Wanted, class Is>
bool fits(const std::optional<Wanted>& wanted, const Is& is) {
  return !wanted || is == *wanted;
}

bool fits(Ref wanted, Ref is) { return wanted == kNone || wanted == is; }

void one_feature(const Query& q) { write_one(q, q.books.catalogue.features, "feature"); }
void one_product(const Query& q) { write_one(q, q.books.catalogue.products, "product"); }
void one_plan(const Query& q) { write_one(q, q.books.catalogue.plans, "plan"); }
void one_price(const Query& q) { write_one(q, q.books.catalogue.prices, "price"); }
void one_attachment(const Query& q) { write_one(q, q.books.catalogue.attachments, "attachment"); }
void one_subscription(const Query& q) { write_one(q, q.books.subscriptions, "subscription"); }
void one_clock(const Query& q) { write_one(q, q.books.clocks, "clock"); }

void one_customer(const Query& q) {
  if (!q.request.gives("externalId")) {
    write_one(q, q.books.customers, "customer");
    return;
  }
  const std::string id = q.request.text("externalId");
  const auto found = q.books.by_external_id.find(id);
  if (!q.request.ok()) {
    return;
  }
  if (found == q.books.by_external_id.end()) {
    q.refuse(Code::NOT_FOUND, "externalId", "customer '" + id + "'");
  } else {
    write(q.result, q.books, q.books.customers[found->second]);
  }
}

void list_features(const Query& q) {
  const auto key = q.request.text_if("key");
  const auto active = q.request.flag_if("active");
  const auto kind = q.request.choice("type", kFeatureKinds, std::size(kFeatureKinds));
  const Ref product = q.request.ref_if("product", q.books.catalogue.products, "product");
  const bool scoped = q.request.has("product");
  write_list(q, q.books.catalogue.features, [&](const Feature& feature, Ref) {
    return fits(key, feature.key) && fits(active, feature.active) && (!scoped || feature.product == product) &&
           (kind == std::size(kFeatureKinds) || static_cast<std::size_t>(feature.kind) == kind);
  });
}

void list_products(const Query& q) {
  const auto active = q.request.flag_if("active");
  const AnyOf ids(q.request, "ids");
  write_list(q, q.books.catalogue.products,
             [&](const Product& product, Ref) { return fits(active, product.active) && ids.holds(product.id); });
}

void list_plans(const Query& q) {
  const auto active = q.request.flag_if("active");
  const Ref product = q.request.ref_if("product", q.books.catalogue.products, "product");
  write_list(q, q.books.catalogue.plans,
             [&](const Plan& plan, Ref) { return fits(active, plan.active) && fits(product, plan.product); });
}

void list_prices(const Query& q) {
  const auto active = q.request.flag_if("active");
  const auto recurring = q.request.flag_if("recurring");
  const auto currency = q.request.text_if("currency");
  const std::size_t unit = q.request.choice("interval", kUnits, std::size(kUnits));
  const AnyOf keys(q.request, "keys");
  const Ref product = q.request.ref_if("product", q.books.catalogue.products, "product");
  const Ref plan = q.request.ref_if("plan", q.books.catalogue.plans, "plan");
  write_list(q, q.books.catalogue.prices, [&](const Price& price, Ref) {
    return fits(active, price.active) && fits(recurring, price.interval.has_value()) &&
           (unit == std::size(kUnits) || (price.interval && static_cast<std::size_t>(price.interval->unit) == unit)) &&
           keys.holds(price.key.value_or(std::string{})) && fits(currency, price.currency) &&
           fits(product, price.product) && fits(plan, price.plan);
  });
}

void list_attachments(const Query& q) {
  constexpr std::string_view kScopes[] = {"all", "product", "price"};
  const Catalogue& catalogue = q.books.catalogue;
  const Ref product = q.request.ref_if("product", catalogue.products, "product");
  const Ref price = q.request.ref_if("price", catalogue.prices, "price");
  const Ref feature = q.request.ref_if("feature", catalogue.features, "feature");
  const std::size_t scope = q.request.choice("scope", kScopes, 0);
  write_list(q, catalogue.attachments, [&](const Attachment& attachment, Ref) {
    const std::size_t own = attachment.price == kNone ? 1 : 2;
    return fits(product, attachment.product) && fits(price, attachment.price) && fits(feature, attachment.feature) &&
           (scope == 0 || scope == own);
  });
}

void list_customers(const Query& q) {
  const auto email = q.request.text_if("email");
  const auto external_id = q.request.text_if("externalId");
  const Ref clock = q.request.ref_if("clock", q.books.clocks, "clock");
  write_list(q, q.books.customers, [&](const Customer& customer, Ref) {
    return (!email || customer.email == email) && (!external_id || customer.external_id == external_id) &&
           fits(clock, customer.clock);
  });
}

void list_subscriptions(const Query& q) {
  constexpr std::string_view kStatuses[] = {"scheduled", "trialing", "active", "paused", "canceled", "ended", "all"};
  constexpr std::size_t kCanceled = 4;
  constexpr std::size_t kAll = 6;
  const Books& books = q.books;
  const Ref customer = q.request.ref_if("customer", books.customers, "customer");
  const Ref price = q.request.ref_if("price", books.catalogue.prices, "price");
  const Ref plan = q.request.ref_if("plan", books.catalogue.plans, "plan");
  const Ref clock = q.request.ref_if("clock", books.clocks, "clock");
  const std::size_t wanted = q.request.choice("status", kStatuses, std::size(kStatuses));
  const auto item_id = q.request.text_if("item");
  const Stretch start(q.request, "periodStart");
  const Stretch end(q.request, "periodEnd");
  const auto has_item = [&](const Subscription& one, const auto& is) {
    return std::any_of(one.items.begin(), one.items.end(), is);
  };
  write_list(q, books.subscriptions, [&](const Subscription& one, Ref) {
    const auto status = static_cast<std::size_t>(one.status);
    const bool right = wanted == std::size(kStatuses) ? status != kCanceled
                       : wanted < kAll - 1            ? status == wanted
                                                      : wanted == kAll || status == kCanceled;
    return right && fits(customer, one.customer) && fits(plan, one.plan) &&
           fits(clock, books.customers[one.customer].clock) && start.holds(one.period.start) &&
           end.holds(one.period.end) &&
           (price == kNone || has_item(one, [price](const Item& item) { return item.price == price; })) &&
           (!item_id || has_item(one, [&](const Item& item) { return item.id == *item_id; }));
  });
}

void list_clocks(const Query& q) {
  write_list(q, q.books.clocks, [](const Clock&, Ref) { return true; });
}

void list_usage(const Query& q) {
  const Ref customer = q.request.ref_if("customer", q.books.customers, "customer");
  const Ref feature = q.request.ref_if("feature", q.books.catalogue.features, "feature");
  write_list(q, q.books.usage,
             [&](const UsageRecord& use, Ref) { return fits(customer, use.customer) && fits(feature, use.feature); });
}

#define PLANGATE_BILLING_LIST PLANGATE_BILLING_OBJECT_FILTER PLANGATE_BILLING_PAGE

constexpr QueryEntry kQueries[] = {
    {"feature", "id", one_feature},
    {"product", "id", one_product},
    {"plan", "id", one_plan},
    {"price", "id", one_price},
    {"attachment", "id", one_attachment},
    {"customer", "id externalId", one_customer},
    {"subscription", "id", one_subscription},
    {"clock", "id", one_clock},
    {"features", "key active type product" PLANGATE_BILLING_LIST, list_features},
    {"products", "active ids" PLANGATE_BILLING_LIST, list_products},
    {"plans", "product active" PLANGATE_BILLING_LIST, list_plans},
    {"prices", "product plan active recurring currency interval keys" PLANGATE_BILLING_LIST, list_prices},
    {"attachments", "product price feature scope" PLANGATE_BILLING_LIST, list_attachments},
    {"customers", "email externalId clock" PLANGATE_BILLING_LIST, list_customers},
    {"subscriptions", "customer price plan clock status item periodStart periodEnd" PLANGATE_BILLING_LIST,
     list_subscriptions},
    {"clocks", PLANGATE_BILLING_LIST, list_clocks},
    {"usage", "customer feature" PLANGATE_BILLING_LIST, list_usage},
};

#undef PLANGATE_BILLING_LIST

}  // namespace

std::span<const QueryEntry> object_queries() { return kQueries; }

}  // namespace plangate::billing
