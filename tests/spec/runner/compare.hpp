// Compares an answer with what a vector expects of it.
#pragma once

#include <optional>
#include <string>

#include "json.hpp"

namespace spec {

/// Same value: numbers by value, arrays in order, objects whatever the order of their members.
bool same(const Json& a, const Json& b);

/// What is wrong with `answer`, or nothing. Of an object only the members that `expected` names are compared, each
/// exactly; `{"$absent": true}` wants a member to be missing; times may be written as text. Arrays of objects are
/// compared element by element in the same way and must be as long.
std::optional<std::string> mismatch(const Json& expected, const Json& answer);

/// The same for two lists whose order means nothing (warnings).
std::optional<std::string> mismatch_unordered(const Json& expected, Json answers);

}  // namespace spec
