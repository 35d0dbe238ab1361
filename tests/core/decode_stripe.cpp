#include <catch2/catch.hpp>

#include "decode_support.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

std::string list(const std::string& rows, bool more = false) {
  return R"({"object":"list","data":[)" + rows + R"(],"has_more":)" + (more ? "true" : "false") + "}";
}

std::string row(const std::string& id, const std::string& key) {
  return R"({"id":")" + id + R"(","object":"entitlements.active_entitlement","feature":"feat_)" + key +
         R"(","livemode":false,"lookup_key":")" + key + R"("})";
}

std::string summary(const std::string& entitlements) {
  return R"({"object":"entitlements.active_entitlement_summary","customer":"cus_1","entitlements":)" + entitlements +
         R"(,"livemode":true})";
}

std::string event(const std::string& type, const std::string& object) {
  return R"({"id":"evt_1","object":"event","data":{"object":)" + object + R"(},"livemode":true,"type":")" + type +
         R"("})";
}

const std::string kUpdated = "entitlements.active_entitlement_summary.updated";

}  // namespace

TEST_CASE("a Stripe list becomes boolean rows that grant", "[stripe]") {
  DecodeContext context = fetched();
  context.customer = "cus_1";
  const auto result = decode_pages(Format::stripe_list, {list(row("ent_1", "sso"))}, context);
  REQUIRE(verdict(result) == "ok");
  const Snapshot& snapshot = result.value().snapshot;
  CHECK(snapshot.customer == "cus_1");
  CHECK(snapshot.source == "stripe");
  CHECK(snapshot.mode == Mode::test);
  CHECK(snapshot.as_of == kFetched);
  REQUIRE(snapshot.entitlements.size() == 1);
  const Entitlement& entitlement = snapshot.entitlements[0];
  CHECK(entitlement.id == "ent_1");
  CHECK(entitlement.feature_key == "sso");
  CHECK(entitlement.feature_id == "feat_sso");
  CHECK(entitlement.type == FeatureType::boolean);
  CHECK(entitlement.has_access);
  CHECK_FALSE(entitlement.malformed);
  CHECK(result.value().warnings.empty());
}

TEST_CASE("the key may stand in the expanded feature", "[stripe]") {
  const auto result =
      decode_pages(Format::stripe_list,
                   {list(R"({"id":"a","feature":{"id":"feat_1","lookup_key":"old","active":false},"lookup_key":"own"},)"
                         R"({"id":"b","feature":{"id":"feat_2","lookup_key":"expanded"}},)"
                         R"({"id":"c","feature":{"id":"feat_3","lookup_key":"twice","lookup_key":"twice"}})")});
  REQUIRE(verdict(result) == "ok");
  const auto& rows = result.value().snapshot.entitlements;
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].feature_key == "own");
  CHECK(rows[0].feature_id == "feat_1");
  CHECK(rows[0].has_access);
  CHECK(rows[1].feature_key == "expanded");
  CHECK(rows[2].malformed);
  CHECK(warnings_of(result) == Lines{"DUPLICATE_MEMBER twice /data/2/feature/lookup_key"});
}

TEST_CASE("bad Stripe rows are dropped or closed one by one", "[stripe]") {
  const auto result = decode_pages(
      Format::stripe_list,
      {list(R"(5,null,{"id":"a"},{"id":"b","lookup_key":""},{"id":"c","lookup_key":7},)"
            R"({"id":1,"lookup_key":"number-id"},{"id":"d","id":"e","lookup_key":"two-ids"},)"
            R"({"id":"f","lookup_key":"flag","livemode":"yes"},{"id":"g","lookup_key":"feature","feature":[1]},)"
            R"({"id":"h","object":"entitlements.feature","lookup_key":"other-list"},)" +
            row("i", "good"))});
  REQUIRE(verdict(result) == "ok");
  CHECK(warnings_of(result) == Lines{"WRONG_ROW_TYPE  /data/0", "WRONG_ROW_TYPE  /data/1", "MISSING_KEY  /data/2",
                                     "MISSING_KEY  /data/3/lookup_key", "MISSING_KEY  /data/4/lookup_key",
                                     "INVALID_FIELD number-id /data/5/id", "DUPLICATE_MEMBER two-ids /data/6/id",
                                     "INVALID_FIELD flag /data/7/livemode", "INVALID_FIELD feature /data/8/feature",
                                     "UNKNOWN_TYPE other-list /data/9/object"});
  const auto& rows = result.value().snapshot.entitlements;
  REQUIRE(rows.size() == 6);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(rows[i].malformed);
  CHECK(rows[4].type == FeatureType::unknown);
  CHECK(rows[5].feature_key == "good");
  CHECK_FALSE(rows[5].malformed);
}

TEST_CASE("keys of any characters are keys, up to the cap", "[stripe]") {
  DecodeContext context = fetched();
  context.caps.max_key_bytes = 9;
  const auto result = decode_pages(Format::stripe_list,
                                   {list(row("a", "__proto__") + "," + row("b", "constructor") + "," +
                                         row("c", "a\\u0000b") + "," + row("d", "ééééx"))},
                                   context);
  REQUIRE(verdict(result) == "ok");
  const auto& rows = result.value().snapshot.entitlements;
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].feature_key == "__proto__");
  CHECK(rows[1].feature_key == std::string_view("a\0b", 3));
  CHECK(rows[2].feature_key == "ééééx");
  CHECK(warnings_of(result) == Lines{"KEY_TOO_LONG  /data/1/lookup_key"});
}

TEST_CASE("rows of one id are taken once when they agree, and closed when they do not", "[stripe]") {
  const auto result =
      decode_pages(Format::stripe_list, {
                                            list(row("a", "x") + "," + row("b", "y"), true),
                                            list(row("a", "x") + "," + row("b", "z") + "," + row("c", "y")),
                                        });
  REQUIRE(verdict(result) == "ok");
  const auto& rows = result.value().snapshot.entitlements;
  REQUIRE(rows.size() == 4);
  CHECK_FALSE(rows[0].malformed);
  CHECK(rows[1].malformed);
  CHECK(rows[2].malformed);
  CHECK(rows[2].feature_key == "z");
  CHECK_FALSE(rows[3].malformed);
  CHECK(warnings_of(result) == Lines{"DUPLICATE_ID y /data/1", "DUPLICATE_ID z /data/1"});
  CHECK(result.value().warnings[0].page == 0);
  CHECK(result.value().warnings[1].page == 1);
}

TEST_CASE("rows without an id are never the same row", "[stripe]") {
  const auto result =
      decode_pages(Format::stripe_list, {list(R"({"lookup_key":"a"},{"lookup_key":"a"},{"id":"","lookup_key":"b"})")});
  CHECK(result.value().snapshot.entitlements.size() == 3);
  CHECK(result.value().warnings.empty());
}

TEST_CASE("Stripe pages must be whole", "[stripe]") {
  const auto pages = [](const std::vector<std::string>& texts) {
    const auto result = decode_pages(Format::stripe_list, texts);
    return verdict(result) + (result.ok() ? "" : " " + std::to_string(result.error().page));
  };
  CHECK(pages({list(row("a", "a"), true), list(row("b", "b"))}) == "ok");
  CHECK(pages({list(row("a", "a"), true)}) == "INCOMPLETE_LIST /has_more 0");
  CHECK(pages({list(row("a", "a")), list(row("b", "b"))}) == "INCOMPLETE_LIST /has_more 0");
  CHECK(pages({list(row("a", "a"), true), list("", true)}) == "INCOMPLETE_LIST /has_more 1");
  CHECK(pages({list(row("a", "a"), true), "[1"}) == "SYNTAX_ERROR  1");
}

TEST_CASE("a Stripe list that is none is refused", "[stripe]") {
  const auto one = [](const std::string& text) { return verdict(decode_pages(Format::stripe_list, {text})); };
  CHECK(one("[]") == "WRONG_TYPE ");
  CHECK(one("{}") == "MISSING_FIELD /data");
  CHECK(one(R"({"data":{},"has_more":false})") == "WRONG_TYPE /data");
  CHECK(one(R"({"data":[]})") == "MISSING_FIELD /has_more");
  CHECK(one(R"({"data":[],"has_more":0})") == "WRONG_TYPE /has_more");
  CHECK(one(R"({"data":[],"data":[],"has_more":false})") == "DUPLICATE_MEMBER /data");
  CHECK(one(R"({"data":[],"has_more":false,"has_more":false})") == "DUPLICATE_MEMBER /has_more");
  CHECK(one(R"({"error":{"type":"invalid_request_error"}})") == "PROVIDER_ERROR /error");
  CHECK(one("") == "EMPTY_INPUT ");
  CHECK(one("<!doctype html>") == "NOT_JSON ");
  CHECK(verdict(decode_pages(Format::stripe_list, {})) == "EMPTY_INPUT ");
  CHECK(verdict(decode_pages(Format::stripe_list, {list("")}, DecodeContext{})) == "INVALID_OPTION ");
}

TEST_CASE("test and live data never mix", "[stripe]") {
  const std::string test = R"({"id":"a","lookup_key":"a","livemode":false})";
  const std::string live = R"({"id":"b","lookup_key":"b","livemode":true})";
  CHECK(verdict(decode_pages(Format::stripe_list, {list(test + "," + live)})) == "MODE_MISMATCH /data/1/livemode");
  DecodeContext context = fetched();
  context.mode = Mode::live;
  CHECK(verdict(decode_pages(Format::stripe_list, {list(test)}, context)) == "MODE_MISMATCH /data/0/livemode");
  CHECK(decode_pages(Format::stripe_list, {list(live)}, context).value().snapshot.mode == Mode::live);
  CHECK(decode_pages(Format::stripe_list, {list("")}).value().snapshot.mode == Mode::live);
  context.mode = Mode::test;
  CHECK(decode_pages(Format::stripe_list, {list("")}, context).value().snapshot.mode == Mode::test);
}

TEST_CASE("rows and bytes are capped over all pages", "[stripe]") {
  DecodeContext context = fetched();
  const std::vector<std::string> pages = {list(row("a", "a") + "," + row("b", "b"), true), list(row("c", "c"))};
  context.caps.max_entries = 3;
  CHECK(verdict(decode_pages(Format::stripe_list, pages, context)) == "ok");
  context.caps.max_entries = 2;
  CHECK(verdict(decode_pages(Format::stripe_list, pages, context)) == "TOO_MANY_ENTRIES /data");
  context.caps = {};
  context.caps.max_bytes = pages[0].size() + pages[1].size();
  CHECK(verdict(decode_pages(Format::stripe_list, pages, context)) == "ok");
  --context.caps.max_bytes;
  CHECK(verdict(decode_pages(Format::stripe_list, pages, context)) == "TOO_LARGE ");
}

TEST_CASE("the summary event is read whole or not at all", "[stripe]") {
  const auto one = [](const std::string& text) { return verdict(decode_pages(Format::stripe_summary, {text})); };
  const std::string live = R"({"id":"a","lookup_key":"a","livemode":true})";
  const auto result = decode_pages(Format::stripe_summary, {event(kUpdated, summary(list(live)))});
  REQUIRE(verdict(result) == "ok");
  CHECK(result.value().snapshot.customer == "cus_1");
  CHECK(result.value().snapshot.mode == Mode::live);
  CHECK(result.value().snapshot.entitlements.size() == 1);
  CHECK(one(summary(list(live))) == "ok");
  CHECK(one(R"({"customer":"cus_1","active_entitlements":)" + list(live) + "}") == "ok");
  CHECK(one(event(kUpdated, summary(list(live, true)))) == "INCOMPLETE_LIST /data/object/entitlements/has_more");
  CHECK(one(event("customer.created", "{}")) == "UNKNOWN_EVENT /type");
  CHECK(one(R"({"object":"event"})") == "UNKNOWN_EVENT ");
  CHECK(one(R"({"object":"customer","customer":"cus_1"})") == "UNKNOWN_EVENT /object");
  CHECK(one(event("v1." + kUpdated, "{}")) == "INCOMPLETE_LIST /type");
  CHECK(one(event(kUpdated, "5")) == "WRONG_TYPE /data/object");
  CHECK(one(summary("[]")) == "WRONG_TYPE /entitlements");
  CHECK(one(R"({"customer":"cus_1"})") == "MISSING_FIELD /entitlements");
  CHECK(one(R"({"entitlements":)" + list("") + "}") == "MISSING_FIELD /customer");
  CHECK(one(R"({"customer":"a","customer":"a"})") == "DUPLICATE_MEMBER /customer");
  CHECK(one(summary(list(R"({"lookup_key":"a","livemode":false})"))) == "MODE_MISMATCH /entitlements/data/0/livemode");
  CHECK(verdict(decode_pages(Format::stripe_summary, {summary(list("")), summary(list(""))})) == "INVALID_OPTION ");
}

TEST_CASE("a summary's warnings point into the event", "[stripe]") {
  const auto result = decode_pages(Format::stripe_summary, {event(kUpdated, summary(list("{}")))});
  CHECK(warnings_of(result) == Lines{"MISSING_KEY  /data/object/entitlements/data/0"});
}

TEST_CASE("another customer's summary is refused", "[stripe]") {
  DecodeContext context = fetched();
  context.customer = "cus_2";
  CHECK(verdict(decode_pages(Format::stripe_summary, {summary(list(""))}, context)) == "CUSTOMER_MISMATCH /customer");
  context.customer = "cus_1";
  CHECK(verdict(decode_pages(Format::stripe_summary, {summary(list(""))}, context)) == "ok");
}
