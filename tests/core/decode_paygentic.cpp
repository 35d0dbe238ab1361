#include <catch2/catch.hpp>

#include "decode_support.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

std::string item(const std::string& more = "", const std::string& id = "ent_1") {
  return R"({"hasAccess":true,"featureKey":"quota","featureType":"static","entitlementId":")" + id +
         R"(","productId":"prod_1","activeFrom":"2024-01-01T00:00:00Z","status":"active")" + more + "}";
}

std::string page(const std::string& rows, int offset, int total) {
  return R"({"object":"list","data":[)" + rows + R"(],"pagination":{"limit":10,"offset":)" + std::to_string(offset) +
         R"(,"total":)" + std::to_string(total) + "}}";
}

std::string bare(const std::string& rows) { return R"({"object":"list","data":[)" + rows + "]}"; }

Entitlement only_row(const Result<Decoded>& result) {
  REQUIRE(verdict(result) == "ok");
  REQUIRE(result.value().snapshot.entitlements.size() == 1);
  return result.value().snapshot.entitlements[0];
}

std::string one(const std::string& text) { return verdict(decode_pages(Format::paygentic_list, {text})); }

// What becomes of a row with these members beside a valid featureKey.
Lines warned(const std::string& members) {
  return warnings_of(decode_pages(Format::paygentic_list, {bare("{" + members + R"(,"featureKey":"k"})")}));
}

}  // namespace

TEST_CASE("the first Paygentic generation has no pagination", "[paygentic]") {
  const auto result = decode_pages(
      Format::paygentic_list,
      {bare(item(R"(,"config":{"limitGB": 500.0, "b": 1, "b": 2},"activeTo":"2025-01-01T00:00:00+01:00")"))});
  const Entitlement row = only_row(result);
  CHECK(result.value().snapshot.source == "paygentic");
  CHECK(result.value().snapshot.customer.empty());
  CHECK(row.id == "ent_1");
  CHECK(row.feature_key == "quota");
  CHECK(row.product_id == "prod_1");
  CHECK(row.type == FeatureType::static_);
  CHECK(row.status == Status::active);
  CHECK(row.has_access);
  CHECK(row.active_from == 1'704'067'200'000);
  CHECK(row.active_to == 1'735'686'000'000);
  CHECK(row.config == R"({"limitGB":500,"b":2})");
  CHECK_FALSE(row.usage);
  CHECK(result.value().warnings.empty());
}

TEST_CASE("the second generation sends null balances with rows that are not metered", "[paygentic]") {
  const Entitlement row = only_row(decode_pages(
      Format::paygentic_list,
      {page(
          item(
              R"(,"config":null,"activeTo":null,"balance":null,"usageInPeriod":null,"overage":null,"currentPeriodStart":null,"currentPeriodEnd":null)"),
          0, 1)}));
  CHECK(row.config.empty());
  CHECK(row.active_to == kNever);
  CHECK_FALSE(row.usage);
  CHECK_FALSE(row.malformed);
}

TEST_CASE("the third generation names customer, feature, subscription and pool", "[paygentic]") {
  const auto result = decode_pages(
      Format::paygentic_list,
      {page(
          R"({"entitlementId":"e","customerId":"cus_1","featureId":"f","featureKey":"calls","featureType":"metered",)"
          R"("productId":"p","subscriptionId":"s","status":"active","activeFrom":"2024-03-01T00:00:00Z","activeTo":null,)"
          R"("hasAccess":true,"metadata":{"a":"b"},"config":null,"isSoftLimit":true,"balance":-1.5,"usageInPeriod":10,)"
          R"("overage":1.5,"currentPeriodStart":"2024-03-01T00:00:00Z","currentPeriodEnd":"2024-04-01T00:00:00Z",)"
          R"("pricingUnitId":"pu_1"})",
          0, 1)});
  const Entitlement row = only_row(result);
  CHECK(result.value().snapshot.customer == "cus_1");
  CHECK(row.feature_id == "f");
  CHECK(row.subscription_id == "s");
  CHECK(row.type == FeatureType::metered);
  REQUIRE(row.usage);
  CHECK(row.usage->balance == -1.5);
  CHECK(row.usage->usage_in_period == 10.0);
  CHECK(row.usage->overage == 1.5);
  CHECK(row.usage->soft);
  CHECK(row.usage->pool == "pu_1");
  CHECK(row.usage->period_start == 1'709'251'200'000);
  CHECK(row.usage->period_end == 1'711'929'600'000);
}

TEST_CASE("what a Paygentic row must say and does not closes it", "[paygentic]") {
  CHECK(warned(R"("featureType":"boolean","status":"active")") == Lines{"INVALID_FIELD k /data/0"});
  CHECK(warned(R"("hasAccess":null,"featureType":"boolean","status":"active")") ==
        Lines{"INVALID_FIELD k /data/0/hasAccess"});
  CHECK(warned(R"("hasAccess":"true","featureType":"boolean","status":"active")") ==
        Lines{"INVALID_FIELD k /data/0/hasAccess"});
  CHECK(warned(R"("hasAccess":true,"status":"active")") == Lines{"INVALID_FIELD k /data/0"});
  CHECK(warned(R"("hasAccess":true,"featureType":"boolean")") == Lines{"INVALID_FIELD k /data/0"});
  const auto result =
      decode_pages(Format::paygentic_list, {bare(R"({"featureKey":"k","featureType":"boolean","status":"active"})")});
  CHECK(only_row(result).malformed);
  CHECK_FALSE(only_row(result).has_access);
}

TEST_CASE("each thing wrong with a Paygentic row is told where it is", "[paygentic]") {
  const std::string good = R"("hasAccess":true,"featureType":"metered","status":"active")";
  CHECK(warned(good).empty());
  CHECK(warned(good + R"(,"activeFrom":"1990-02-31T00:00:00Z")") == Lines{"INVALID_DATE k /data/0/activeFrom"});
  CHECK(warned(good + R"(,"activeTo":1700000000000)") == Lines{"INVALID_DATE k /data/0/activeTo"});
  CHECK(warned(good + R"(,"config":[])") == Lines{"INVALID_CONFIG k /data/0/config"});
  CHECK(warned(good + R"(,"balance":"5")") == Lines{"INVALID_FIELD k /data/0/balance"});
  CHECK(warned(good + R"(,"isSoftLimit":1)") == Lines{"INVALID_FIELD k /data/0/isSoftLimit"});
  CHECK(warned(good + R"(,"productId":5)") == Lines{"INVALID_FIELD k /data/0/productId"});
  CHECK(warned(good + R"(,"customerId":5)") == Lines{"INVALID_FIELD k /data/0/customerId"});
  CHECK(warned(good + R"(,"status":"active")") == Lines{"DUPLICATE_MEMBER k /data/0/status"});
  CHECK(warned(good + R"(,"unknown":1,"unknown":2)").empty());
  CHECK(warned(R"("hasAccess":true,"featureType":"credit","status":"paused")") ==
        Lines{"UNKNOWN_TYPE k /data/0/featureType", "UNKNOWN_STATUS k /data/0/status"});
}

TEST_CASE("unknown types and statuses deny without closing", "[paygentic]") {
  const Entitlement row =
      only_row(decode_pages(Format::paygentic_list,
                            {bare(R"({"featureKey":"k","hasAccess":true,"featureType":"credit","status":"paused"})")}));
  CHECK(row.type == FeatureType::unknown);
  CHECK(row.status == Status::unknown);
  CHECK_FALSE(row.malformed);
}

TEST_CASE("Paygentic pages follow on and add up", "[paygentic]") {
  const auto pages = [](const std::vector<std::string>& texts) {
    const auto result = decode_pages(Format::paygentic_list, texts);
    return verdict(result) + (result.ok() ? "" : " " + std::to_string(result.error().page));
  };
  const std::string a = item("", "a");
  const std::string b = item("", "b");
  const std::string c = item("", "c");
  CHECK(pages({page("", 0, 0)}) == "ok");
  CHECK(pages({page(a + "," + b, 0, 3), page(c, 2, 3)}) == "ok");
  CHECK(pages({page(a + "," + b, 0, 3)}) == "INCOMPLETE_LIST /pagination 0");
  CHECK(pages({page(a, 0, 3), page(c, 2, 3)}) == "INCOMPLETE_LIST /pagination/offset 1");
  CHECK(pages({page(a, 0, 2), page(b, 1, 3)}) == "INCOMPLETE_LIST /pagination/total 1");
  CHECK(pages({page(a + "," + b, 0, 1)}) == "INCOMPLETE_LIST /pagination 0");
  CHECK(pages({page(b, 1, 2)}) == "INCOMPLETE_LIST /pagination/offset 0");
  CHECK(pages({page(a, 0, 2), bare(b)}) == "INCOMPLETE_LIST  1");
  CHECK(pages({bare(a), page(b, 1, 2)}) == "INCOMPLETE_LIST /pagination/total 1");
  CHECK(pages({bare(a), bare(b)}) == "ok");
  // Dropped rows are rows of the list all the same.
  CHECK(pages({page(a + ",7", 0, 3), page(c, 2, 3)}) == "ok");
}

TEST_CASE("a Paygentic body that is no list is refused", "[paygentic]") {
  CHECK(one("[]") == "WRONG_TYPE ");
  CHECK(one("{}") == "MISSING_FIELD /data");
  CHECK(one(R"({"data":5})") == "WRONG_TYPE /data");
  CHECK(one(R"({"data":[],"data":[]})") == "DUPLICATE_MEMBER /data");
  CHECK(one(R"({"data":[],"pagination":{},"pagination":{}})") == "DUPLICATE_MEMBER /pagination");
  CHECK(one(R"({"data":[],"pagination":{"offset":0,"total":0,"total":0}})") == "DUPLICATE_MEMBER /pagination/total");
  CHECK(one(R"({"data":[],"pagination":[]})") == "WRONG_TYPE /pagination");
  CHECK(one(R"({"data":[],"pagination":{"offset":0}})") == "MISSING_FIELD /pagination/total");
  CHECK(one(R"({"data":[],"pagination":{"offset":0,"total":"0"}})") == "WRONG_TYPE /pagination/total");
  CHECK(one(R"({"data":[],"pagination":{"offset":-1,"total":0}})") == "WRONG_TYPE /pagination/offset");
  CHECK(one(R"({"error":"forbidden","message":"no"})") == "PROVIDER_ERROR ");
  CHECK(one(R"({"message":"no","errors":[]})") == "PROVIDER_ERROR ");
}

TEST_CASE("rows of another customer refuse the list", "[paygentic]") {
  const std::string mine = item(R"(,"customerId":"cus_1")", "a");
  const std::string other = item(R"(,"customerId":"cus_2")", "b");
  CHECK(one(bare(mine + "," + other)) == "CUSTOMER_MISMATCH /data/1/customerId");
  DecodeContext context = fetched();
  context.customer = "cus_2";
  CHECK(verdict(decode_pages(Format::paygentic_list, {bare(other)}, context)) == "ok");
  CHECK(verdict(decode_pages(Format::paygentic_list, {bare(mine)}, context)) == "CUSTOMER_MISMATCH /data/0/customerId");
  CHECK(decode_pages(Format::paygentic_list, {bare(item())}, context).value().snapshot.customer == "cus_2");
}

TEST_CASE("rows in changing member order read the same", "[paygentic]") {
  const auto result = decode_pages(
      Format::paygentic_list,
      {bare(
          R"({"featureKey":"a","x":1,"hasAccess":true,"featureType":"boolean","status":"active","entitlementId":"1"},)"
          R"({"entitlementId":"2","status":"active","featureType":"boolean","hasAccess":true,"y":{"featureKey":"no"},"featureKey":"b"},)"
          R"({"featureKey":"c","x":1,"hasAccess":true,"featureType":"boolean","status":"active","entitlementId":"3"})")});
  REQUIRE(verdict(result) == "ok");
  CHECK(result.value().warnings.empty());
  std::string read;
  for (const Entitlement& row : result.value().snapshot.entitlements) {
    read += std::string(row.feature_key) + std::string(row.id) + (row.has_access ? "+" : "-");
  }
  CHECK(read == "a1+b2+c3+");
}

TEST_CASE("of a row and its closed twin one closed row is left", "[paygentic]") {
  const std::string closed = item(R"(,"config":5)");
  const auto result = decode_pages(Format::paygentic_list, {bare(item() + "," + closed)});
  CHECK(only_row(result).malformed);
  CHECK(warnings_of(result) == Lines{"INVALID_CONFIG quota /data/1/config", "DUPLICATE_ID quota /data/0"});
}
