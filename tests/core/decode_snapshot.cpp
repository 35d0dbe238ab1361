#include <catch2/catch.hpp>

#include "decode_support.hpp"
#include "plangate/decision.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

std::string snapshot(const std::string& rows, const std::string& more = "") {
  return R"({"plangate":1,"customer":"cus_1","source":"stripe","asOf":1700000000000,"entitlements":[)" + rows + "]" +
         more + "}";
}

std::string one(const std::string& text) { return verdict(decode_pages(Format::snapshot, {text}, DecodeContext{})); }

std::string with(const std::string& more) { return one(snapshot("", more)); }

// Decodes, encodes, decodes and encodes again: both texts must be the same. Answers the text.
std::string round_trip(const std::string& text, Format format = Format::snapshot) {
  const auto first = decode_pages(format, {text});
  REQUIRE(verdict(first) == "ok");
  std::string written = encode(first.value().snapshot);
  const auto second = decode_pages(Format::snapshot, {written}, DecodeContext{});
  REQUIRE(verdict(second) == "ok");
  CHECK(encode(second.value().snapshot) == written);
  return written;
}

}  // namespace

TEST_CASE("a snapshot is written as it was read, without defaults", "[snapshot]") {
  const std::string full = snapshot(
      R"({"id":"e","featureKey":"k","featureId":"f","productId":"p","subscriptionId":"s","type":"metered",)"
      R"("status":"expired","hasAccess":false,"activeFrom":-1,"activeTo":2000000000000,"config":{"a":[1,{"b":"\n"}]},)"
      R"("usage":{"balance":1.5,"usageInPeriod":2,"overage":3,"periodStart":4,"periodEnd":5,"soft":true,"pool":"pu"},)"
      R"("malformed":true},{"featureKey":"plain"},{"featureKey":"u","type":"unknown","status":"unknown"},)"
      R"({"featureKey":"m","usage":{}})",
      R"(,"catalogue":{"features":[{"key":"k","name":"K","description":"d","archived":true}],"products":[{"id":"p",)"
      R"("name":"P","active":false,"display":{"color":"red"},"prices":[{"id":"pr","unitAmount":5,"currency":"eur",)"
      R"("interval":"week","intervalCount":2,"active":false},{"id":"free","unitAmount":0,"currency":"usd"},)"
      R"({"id":"custom","currency":"usd"}],"features":[{"key":"k","config":{"x":1}},{"key":"l"}]},{"id":"q"}]},)"
      R"("merge":{"k":{"a":"sum","b":"min"},"l":{"c":"latest"}},"unlimitedValue":{"k":{"a":-1,"z":999}})");
  CHECK(round_trip(full) == full);
  CHECK(round_trip(snapshot("")) == snapshot(""));
}

TEST_CASE("defaults are filled in when read and left out when written", "[snapshot]") {
  const std::string spelled = snapshot(
      R"({"id":"","featureKey":"k","type":"boolean","status":"active","hasAccess":true,"activeFrom":null,"activeTo":null,)"
      R"("config":null,"usage":null,"malformed":false,"other":[1,2]})",
      R"(,"mode":"live","catalogue":null,"merge":{},"unlimitedValue":null)");
  CHECK(round_trip(spelled) == snapshot(R"({"featureKey":"k"})"));
}

TEST_CASE("what a billing system sent survives being cached", "[snapshot]") {
  const std::string written = round_trip(
      R"({"data":[{"featureKey":"a","hasAccess":true,"featureType":"static","status":"active","config":{"n":123456789012345678901234567890}},)"
      R"({"featureKey":"b","hasAccess":true,"featureType":"x","status":"y"},{"featureKey":"c"},)"
      R"({"entitlementId":"1","featureKey":"d","hasAccess":true,"featureType":"boolean","status":"active"},)"
      R"({"entitlementId":"1","featureKey":"e","hasAccess":true,"featureType":"boolean","status":"active"}]})",
      Format::paygentic_list);
  CHECK(written.find(R"("config":{"n":123456789012345678901234567890})") != std::string::npos);
  CHECK(written.find(R"({"id":"1","featureKey":"e","malformed":true})") != std::string::npos);
}

TEST_CASE("times may be RFC 3339 as well", "[snapshot]") {
  const auto result = decode_pages(
      Format::snapshot,
      {R"({"plangate":1.0,"customer":"c","source":"x","mode":"test","asOf":"2024-01-01T00:00:00Z","entitlements":[)"
       R"({"featureKey":"k","activeFrom":"1970-01-01T00:00:01Z","activeTo":1e3}]})"},
      DecodeContext{});
  REQUIRE(verdict(result) == "ok");
  CHECK(result.value().snapshot.as_of == 1'704'067'200'000);
  CHECK(result.value().snapshot.mode == Mode::test);
  CHECK(result.value().snapshot.entitlements[0].active_from == 1000);
  CHECK(result.value().snapshot.entitlements[0].active_to == 1000);
}

TEST_CASE("the snapshot's own age counts, not the reader's", "[snapshot]") {
  DecodeContext context;
  context.as_of = 5;
  CHECK(decode_pages(Format::snapshot, {snapshot("")}, context).value().snapshot.as_of == 1'700'000'000'000);
}

TEST_CASE("snapshot rows that are wrong are closed", "[snapshot]") {
  const auto warned = [](const std::string& members) {
    const auto result = decode_pages(Format::snapshot, {snapshot(R"({"featureKey":"k",)" + members + "}")});
    CHECK(result.value().snapshot.entitlements[0].malformed);
    return warnings_of(result);
  };
  CHECK(warned(R"("activeTo":1.5)") == Lines{"INVALID_DATE k /entitlements/0/activeTo"});
  CHECK(warned(R"("activeTo":8640000000000001)") == Lines{"INVALID_DATE k /entitlements/0/activeTo"});
  CHECK(warned(R"("usage":5)") == Lines{"INVALID_FIELD k /entitlements/0/usage"});
  CHECK(warned(R"("usage":{"balance":true})") == Lines{"INVALID_FIELD k /entitlements/0/usage/balance"});
  CHECK(warned(R"("usage":{"soft":true,"soft":true})") == Lines{"DUPLICATE_MEMBER k /entitlements/0/usage/soft"});
  CHECK(warned(R"("config":"x")") == Lines{"INVALID_CONFIG k /entitlements/0/config"});
  CHECK(warned(R"("type":5)") == Lines{"INVALID_FIELD k /entitlements/0/type"});
  CHECK(warned(R"("malformed":"no")") == Lines{"INVALID_FIELD k /entitlements/0/malformed"});
  CHECK(warned(R"("malformed":true)").empty());
}

TEST_CASE("what decides a snapshot's meaning must be right", "[snapshot]") {
  CHECK(one(R"({"plangate":2})") == "UNSUPPORTED_VERSION /plangate");
  CHECK(one(R"({"plangate":1.5})") == "UNSUPPORTED_VERSION /plangate");
  CHECK(one(R"({"plangate":"1"})") == "WRONG_TYPE /plangate");
  CHECK(one(R"({})") == "MISSING_FIELD /plangate");
  CHECK(one(R"({"plangate":1})") == "MISSING_FIELD /customer");
  CHECK(one(R"({"plangate":1,"customer":5})") == "WRONG_TYPE /customer");
  CHECK(one(R"({"plangate":1,"customer":"c"})") == "MISSING_FIELD /source");
  CHECK(one(R"({"plangate":1,"customer":"c","source":""})") == "WRONG_TYPE /source");
  CHECK(one(R"({"plangate":1,"customer":"c","source":"s"})") == "MISSING_FIELD /asOf");
  CHECK(one(R"({"plangate":1,"customer":"c","source":"s","asOf":true})") == "WRONG_TYPE /asOf");
  CHECK(one(R"({"plangate":1,"customer":"c","source":"s","asOf":1})") == "MISSING_FIELD /entitlements");
  CHECK(one(R"({"plangate":1,"plangate":1})") == "DUPLICATE_MEMBER /plangate");
  CHECK(with(R"(,"mode":"prod")") == "WRONG_TYPE /mode");
  CHECK(with(R"(,"customer":"cus_1")") == "DUPLICATE_MEMBER /customer");
}

TEST_CASE("a snapshot of another customer, source or mode is refused", "[snapshot]") {
  const auto expecting = [](const DecodeContext& context) {
    return verdict(decode_pages(Format::snapshot, {snapshot("")}, context));
  };
  DecodeContext context;
  context.customer = "cus_1";
  context.source = "stripe";
  context.mode = Mode::live;
  CHECK(expecting(context) == "ok");
  context.mode = Mode::test;
  CHECK(expecting(context) == "MODE_MISMATCH ");
  context.source = "paygentic";
  CHECK(expecting(context) == "SOURCE_MISMATCH /source");
  context.customer = "cus_2";
  CHECK(expecting(context) == "CUSTOMER_MISMATCH /customer");
}

TEST_CASE("policies are kept as they came, and wrong ones are refused", "[snapshot]") {
  const auto result = decode_pages(
      Format::snapshot,
      {snapshot("", R"(,"merge":{"k":{"a":"sum"},"ka":{"":"max"}},"unlimitedValue":{"ka":{"":-1},"k":{"a":0}})")});
  REQUIRE(verdict(result) == "ok");
  CHECK(result.value().snapshot.merge == R"({"k":{"a":"sum"},"ka":{"":"max"}})");
  CHECK(result.value().snapshot.unlimited_value == R"({"ka":{"":-1},"k":{"a":0}})");
  CHECK(with(R"(,"merge":5)") == "WRONG_TYPE /merge");
  CHECK(with(R"(,"merge":{"k":5})") == "WRONG_TYPE /merge/k");
  CHECK(with(R"(,"merge":{"k":{"a":"avg"}})") == "WRONG_TYPE /merge/k/a");
  CHECK(with(R"(,"merge":{"k":{"a":"sum","a":"max"}})") == "DUPLICATE_MEMBER /merge/k/a");
  CHECK(with(R"(,"merge":{"k":{},"k":{}})") == "DUPLICATE_MEMBER /merge/k");
  CHECK(with(R"(,"unlimitedValue":{"k":{"a":"-1"}})") == "WRONG_TYPE /unlimitedValue/k/a");
}

TEST_CASE("a catalogue is an object, kept as it came", "[snapshot]") {
  const auto catalogue = [](const std::string& text) { return with(R"(,"catalogue":)" + text); };
  CHECK(catalogue("{}") == "ok");
  CHECK(catalogue("[]") == "WRONG_TYPE /catalogue");
  CHECK(catalogue("\"\"") == "WRONG_TYPE /catalogue");
  const std::string odd = R"(,"catalogue":{"products":[5,{"id":"","more":[null]}],"features":{}})";
  CHECK(round_trip(snapshot("", odd)) == snapshot("", odd));
}

TEST_CASE("without its catalogue a snapshot is smaller and the same otherwise", "[snapshot]") {
  const auto result =
      decode_pages(Format::snapshot, {snapshot(R"({"featureKey":"k"})", R"(,"catalogue":{"features":[{"key":"k"}]})")});
  CHECK(encode(result.value().snapshot, false) == snapshot(R"({"featureKey":"k"})"));
}

TEST_CASE("codes have names", "[codes]") {
  CHECK(name_of(ErrorCode::EMPTY_INPUT) == "EMPTY_INPUT");
  CHECK(name_of(ErrorCode::UNKNOWN_SNAPSHOT) == "UNKNOWN_SNAPSHOT");
  CHECK(name_of(WarningCode::WRONG_ROW_TYPE) == "WRONG_ROW_TYPE");
  CHECK(name_of(Reason::NOT_ENTITLED) == "NOT_ENTITLED");
  CHECK(name_of(Reason::OVERRIDE) == "OVERRIDE");
  CHECK(name_of(static_cast<Reason>(31)).empty());
  CHECK(name_of(static_cast<ErrorCode>(200)).empty());
}
