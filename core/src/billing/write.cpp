#include "write.hpp"

#include "members.hpp"
#include "names.hpp"

namespace plangate::billing {
namespace {

using json::Writer;

Writer& begin(Writer& out, const Object& object) { return out.begin_object().member("id").string(object.id); }

void end(Writer& out, const Object& object) {
  write_extra(out, object);
  out.end_object();
}

// The id of what a Ref names, null for none.
template <class T>
void write_ref(Writer& out, std::string_view name, const Table<T>& table, Ref ref) {
  out.member(name);
  ref == kNone ? out.null() : out.string(table[ref].id);
}

void write_items(Writer& out, const Books& books, const Subscription& subscription) {
  const auto& prices = books.catalogue.prices;
  out.member("items").begin_array();
  for (const Item& item : subscription.items) {
    out.begin_object().member("id").string(item.id).member("price").string(prices[item.price].id);
    write_ref(out, "product", books.catalogue.products, prices[item.price].product);
    out.member("quantity").integer(item.quantity).member("created").integer(item.created);
    out.member("periodStart").integer(subscription.period.start).member("periodEnd").integer(subscription.period.end);
    out.end_object();
  }
  out.end_array();
}

void write_pending(Writer& out, const Books& books, const std::optional<Pending>& pending) {
  out.member("pending");
  if (!pending) {
    out.null();
    return;
  }
  out.begin_object();
  write_ref(out, "plan", books.catalogue.plans, pending->plan);
  out.member("items").begin_array();
  for (const ItemPlan& item : pending->items) {
    out.begin_object().member("id").string(item.id).member("price").string(books.catalogue.prices[item.price].id);
    out.member("quantity").integer(item.quantity).end_object();
  }
  out.end_array().end_object();
}

}  // namespace

void write_time(Writer& out, std::string_view name, const std::optional<TimeMs>& value) {
  out.member(name);
  value ? out.integer(*value) : out.null();
}

void write_text(Writer& out, std::string_view name, const std::optional<std::string>& value) {
  out.member(name);
  value ? out.string(*value) : out.null();
}

void write_deleted(Writer& out, std::string_view id) {
  out.begin_object().member("id").string(id).member("deleted").boolean(true).end_object();
}

void write_template(Writer& out, const Template& gives) {
  if (!gives.given) {
    out.null();
    return;
  }
  out.begin_object().member("config");
  gives.config.empty() ? out.null() : out.raw(gives.config);
  if (gives.limit) {
    out.member("limit").number(*gives.limit).member("soft").boolean(gives.soft).member("pool");
    gives.pool.empty() ? out.null() : out.string(gives.pool);
    out.member("perUnit").boolean(gives.per_unit).member("reset").string(word(kResets, gives.reset));
  }
  out.end_object();
}

void write(Writer& out, const Books& books, const Feature& feature) {
  begin(out, feature).member("key").string(feature.key).member("name").string(feature.name);
  out.member("type").string(word(kFeatureKinds, feature.kind));
  write_ref(out, "product", books.catalogue.products, feature.product);
  out.member("active").boolean(feature.active);
  end(out, feature);
}

void write(Writer& out, const Books& books, const Product& product) {
  begin(out, product).member("name").string(product.name);
  write_text(out, "description", product.description);
  write_ref(out, "defaultPrice", books.catalogue.prices, product.default_price);
  out.member("active").boolean(product.active);
  end(out, product);
}

void write(Writer& out, const Books& books, const Plan& plan) {
  begin(out, plan);
  write_ref(out, "product", books.catalogue.products, plan.product);
  out.member("name").string(plan.name).member("active").boolean(plan.active);
  end(out, plan);
}

void write(Writer& out, const Books& books, const Price& price) {
  begin(out, price);
  write_ref(out, "product", books.catalogue.products, price.product);
  write_ref(out, "plan", books.catalogue.plans, price.plan);
  out.member("currency").string(price.currency).member("unitAmount");
  price.unit_amount ? out.number(*price.unit_amount) : out.null();
  out.member("interval");
  price.interval ? out.string(word(kUnits, price.interval->unit)) : out.null();
  out.member("intervalCount");
  price.interval ? out.integer(price.interval->count) : out.null();
  write_text(out, "key", price.key);
  out.member("active").boolean(price.active);
  end(out, price);
}

void write(Writer& out, const Books& books, const Attachment& attachment) {
  begin(out, attachment).member("feature");
  write(out, books, books.catalogue.features[attachment.feature]);
  write_ref(out, "product", books.catalogue.products, attachment.product);
  write_ref(out, "price", books.catalogue.prices, attachment.price);
  out.member("template");
  write_template(out, attachment.gives);
  end(out, attachment);
}

void write(Writer& out, const Books& /*books*/, const Clock& clock) {
  begin(out, clock).member("time").integer(clock.timeline.now);
  const auto& due = clock.timeline.due;
  write_time(out, "nextAt", due.empty() ? std::nullopt : std::optional(due.top().first));
  write_text(out, "name", clock.name);
  end(out, clock);
}

void write(Writer& out, const Books& books, const Customer& customer) {
  begin(out, customer);
  write_ref(out, "clock", books.clocks, customer.clock);
  write_text(out, "name", customer.name);
  write_text(out, "email", customer.email);
  write_text(out, "externalId", customer.external_id);
  end(out, customer);
}

void write(Writer& out, const Books& books, const Subscription& subscription) {
  const Customer& customer = books.customers[subscription.customer];
  begin(out, subscription).member("customer").string(customer.id);
  write_ref(out, "clock", books.clocks, customer.clock);
  write_ref(out, "plan", books.catalogue.plans, subscription.plan);
  out.member("status").string(word(kSubscriptionStatuses, subscription.status));
  write_items(out, books, subscription);
  out.member("startAt").integer(subscription.start_at).member("anchor").integer(subscription.anchor);
  out.member("periodStart").integer(subscription.period.start).member("periodEnd").integer(subscription.period.end);
  write_time(out, "trialStart", subscription.trial_start);
  write_time(out, "trialEnd", subscription.trial_end);
  out.member("trialEndBehavior").string(word(kTrialEndBehaviors, subscription.trial_end_behavior));
  write_time(out, "cancelAt", subscription.cancel_at);
  out.member("cancelAtPeriodEnd").boolean(subscription.cancel_at_period_end);
  write_time(out, "canceledAt", subscription.canceled_at);
  write_time(out, "endedAt", subscription.ended_at);
  write_time(out, "pausedAt", subscription.paused_at);
  write_time(out, "resumesAt", subscription.resumes_at);
  write_pending(out, books, subscription.pending);
  end(out, subscription);
}

void write(Writer& out, const Books& books, const UsageRecord& record) {
  begin(out, record);
  write_ref(out, "customer", books.customers, record.customer);
  write_ref(out, "feature", books.catalogue.features, record.feature);
  write_ref(out, "subscription", books.subscriptions, record.subscription);
  out.member("quantity").number(record.quantity).member("at").integer(record.at);
  end(out, record);
}

}  // namespace plangate::billing
