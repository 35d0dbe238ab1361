// What there is to sell: features, products, plans, prices, and what is attached to what.
#include <algorithm>

#include "command.hpp"
#include "names.hpp"

namespace plangate::billing {
namespace {

using Code = BillingErrorCode;

// Whether an active feature of the same scope has the key.
bool key_is_free(const Catalogue& catalogue, std::string_view key, Ref scope) {
  const auto named = catalogue.by_key.find(key);
  return named == catalogue.by_key.end() || std::none_of(named->second.begin(), named->second.end(), [&](Ref ref) {
           return catalogue.features[ref].active && catalogue.features[ref].product == scope;
         });
}

void create_feature(const Command& c) {
  Catalogue& catalogue = c.books.catalogue;
  Feature feature;
  feature.key = c.request.text("key", Request::kMostName);
  feature.name = c.request.text("name", Request::kMostName);
  feature.kind = static_cast<FeatureKind>(c.request.choice("type", kFeatureKinds, 0));
  feature.product = c.request.ref_if("product", catalogue.products, "product");
  if (!c.begin(feature, catalogue.features, c.now)) {
    return;
  }
  if (!key_is_free(catalogue, feature.key, feature.product)) {
    c.refuse(Code::KEY_TAKEN, "key", "'" + feature.key + "'");
    return;
  }
  const std::string key = feature.key;
  catalogue.by_key[key].push_back(c.add(catalogue.features, std::move(feature)));
}

void update_feature(const Command& c) {
  auto& features = c.books.catalogue.features;
  const Ref ref = c.request.ref("id", features, "feature");
  const auto name = c.request.text_if("name", Request::kMostName);
  const auto active = c.request.flag_if("active");
  if (!c.request.ok()) {
    return;
  }
  Feature feature = features[ref];
  if (!feature.active) {
    c.refuse(Code::FEATURE_ARCHIVED, "id", "'" + feature.id + "'");
    return;
  }
  feature.name = name.value_or(feature.name);
  feature.active = active.value_or(true);
  if (merge_extra(c.request, feature)) {
    c.put(features, ref, std::move(feature));
  }
}

void create_product(const Command& c) {
  Product product;
  product.name = c.request.text("name");
  product.description = c.request.text_if("description", Request::kMostText, 0);
  product.active = c.request.flag_if("active").value_or(true);
  if (c.begin(product, c.books.catalogue.products, c.now)) {
    c.books.catalogue.by_product.emplace_back();
    c.add(c.books.catalogue.products, std::move(product));
  }
}

// Which price a page shows first: one of the product's own. False: refused.
bool read_default_price(const Command& c, Ref product, Ref& price) {
  const auto& prices = c.books.catalogue.prices;
  if (!c.request.has("defaultPrice")) {
    return c.request.ok();
  }
  price = c.request.ref_if("defaultPrice", prices, "price");
  return price == kNone || prices[price].product == product ? c.request.ok()
                                                            : c.refuse(Code::WRONG_PRODUCT, "defaultPrice");
}

void update_product(const Command& c) {
  auto& products = c.books.catalogue.products;
  const Ref ref = c.request.ref("id", products, "product");
  const auto name = c.request.text_if("name");
  const auto description = c.request.text_if("description", Request::kMostText, 0);
  const auto active = c.request.flag_if("active");
  if (!c.request.ok()) {
    return;
  }
  Product product = products[ref];
  product.name = name.value_or(product.name);
  if (c.request.has("description")) {
    product.description = description;
  }
  product.active = active.value_or(product.active);
  if (read_default_price(c, ref, product.default_price) && merge_extra(c.request, product)) {
    c.put(products, ref, std::move(product));
  }
}

void delete_product(const Command& c) {
  Catalogue& catalogue = c.books.catalogue;
  const Ref ref = c.request.ref("id", catalogue.products, "product");
  if (!c.request.ok()) {
    return;
  }
  const auto is_of = [ref](const auto& object) { return object.product == ref; };
  if (std::any_of(catalogue.prices.begin(), catalogue.prices.end(), is_of) ||
      std::any_of(catalogue.plans.begin(), catalogue.plans.end(), is_of)) {
    c.refuse(Code::OBJECT_IN_USE, "id", "the product has prices or plans; set active to false instead");
    return;
  }
  for (const Ref attachment : catalogue.by_product[ref]) {
    catalogue.attachments[attachment].deleted = true;
  }
  catalogue.products[ref].deleted = true;
  write_deleted(c.result, catalogue.products[ref].id);
}

void create_plan(const Command& c) {
  Plan plan;
  plan.product = c.request.ref("product", c.books.catalogue.products, "product");
  plan.name = c.request.text("name");
  if (c.begin(plan, c.books.catalogue.plans, c.now)) {
    c.add(c.books.catalogue.plans, std::move(plan));
  }
}

void update_plan(const Command& c) {
  auto& plans = c.books.catalogue.plans;
  const Ref ref = c.request.ref("id", plans, "plan");
  const auto name = c.request.text_if("name");
  const auto active = c.request.flag_if("active");
  if (!c.request.ok()) {
    return;
  }
  Plan plan = plans[ref];
  plan.name = name.value_or(plan.name);
  plan.active = active.value_or(plan.active);
  if (merge_extra(c.request, plan)) {
    c.put(plans, ref, std::move(plan));
  }
}

bool is_currency(std::string_view text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

// At most three years, as Stripe has it.
bool read_interval(const Command& c, Price& price) {
  constexpr std::int64_t kMost[] = {1095, 156, 36, 3};
  if (!c.request.gives("interval")) {
    return !c.request.gives("intervalCount") || c.refuse(Code::MISSING_MEMBER, "interval");
  }
  const std::size_t unit = c.request.choice("interval", kUnits, 0);
  const std::int64_t count = c.request.integer("intervalCount", 1, kMost[unit], 1);
  price.interval = Interval{static_cast<Interval::Unit>(unit), static_cast<std::int32_t>(count)};
  return c.request.ok();
}

// The price's product: as given, or its plan's.
bool read_owner(const Command& c, Price& price) {
  const Catalogue& catalogue = c.books.catalogue;
  price.plan = c.request.ref_if("plan", catalogue.plans, "plan");
  if (!c.request.gives("product") && price.plan != kNone) {
    price.product = catalogue.plans[price.plan].product;
    return c.request.ok();
  }
  price.product = c.request.ref("product", catalogue.products, "product");
  if (c.request.ok() && price.plan != kNone && catalogue.plans[price.plan].product != price.product) {
    return c.refuse(Code::WRONG_PRODUCT, "plan");
  }
  return c.request.ok();
}

constexpr std::size_t kMostPriceKey = 200;

// The price's key, and whose it was; kNone: nobody's. False: refused.
bool read_key(const Command& c, Price& price, Ref own, Ref& holder) {
  const auto key = c.request.text_if("key", kMostPriceKey);
  const bool transfer = c.request.flag_if("transferKey").value_or(false);
  if (!c.request.has("key") || !c.request.ok()) {
    return c.request.ok();
  }
  price.key = key;
  const auto& by_key = c.books.catalogue.price_by_key;
  const auto found = key ? by_key.find(*key) : by_key.end();
  if (found == by_key.end() || found->second == own) {
    return true;
  }
  holder = found->second;
  return transfer || c.refuse(Code::KEY_TAKEN, "key", "'" + *key + "', which transferKey would take over");
}

// Gives a price its new key, and takes it from who had it.
void move_key(Catalogue& catalogue, Ref ref, const std::optional<std::string>& before, Ref holder) {
  if (before) {
    catalogue.price_by_key.erase(*before);
  }
  if (holder != kNone) {
    catalogue.prices[holder].key.reset();
  }
  if (const auto& key = catalogue.prices[ref].key) {
    catalogue.price_by_key.insert_or_assign(*key, ref);
  }
}

void create_price(const Command& c) {
  Price price;
  Ref holder = kNone;
  price.currency = c.request.text("currency");
  price.unit_amount = c.request.amount_if("unitAmount");
  price.active = c.request.flag_if("active").value_or(true);
  if (!read_owner(c, price) || !read_interval(c, price)) {
    return;
  }
  if (!is_currency(price.currency)) {
    c.refuse(Code::INVALID_MEMBER, "currency", "three letters are wanted");
    return;
  }
  if (!c.request.has("unitAmount")) {
    c.refuse(Code::MISSING_MEMBER, "unitAmount");
    return;
  }
  if (read_key(c, price, kNone, holder) && c.begin(price, c.books.catalogue.prices, c.now)) {
    move_key(c.books.catalogue, c.add(c.books.catalogue.prices, std::move(price)), std::nullopt, holder);
  }
}

void update_price(const Command& c) {
  auto& prices = c.books.catalogue.prices;
  const Ref ref = c.request.ref("id", prices, "price");
  const auto active = c.request.flag_if("active");
  if (!c.request.ok()) {
    return;
  }
  Price price = prices[ref];
  Ref holder = kNone;
  const auto before = price.key;
  price.active = active.value_or(price.active);
  if (!price.active && c.books.catalogue.products[price.product].default_price == ref) {
    c.refuse(Code::OBJECT_IN_USE, "active", "it is its product's default price");
    return;
  }
  if (read_key(c, price, ref, holder) && merge_extra(c.request, price)) {
    c.put(prices, ref, std::move(price));
    move_key(c.books.catalogue, ref, before, holder);
  }
}

// Where the feature is attached: a product, or one price of it.
bool read_place(const Command& c, Attachment& attachment) {
  const Catalogue& catalogue = c.books.catalogue;
  attachment.price = c.request.ref_if("price", catalogue.prices, "price");
  if (attachment.price == kNone) {
    attachment.product = c.request.ref("product", catalogue.products, "product");
    return c.request.ok();
  }
  attachment.product = catalogue.prices[attachment.price].product;
  const Ref named = c.request.ref_if("product", catalogue.products, "product");
  return named == kNone || named == attachment.product ? c.request.ok() : c.refuse(Code::WRONG_PRODUCT, "product");
}

void create_attachment(const Command& c) {
  Catalogue& catalogue = c.books.catalogue;
  Attachment attachment;
  attachment.feature = c.request.ref("feature", catalogue.features, "feature");
  if (!c.request.ok() || !read_place(c, attachment)) {
    return;
  }
  const Feature& feature = catalogue.features[attachment.feature];
  if (!feature.active) {
    c.refuse(Code::FEATURE_ARCHIVED, "feature", "'" + feature.id + "'");
    return;
  }
  if (feature.product != kNone && feature.product != attachment.product) {
    c.refuse(Code::WRONG_PRODUCT, "feature", "its key is of another product");
    return;
  }
  auto& siblings = catalogue.by_product[attachment.product];
  for (const Ref ref : siblings) {
    const Attachment& other = catalogue.attachments[ref];
    if (!other.deleted && other.feature == attachment.feature && other.price == attachment.price) {
      c.refuse(Code::ALREADY_ATTACHED, "feature", "'" + feature.id + "'");
      return;
    }
  }
  if (read_template(c.request, feature.kind, attachment.gives) && c.begin(attachment, catalogue.attachments, c.now)) {
    siblings.push_back(c.add(catalogue.attachments, std::move(attachment)));
  }
}

void update_attachment(const Command& c) {
  Catalogue& catalogue = c.books.catalogue;
  const Ref ref = c.request.ref("id", catalogue.attachments, "attachment");
  if (!c.request.ok()) {
    return;
  }
  Attachment attachment = catalogue.attachments[ref];
  if (c.request.has("template") &&
      !read_template(c.request, catalogue.features[attachment.feature].kind, attachment.gives)) {
    return;
  }
  if (merge_extra(c.request, attachment)) {
    c.put(catalogue.attachments, ref, std::move(attachment));
  }
}

void delete_attachment(const Command& c) {
  Catalogue& catalogue = c.books.catalogue;
  const Ref ref = c.request.ref("id", catalogue.attachments, "attachment");
  const Ref product = c.request.ref_if("product", catalogue.products, "product");
  if (!c.request.ok()) {
    return;
  }
  Attachment& attachment = catalogue.attachments[ref];
  if (product != kNone && product != attachment.product) {
    c.refuse(Code::NOT_FOUND, "id", "attachment '" + attachment.id + "' is another product's");
    return;
  }
  attachment.deleted = true;
  write_deleted(c.result, attachment.id);
}

constexpr CommandEntry kCommands[] = {
    {"feature.create", "id key name type product" PLANGATE_BILLING_EXTRA, create_feature},
    {"feature.update", "id name active" PLANGATE_BILLING_EXTRA, update_feature},
    {"product.create", "id name description active" PLANGATE_BILLING_EXTRA, create_product},
    {"product.update", "id name description active defaultPrice" PLANGATE_BILLING_EXTRA, update_product},
    {"product.delete", "id", delete_product},
    {"plan.create", "id product name" PLANGATE_BILLING_EXTRA, create_plan},
    {"plan.update", "id name active" PLANGATE_BILLING_EXTRA, update_plan},
    {"price.create",
     "id product plan currency unitAmount interval intervalCount key transferKey active" PLANGATE_BILLING_EXTRA,
     create_price},
    {"price.update", "id active key transferKey" PLANGATE_BILLING_EXTRA, update_price},
    {"attachment.create", "id feature product price template" PLANGATE_BILLING_EXTRA, create_attachment},
    {"attachment.update", "id template" PLANGATE_BILLING_EXTRA, update_attachment},
    {"attachment.delete", "id product", delete_attachment},
};

}  // namespace

std::span<const CommandEntry> catalogue_commands() { return kCommands; }

}  // namespace plangate::billing
