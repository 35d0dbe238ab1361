// Loads a list and asks a question through the installed headers and library. Exit code 0: the answers are right.
#include <plangate/engine.hpp>
#include <plangate/json.hpp>

#include <cstdio>
#include <string_view>

namespace {

constexpr std::string_view kPage = R"({"object": "list", "has_more": false, "data": [
  {"id": "ent_1", "object": "entitlements.active_entitlement", "feature": "feat_1", "livemode": false,
   "lookup_key": "sso-access"}]})";

bool expect(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "expected: %s\n", what);
  }
  return holds;
}

}  // namespace

int main() {
  plangate::Engine engine;
  plangate::DecodeContext context;
  context.customer = "cus_1";
  context.as_of = 1'700'000'000'000;
  const std::string_view pages[] = {kPage};
  const auto loaded = engine.load(plangate::Format::stripe_list, pages, context);
  if (!expect(loaded.ok(), "the list loads")) {
    return 1;
  }
  const auto granted = engine.check(loaded.value(), "sso-access", *context.as_of);
  const auto denied = engine.check(loaded.value(), "audit-log", *context.as_of);
  std::puts(plangate::to_json(granted).c_str());
  const bool right = expect(granted.allowed, "sso-access is granted") &&
                     expect(granted.reason == plangate::Reason::GRANTED, "because it is in the list") &&
                     expect(!denied.allowed, "audit-log is not") &&
                     expect(denied.reason == plangate::Reason::NOT_ENTITLED, "because it is not in the list");
  return right ? 0 : 1;
}
