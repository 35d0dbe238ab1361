// Ids of what follows from something else. Internal to core/billing.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace plangate::billing {

/// `prefix` and 22 letters and digits made of the parts: the same parts give the same id in every replay, different parts
/// another (128 bits, not meant to withstand an adversary).
std::string derive_id(std::string_view prefix, std::initializer_list<std::string_view> parts);

}  // namespace plangate::billing
