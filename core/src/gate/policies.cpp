#include "policies.hpp"

#include "packing.hpp"

namespace plangate {
namespace {

constexpr unsigned kMergeMask = 7;  // merge policy + 1; 0: none
constexpr unsigned kUnlimited = 8;

FieldPolicy read_policy(Unpacker& in) {
  FieldPolicy policy;
  policy.feature_key = in.text();
  policy.field = in.text();
  const std::uint8_t flags = in.byte();
  if ((flags & kMergeMask) != 0) {
    policy.merge = static_cast<MergePolicy>((flags & kMergeMask) - 1);
  }
  if ((flags & kUnlimited) != 0) {
    policy.unlimited_value = in.number();
  }
  return policy;
}

}  // namespace

std::string pack_policies(const std::vector<FieldPolicy>& policies) {
  std::string packed;
  for (const FieldPolicy& policy : policies) {
    put_text(packed, policy.feature_key);
    put_text(packed, policy.field);
    const unsigned merge = policy.merge ? static_cast<unsigned>(*policy.merge) + 1 : 0;
    packed += static_cast<char>(merge | (policy.unlimited_value ? kUnlimited : 0U));
    if (policy.unlimited_value) {
      put_number(packed, *policy.unlimited_value);
    }
  }
  return packed;
}

std::vector<FieldPolicy> unpack_policies(std::string_view packed) {
  std::vector<FieldPolicy> policies;
  for (Unpacker in(packed); !in.done();) {
    policies.push_back(read_policy(in));
  }
  return policies;
}

void FieldRule::fill_from(std::string_view packed, std::string_view key, std::string_view field) {
  for (Unpacker in(packed); !in.done();) {
    const FieldPolicy policy = read_policy(in);
    if (policy.field != field || policy.feature_key != key) {
      continue;
    }
    if (!merge) {
      merge = policy.merge;
    }
    if (!unlimited_value) {
      unlimited_value = policy.unlimited_value;
    }
  }
}

}  // namespace plangate
