// Unlocks: cheapest first, each price in its place; what is malformed in a catalogue is passed over.
#include <catch2/catch.hpp>

#include "engine_support.hpp"
#include "plangate/json.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

// A product that gives `sso` with five seats.
std::string sold(const std::string& id, const std::string& prices, const std::string& more = {}) {
  return R"({"id":")" + id + R"(","prices":[)" + prices + R"(],"features":[{"key":"sso","config":{"seats":5}}])" +
         more + "}";
}

std::string price(const std::string& id, const std::string& amount, const std::string& currency,
                  const std::string& interval, const std::string& more = {}) {
  return R"({"id":")" + id + R"(","unitAmount":)" + amount + R"(,"currency":")" + currency + "\"" +
         (interval.empty() ? "" : R"(,"interval":")" + interval + "\"") + more + "}";
}

std::string usd(const std::string& amount, const std::string& interval, const std::string& more = {}) {
  return price("p", amount, "usd", interval, more);
}

// The whole answer, or the code of the error.
std::string answer(const std::string& catalogue, const std::string& query = R"({"keys":["sso"]})") {
  Snapshot snapshot = list({});
  snapshot.catalogue = catalogue;
  Engine engine;
  std::string out;
  const auto error = engine.unlocks(engine.hold(snapshot), query, out);
  return error ? std::string(name_of(error->code)) : out;
}

std::string offered(const std::vector<std::string>& products, const std::string& query = R"({"keys":["sso"]})") {
  std::string catalogue = R"({"products":[)";
  for (const std::string& product : products) {
    catalogue += (catalogue.back() == '[' ? "" : ",") + product;
  }
  return answer(catalogue + "]}", query);
}

// The ids of the products in an answer.
std::string found(const std::vector<std::string>& products, const std::string& query = R"({"keys":["sso"]})") {
  constexpr std::string_view kId = R"("productId":")";
  const std::string text = offered(products, query);
  std::string ids;
  for (std::size_t at = text.find(kId); at != std::string::npos; at = text.find(kId, at + 1)) {
    const std::size_t begin = at + kId.size();
    ids += (ids.empty() ? "" : " ") + text.substr(begin, text.find('"', begin) - begin);
  }
  return ids;
}

}  // namespace

TEST_CASE("prices compare per month, within their currency", "[unlocks]") {
  const std::string yearly = sold("yearly", usd("12000", "year"));
  const std::string monthly = sold("monthly", usd("1001", "month"));
  const std::string quarterly = sold("quarterly", usd("2997", "month", R"(,"intervalCount":3)"));
  const std::string daily = sold("daily", usd("32", "day"));
  const std::string weekly = sold("weekly", usd("231", "week"));
  const std::string once = sold("once", usd("1", ""));
  const std::string tiered = sold("tiered", usd("null", "month"));
  const std::string euro = sold("euro", price("p", "900000", "eur", "month"));
  const std::string free = sold("free", usd("0", "month"));
  const std::string talk = sold("talk", "");
  CHECK(found({once, talk, weekly, tiered, daily, monthly, euro, yearly, free, quarterly}) ==
        "euro free daily quarterly yearly monthly weekly once tiered talk");
}

TEST_CASE("only what can be bought unlocks", "[unlocks]") {
  const std::string gone = sold("gone", usd("5", "month"), R"(,"active":false)");
  const std::string closed = sold("closed", usd("5", "month", R"(,"active":false)"));
  const std::string open = sold("open", price("a", "9", "eur", "month") + "," + price("b", "7", "usd", "month"));
  CHECK(found({gone, closed, open}) == "open");
  CHECK(found({open}, R"({"keys":["sso"],"currency":"usd"})") == "open");
  CHECK(found({open}, R"({"keys":["sso"],"currency":"gbp"})").empty());
  CHECK(found({open}, R"({"keys":["sso","audit"]})").empty());
  CHECK(found({open}, R"({"keys":["sso"],"field":"seats","atLeast":5})") == "open");
  CHECK(found({open}, R"({"keys":["sso"],"field":"seats","atLeast":5.5})").empty());
  CHECK(found({open}, R"({"keys":["sso"],"field":"rooms"})").empty());
  CHECK(answer(R"({"features":[{"key":"sso","archived":true}],"products":[)" + open + "]}") == "[]");
  CHECK(answer(R"({"features":[{"key":"old","archived":true}],"products":[)" + open + "]}") != "[]");
}

TEST_CASE("an answer tells the product and its prices", "[unlocks]") {
  const std::string full =
      sold("pro", usd("5", "week", R"(,"intervalCount":2,"more":1)") + "," + price("q", "0.5", "usd", "month"),
           R"(,"name":"Pro","display":{"b":[1],"a":null})");
  CHECK(offered({full, sold("talk", "")}) ==
        R"([{"productId":"pro","name":"Pro","display":{"b":[1],"a":null},"prices":[)"
        R"({"id":"q","unitAmount":0.5,"currency":"usd","interval":"month"},)"
        R"({"id":"p","unitAmount":5,"currency":"usd","interval":"week","intervalCount":2}]},)"
        R"({"productId":"talk","name":"","prices":[]}])");
}

TEST_CASE("what is malformed in a catalogue is passed over", "[unlocks]") {
  for (const char* catalogue : {"{}", R"({"products":5})", R"({"products":[5,[],null,{},{"id":7}]})",
                                R"({"products":[{"id":"p","features":["sso"]},{"id":"q","features":"sso"}]})",
                                R"({"products":[{"id":"p","active":"yes","features":[{"key":"sso"}]}]})",
                                R"({"products":[{"id":"","features":[{"key":"sso"}]}]})"}) {
    CAPTURE(catalogue);
    CHECK(answer(catalogue) == "[]");
  }
  for (const char* bad :
       {"5", "{}", R"({"id":"p"})", R"({"id":"","currency":"usd"})", R"({"id":"p","currency":5})",
        R"({"id":"p","currency":"usd","unitAmount":"5"})", R"({"id":"p","currency":"usd","interval":"decade"})",
        R"({"id":"p","currency":"usd","interval":5})", R"({"id":"p","currency":"usd","intervalCount":0})",
        R"({"id":"p","currency":"usd","intervalCount":1.5})", R"({"id":"p","currency":"usd","active":0})"}) {
    CAPTURE(bad);
    CHECK(offered({sold("p", bad)}) == "[]");
    CHECK(offered({sold("p", std::string(bad) + "," + usd("1", "month"))}) == offered({sold("p", usd("1", "month"))}));
  }
  CHECK(offered({sold("p", "", R"(,"name":5,"display":"x")")}) == R"([{"productId":"p","name":"","prices":[]}])");
}

TEST_CASE("without a snapshot or catalogue nothing unlocks", "[unlocks]") {
  Engine engine;
  std::string out;
  CHECK(!engine.unlocks(0, R"({"keys":["sso"]})", out));
  CHECK(out == "[]");
  CHECK(answer("") == "[]");
}

TEST_CASE("a query that is none is refused", "[unlocks]") {
  for (const char* query :
       {"{}", "[]", R"({"keys":[]})", R"({"keys":"sso"})", R"({"keys":[5]})", R"({"keys":["a"],"key":"a"})",
        R"({"keys":["a"],"field":5})", R"({"keys":["a"],"atLeast":"5"})", R"({"keys":["a"],"currency":[]})"}) {
    CAPTURE(query);
    CHECK(answer("{}", query) == "INVALID_OPTION");
  }
  CHECK(answer("{}", "{") == "SYNTAX_ERROR");
  CHECK(answer("{}", R"({"keys":["a"],"field":null,"atLeast":null,"currency":null})") == "[]");
}
