// Pages, events and Stripe's catalogue: what a server asks the core before it fetches on.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plangate/provider.hpp"

using namespace plangate;
using namespace std::string_literals;

namespace {

ListPage page(Format format, std::string_view text, PageRequest request = {}) {
  auto result = read_list_page(format, text, request, Caps{});
  REQUIRE(result.ok());
  return std::move(result).value();
}

ErrorCode page_error(Format format, std::string_view text) {
  auto result = read_list_page(format, text, PageRequest{}, Caps{});
  REQUIRE_FALSE(result.ok());
  return result.error().code;
}

ProviderEvent event(EventSource source, std::string_view text) {
  auto result = read_event(source, text, Caps{});
  REQUIRE(result.ok());
  return std::move(result).value();
}

}  // namespace

TEST_CASE("a Stripe page says whether there is more, and from which row on") {
  const auto read =
      page(Format::stripe_list, R"({"object":"list","data":[{"id":"ent_1"},{"id":"ent_2"}],"has_more":true})");
  CHECK(read.rows == 2);
  CHECK(read.more);
  CHECK(read.cursor == "ent_2");
  CHECK_FALSE(page(Format::stripe_list, R"({"data":[],"has_more":false})").more);
}

TEST_CASE("a Stripe page that cannot be paged on is an error") {
  CHECK(page_error(Format::stripe_list, R"({"data":[],"has_more":true})") == ErrorCode::INCOMPLETE_LIST);
  CHECK(page_error(Format::stripe_list, R"({"data":[{"id":"a"}]})") == ErrorCode::MISSING_FIELD);
  CHECK(page_error(Format::stripe_list, R"({"data":[],"has_more":"no"})") == ErrorCode::WRONG_TYPE);
  CHECK(page_error(Format::stripe_list, R"({"data":{},"has_more":false})") == ErrorCode::WRONG_TYPE);
  CHECK(page_error(Format::stripe_list, R"({"error":{"message":"No such customer"}})") == ErrorCode::PROVIDER_ERROR);
  CHECK(page_error(Format::stripe_list, R"([])") == ErrorCode::WRONG_TYPE);
  CHECK(page_error(Format::stripe_list, "<html>") == ErrorCode::NOT_JSON);
}

TEST_CASE("a Paygentic page goes by its total, or, in the first generation, by being full") {
  constexpr auto kFormat = Format::paygentic_list;
  const std::string rows = R"({"data":[{"entitlementId":"ent_a"},{"entitlementId":"ent_b"}])"s;
  const auto first = page(kFormat, rows + R"(,"pagination":{"limit":2,"offset":0,"total":3}})", {2, 0});
  CHECK(first.more);
  CHECK(first.total == 3U);
  CHECK(first.cursor == "ent_b");
  CHECK_FALSE(page(kFormat, rows + R"(,"pagination":{"limit":2,"offset":2,"total":4}})", {2, 2}).more);
  CHECK(page(kFormat, rows + "}", {2, 0}).more);
  CHECK_FALSE(page(kFormat, rows + "}", {3, 0}).more);
  CHECK(page_error(kFormat, R"({"error":"forbidden","message":"no"})") == ErrorCode::PROVIDER_ERROR);
  CHECK(page_error(kFormat, R"({"data":[],"pagination":{"total":-1}})") == ErrorCode::WRONG_TYPE);
}

TEST_CASE("Stripe's summary event names the customer and whether its list is cut") {
  const auto read = event(EventSource::stripe, R"({"id":"evt_1","object":"event","created":1753795761,"livemode":false,
    "type":"entitlements.active_entitlement_summary.updated","data":{"object":{"customer":"cus_1",
    "entitlements":{"data":[],"has_more":true}}}})");
  CHECK(read.kind == EventKind::summary);
  CHECK(read.id == "evt_1");
  CHECK(read.customer == "cus_1");
  CHECK(read.mode == Mode::test);
  CHECK(read.created == 1753795761000);
  CHECK(read.more);
}

TEST_CASE("a thin Stripe event is a signal, with or without a customer") {
  const auto related =
      event(EventSource::stripe, R"({"id":"evt_2","object":"v2.core.event","created":"2026-01-01T00:00:00Z",
    "type":"v1.entitlements.active_entitlement_summary.updated","livemode":true,
    "related_object":{"id":"cus_2","type":"customer","url":"/v1/customers/cus_2"}})");
  CHECK(related.kind == EventKind::thin);
  CHECK(related.customer == "cus_2");
  CHECK(related.created == 1767225600000);
  const auto unnamed = event(EventSource::stripe, R"({"type":"v1.entitlements.active_entitlement_summary.updated"})");
  CHECK(unnamed.kind == EventKind::thin);
  CHECK(unnamed.customer.empty());
}

TEST_CASE("other Stripe events are ignored, not errors") {
  CHECK(event(EventSource::stripe, R"({"type":"invoice.paid"})").kind == EventKind::ignored);
}

TEST_CASE("Paygentic's subscription events name the customer in several places") {
  const std::vector<std::string> bodies = {R"({"customerId":"cus_9"})", R"({"customer":{"id":"cus_9"}})",
                                           R"({"subscription":{"customerId":"cus_9"}})", R"({"customer":"cus_9"})"};
  for (const auto& data : bodies) {
    const auto read =
        event(EventSource::paygentic,
              R"({"eventType":"subscription.updated.v0","eventId":"e1","timestamp":"2026-01-01T00:00:00Z","data":)" +
                  data + "}");
    CHECK(read.kind == EventKind::refetch);
    CHECK(read.customer == "cus_9");
    CHECK(read.id == "e1");
  }
  CHECK(event(EventSource::paygentic, R"({"eventType":"source.activated.v0","data":{}})").kind == EventKind::ignored);
}

TEST_CASE("an event without a type, or that is no object, is an error") {
  CHECK_FALSE(read_event(EventSource::stripe, R"({"id":"evt"})", Caps{}).ok());
  CHECK_FALSE(read_event(EventSource::stripe, R"([1])", Caps{}).ok());
  CHECK_FALSE(read_event(EventSource::paygentic, "", Caps{}).ok());
}

TEST_CASE("Stripe's lists become a catalogue that decode() reads") {
  const std::string_view features =
      R"({"data":[{"id":"f1","lookup_key":"sso","active":false,"name":"internal"},{"id":"f2","lookup_key":"sso","active":true},
      {"id":"f3","lookup_key":"old","active":false}],"has_more":false})";
  const std::string_view products =
      R"({"data":[{"id":"prod_1","name":"Pro","active":true,"description":"All of it","metadata":{"cost":"7"},
      "marketing_features":[{"name":"Single sign-on"}]},{"id":"prod_0","name":"Gone","active":false}],"has_more":false})";
  const std::string_view prices =
      R"({"data":[{"id":"price_1","product":"prod_1","unit_amount":2000,"currency":"usd","active":true,
      "recurring":{"interval":"month","interval_count":3}}],"has_more":false})";
  const std::string_view attached =
      R"({"data":[{"id":"pf_1","entitlement_feature":{"lookup_key":"sso"}}],"has_more":false})";
  const AttachmentPages attachment{"prod_1", {&attached, 1}};
  const auto result = read_stripe_catalogue({{&features, 1}, {&products, 1}, {&prices, 1}, {&attachment, 1}}, Caps{});
  REQUIRE(result.ok());
  CHECK(result.value() ==
        R"({"features":[{"key":"old","archived":true},{"key":"sso"}],"products":[{"id":"prod_1","name":"Pro",)"
        R"("display":{"description":"All of it","marketingFeatures":["Single sign-on"]},"prices":[{"id":"price_1",)"
        R"("unitAmount":2000,"currency":"usd","interval":"month","intervalCount":3}],"features":[{"key":"sso"}]},)"
        R"({"id":"prod_0","name":"Gone","active":false,"prices":[],"features":[]}]})");

  const std::string snapshot =
      R"({"plangate":1,"customer":"c","source":"stripe","asOf":0,"entitlements":[],"catalogue":)" + result.value() +
      "}";
  const std::string_view text = snapshot;
  const auto decoded = decode(Format::snapshot, {&text, 1}, DecodeContext{});
  REQUIRE(decoded.ok());
  CHECK(decoded.value().snapshot.catalogue == result.value());
}

TEST_CASE("a catalogue of cut lists is refused") {
  const std::string_view cut = R"({"data":[{"id":"p"}],"has_more":true})";
  const auto result = read_stripe_catalogue({{}, {&cut, 1}, {}, {}}, Caps{});
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == ErrorCode::INCOMPLETE_LIST);
}
