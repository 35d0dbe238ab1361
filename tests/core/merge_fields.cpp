// The merge policy, value by value.
#include <catch2/catch.hpp>

#include "engine_support.hpp"

using namespace plangate;
using namespace plangate::test;

namespace {

std::string merged(std::string_view policy, const std::vector<std::string>& values, std::string_view unlimited = "") {
  std::vector<std::string> configs;
  for (const std::string& value : values) {
    configs.push_back(value.empty() ? "{}" : R"({"f":)" + value + "}");
  }
  std::vector<Entitlement> rows;
  for (std::size_t i = 0; i < configs.size(); ++i) {
    rows.push_back(row(i == 0 ? "first" : "later", "k", configs[i]));
    rows.back().active_from = static_cast<TimeMs>(i);
  }
  Engine engine;
  std::string options = "{";
  if (!policy.empty()) {
    options += R"("merge":{"k":{"f":")" + std::string(policy) + R"("}})";
  }
  if (!unlimited.empty()) {
    options +=
        std::string(options.size() > 1 ? "," : "") + R"("unlimitedValue":{"k":{"f":)" + std::string(unlimited) + "}}";
  }
  REQUIRE_FALSE(engine.configure(options + "}"));
  return engine.check(engine.hold(list(rows)), "k", kNow).config;
}

}  // namespace

TEST_CASE("numbers merge by policy", "[merge]") {
  CHECK(merged("", {"1", "3", "2"}) == R"({"f":3})");
  CHECK(merged("max", {"1", "3", "2"}) == R"({"f":3})");
  CHECK(merged("min", {"2", "1", "3"}) == R"({"f":1})");
  CHECK(merged("sum", {"2", "1", "3"}) == R"({"f":6})");
  CHECK(merged("latest", {"3", "1", "2"}) == R"({"f":2})");
  CHECK(merged("sum", {"0.5", "1.5"}) == R"({"f":2})");
  CHECK(merged("sum", {"0.1", "0.2"}) == R"({"f":0.30000000000000004})");
  CHECK(merged("sum", {"1e308", "1e308"}) == R"({"f":1.7976931348623157e+308})");
}

TEST_CASE("unlimited wins max and sum, and loses min", "[merge]") {
  for (const std::string_view policy : {"", "max", "sum"}) {
    CHECK(merged(policy, {"5", R"("unlimited")", "7"}) == R"({"f":"unlimited"})");
    CHECK(merged(policy, {"5", "-1", "7"}, "-1") == R"({"f":-1})");
  }
  CHECK(merged("min", {"5", R"("unlimited")", "7"}) == R"({"f":5})");
  CHECK(merged("min", {"5", "-1"}, "-1") == R"({"f":5})");
  CHECK(merged("min", {R"("unlimited")", R"("unlimited")"}) == R"({"f":"unlimited"})");
}

TEST_CASE("negative numbers are no amounts", "[merge]") {
  CHECK(merged("sum", {"-5", "3", "4"}) == R"({"f":7})");
  CHECK(merged("max", {"-5", "3"}) == R"({"f":3})");
  CHECK(merged("min", {"-5", "3"}) == R"({"f":-5})");
  CHECK(merged("sum", {"-5", "-3"}) == R"({"f":-8})");
}

TEST_CASE("what is not all numbers takes the latest", "[merge]") {
  for (const std::string_view policy : {"", "max", "min", "sum"}) {
    CHECK(merged(policy, {"9", R"("gold")"}) == R"({"f":"gold"})");
    CHECK(merged(policy, {R"("gold")", "9"}) == R"({"f":9})");
    CHECK(merged(policy, {"[1]", R"({"a":1})"}) == R"({"f":{"a":1}})");
  }
}

TEST_CASE("null and absent offer nothing", "[merge]") {
  CHECK(merged("", {"null", "3"}) == R"({"f":3})");
  CHECK(merged("latest", {"3", "null"}) == R"({"f":3})");
  CHECK(merged("", {"null", ""}) == R"({"f":null})");
  CHECK(merged("", {"", ""}) == "{}");
}

TEST_CASE("a single config is given back as it is", "[merge]") {
  Engine engine;
  const std::string_view config = R"({"z":1,"a":10000000000000000000000001,"m":null})";
  CHECK(engine.check(engine.hold(list({row("e1", "k", config)})), "k", kNow).config == config);
  CHECK(engine.check(engine.hold(list({row("e1", "k", config), row("e2", "k")})), "k", kNow).config ==
        R"({"a":10000000000000000000000001,"m":null,"z":1})");
}
