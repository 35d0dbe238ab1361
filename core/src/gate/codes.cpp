// The names of all codes, from the same lists the enums are made of.
#include <array>

#include "plangate/decision.hpp"
#include "plangate/result.hpp"

namespace plangate {
namespace {

constexpr std::string_view kErrors[] = {
#define X(name, gloss) #name,
#include "plangate/errors.def"
#undef X
};

constexpr std::string_view kMessages[] = {
#define X(name, gloss) gloss,
#include "plangate/errors.def"
#undef X
};

constexpr std::string_view kWarnings[] = {
#define X(name, gloss) #name,
#include "plangate/warnings.def"
#undef X
};

// Reasons have numbers of their own (5 bits in the packed table), so the list's order is not the table's.
constexpr auto kReasons = [] {
  std::array<std::string_view, 32> names{};
#define X(name, code, allowed, gloss) names[code] = #name;
#include "plangate/reasons.def"
#undef X
  return names;
}();

template <std::size_t N>
std::string_view at(const std::string_view (&names)[N], std::size_t index) {
  return index < N ? names[index] : std::string_view{};
}

}  // namespace

std::string_view name_of(ErrorCode code) noexcept { return at(kErrors, static_cast<std::size_t>(code)); }

std::string_view message_of(ErrorCode code) noexcept { return at(kMessages, static_cast<std::size_t>(code)); }

std::string_view name_of(WarningCode code) noexcept { return at(kWarnings, static_cast<std::size_t>(code)); }

std::string_view name_of(Reason reason) noexcept {
  const auto index = static_cast<std::size_t>(reason);
  return index < kReasons.size() ? kReasons[index] : std::string_view{};
}

}  // namespace plangate
