#include "items.hpp"

#include <algorithm>

#include "derive_id.hpp"

namespace plangate::billing {
namespace {

using Code = BillingErrorCode;

constexpr std::int64_t kMostUnits = 1'000'000'000;

std::string path_of_item(std::size_t index) {
  std::string path = "items[";
  json::append_integer(path, static_cast<std::int64_t>(index));
  return path + ']';
}

// The items as they are.
Pending current_items(const Subscription& subscription) {
  Pending items;
  items.plan = subscription.plan;
  for (const Item& item : subscription.items) {
    items.items.push_back({item.id, item.price, item.quantity});
  }
  return items;
}

bool is_new_price(const Subscription& subscription, Ref price) {
  return std::none_of(subscription.items.begin(), subscription.items.end(),
                      [price](const Item& item) { return item.price == price; });
}

// What is wrong with a price for an item that did not have it before. False: refused.
bool check_price(const Command& c, const Request& item, Ref ref) {
  const Catalogue& catalogue = c.books.catalogue;
  const Price& price = catalogue.prices[ref];
  if (!price.active || !catalogue.products[price.product].active) {
    return item.refuse(Code::OBJECT_INACTIVE, "price", "'" + price.id + "'");
  }
  return price.interval.has_value() || item.refuse(Code::NOT_RECURRING, "price", "'" + price.id + "'");
}

// Lays one element of `items` over what there is. False: refused.
bool lay_over(const Command& c, const Request& item, const Subscription& subscription, Pending& wanted) {
  if (!item.only("id price quantity deleted")) {
    return false;
  }
  const std::string id = item.text("id", Request::kMostId);
  auto place =
      std::find_if(wanted.items.begin(), wanted.items.end(), [&](const ItemPlan& one) { return one.id == id; });
  const bool known = place != wanted.items.end();
  if (item.flag_if("deleted").value_or(false)) {
    if (item.ok() && !known) {
      return item.refuse(Code::NOT_FOUND, "id", "item '" + id + "'");
    }
    if (item.ok()) {
      wanted.items.erase(place);
    }
    return item.ok();
  }
  const Ref price = known && !item.gives("price") ? place->price : item.ref("price", c.books.catalogue.prices, "price");
  const std::int64_t quantity = item.integer("quantity", 0, kMostUnits, known ? place->quantity : 1);
  if (!item.ok() || (is_new_price(subscription, price) && !check_price(c, item, price))) {
    return false;
  }
  if (known) {
    *place = {id, price, quantity};
  } else {
    wanted.items.push_back({id, price, quantity});
  }
  return true;
}

bool read_list(const Command& c, const Subscription& subscription, Pending& wanted) {
  const json::Node list = c.request.node().find("items");
  if (!list.is(json::Kind::array)) {
    return c.refuse(Code::INVALID_MEMBER, "items", "an array is wanted");
  }
  std::size_t index = 0;
  for (const json::Node element : list) {
    const Request item(element, c.request.refusals(), path_of_item(index++));
    if (!item.ok() || !lay_over(c, item, subscription, wanted)) {
      return false;
    }
  }
  return true;
}

// The active prices of a plan, with ids of their own. False: refused.
bool read_plan(const Command& c, const Subscription& subscription, Pending& wanted) {
  const Catalogue& catalogue = c.books.catalogue;
  wanted.plan = c.request.ref("plan", catalogue.plans, "plan");
  const std::int64_t quantity = c.request.integer("quantity", 0, kMostUnits, 1);
  if (!c.request.ok()) {
    return false;
  }
  const Plan& plan = catalogue.plans[wanted.plan];
  if (!plan.active || !catalogue.products[plan.product].active) {
    return c.refuse(Code::OBJECT_INACTIVE, "plan", "'" + plan.id + "'");
  }
  wanted.items.clear();
  for (Ref ref = 0; ref < catalogue.prices.size(); ++ref) {
    const Price& price = catalogue.prices[ref];
    if (price.plan == wanted.plan && price.active) {
      wanted.items.push_back({derive_id("si_", {subscription.id, price.id}), ref, quantity});
    }
  }
  return true;
}

// What must hold of all items together. False: refused.
bool check_whole(const Command& c, const Pending& wanted, std::string_view member) {
  const auto& prices = c.books.catalogue.prices;
  if (wanted.items.empty()) {
    return c.refuse(Code::NO_ITEMS, member);
  }
  std::optional<Interval> interval;
  for (std::size_t i = 0; i < wanted.items.size(); ++i) {
    const Price& price = prices[wanted.items[i].price];
    for (std::size_t j = 0; j < i; ++j) {
      if (wanted.items[j].price == wanted.items[i].price) {
        return c.refuse(Code::DUPLICATE_PRICE, member, "'" + price.id + "'");
      }
    }
    if (price.interval && interval && *interval != *price.interval) {
      return c.refuse(Code::INTERVAL_MISMATCH, member, "'" + price.id + "'");
    }
    interval = price.interval ? price.interval : interval;
  }
  return interval.has_value() || c.refuse(Code::NOT_RECURRING, member);
}

}  // namespace

std::optional<Pending> read_items(const Command& c, const Subscription& subscription) {
  const bool by_plan = c.request.gives("plan");
  if (by_plan && c.request.gives("items")) {
    c.refuse(Code::INVALID_MEMBER, "plan", "either plan or items is wanted");
    return std::nullopt;
  }
  if (!by_plan && c.request.gives("quantity")) {
    c.refuse(Code::INVALID_MEMBER, "quantity", "it goes with a plan; items have their own");
    return std::nullopt;
  }
  if (!by_plan && !c.request.gives("items")) {
    return std::nullopt;
  }
  Pending wanted = current_items(subscription);
  const bool read = by_plan ? read_plan(c, subscription, wanted) : read_list(c, subscription, wanted);
  if (!read || !check_whole(c, wanted, by_plan ? "plan" : "items")) {
    return std::nullopt;
  }
  return wanted;
}

}  // namespace plangate::billing
