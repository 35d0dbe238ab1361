// Unlocks: cheapest first, each price in its place.
#include <catch2/catch.hpp>

#include "engine_support.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

Product sold(std::string_view id, std::vector<Price> prices) {
  Product product;
  product.id = id;
  product.prices = std::move(prices);
  product.features = {{"sso", R"({"seats":5})"}};
  return product;
}

std::string found(std::vector<Product> products, UnlockQuery query = {{"sso"}, "", 0, ""}) {
  Snapshot snapshot = list({});
  snapshot.catalogue.emplace();
  snapshot.catalogue->products = std::move(products);
  Engine engine;
  std::string ids;
  for (const Unlock& unlock : engine.unlocks(engine.hold(snapshot), query)) {
    ids += (ids.empty() ? "" : " ") + unlock.product_id;
  }
  return ids;
}

}  // namespace

TEST_CASE("prices compare per month, within their currency", "[unlocks]") {
  const Product yearly = sold("yearly", {{"p", 12'000, "usd", "year", 1, true}});
  const Product monthly = sold("monthly", {{"p", 1'001, "usd", "month", 1, true}});
  const Product quarterly = sold("quarterly", {{"p", 2'997, "usd", "month", 3, true}});
  const Product daily = sold("daily", {{"p", 32, "usd", "day", 1, true}});
  const Product weekly = sold("weekly", {{"p", 231, "usd", "week", 1, true}});
  const Product once = sold("once", {{"p", 1, "usd", "", 1, true}});
  const Product tiered = sold("tiered", {{"p", {}, "usd", "month", 1, true}});
  const Product euro = sold("euro", {{"p", 900'000, "eur", "month", 1, true}});
  const Product free = sold("free", {{"p", 0, "usd", "month", 1, true}});
  const Product talk = sold("talk", {});
  CHECK(found({once, talk, weekly, tiered, daily, monthly, euro, yearly, free, quarterly}) ==
        "euro free daily quarterly yearly monthly weekly once tiered talk");
}

TEST_CASE("only what can be bought unlocks", "[unlocks]") {
  Product gone = sold("gone", {{"p", 5, "usd", "month", 1, true}});
  gone.active = false;
  const Product closed = sold("closed", {{"p", 5, "usd", "month", 1, false}});
  const Product open = sold("open", {{"a", 9, "eur", "month", 1, true}, {"b", 7, "usd", "month", 1, true}});
  CHECK(found({gone, closed, open}) == "open");
  CHECK(found({open}, {{"sso"}, "", 0, "usd"}) == "open");
  CHECK(found({open}, {{"sso"}, "", 0, "gbp"}).empty());
  CHECK(found({open}, {{"sso", "audit"}, "", 0, ""}).empty());
  CHECK(found({open}, {{}, "", 0, ""}).empty());
  CHECK(found({open}, {{"sso"}, "seats", 5, ""}) == "open");
  CHECK(found({open}, {{"sso"}, "seats", 5.5, ""}).empty());
  CHECK(found({open}, {{"sso"}, "rooms", 0, ""}).empty());
}

TEST_CASE("without a snapshot or catalogue nothing unlocks", "[unlocks]") {
  Engine engine;
  CHECK(engine.unlocks(0, {{"sso"}, "", 0, ""}).empty());
  CHECK(engine.unlocks(engine.hold(list({})), {{"sso"}, "", 0, ""}).empty());
}
