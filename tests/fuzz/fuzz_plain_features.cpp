#include "fuzz_decode.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const plangate::fuzz::Pages pages(data, size);
  const auto result = plangate::decode_plain_features(pages.views().front(), plangate::Caps{});
  if (!result.ok()) {
    plangate::fuzz::require(!result.error().message.empty());
    return 0;
  }
  for (const plangate::Entitlement& row : result.value().entitlements) {
    plangate::fuzz::require(!row.feature_key.empty() && !row.malformed);
  }
  return 0;
}
