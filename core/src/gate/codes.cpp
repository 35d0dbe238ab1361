// The names of all codes, from the same lists the enums are made of.
#include <array>

#include "code_texts.hpp"
#include "plangate/decision.hpp"
#include "plangate/result.hpp"

namespace plangate {
namespace {

constexpr std::string_view kErrors[] = {
#define X PLANGATE_CODE_NAME
#include "plangate/errors.def"
#undef X
};

constexpr std::string_view kMessages[] = {
#define X PLANGATE_CODE_GLOSS
#include "plangate/errors.def"
#undef X
};

constexpr std::string_view kWarnings[] = {
#define X PLANGATE_CODE_NAME
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

}  // namespace

std::string_view name_of(ErrorCode code) noexcept { return text_of(kErrors, code); }

std::string_view message_of(ErrorCode code) noexcept { return text_of(kMessages, code); }

std::string_view name_of(WarningCode code) noexcept { return text_of(kWarnings, code); }

std::string_view name_of(Reason reason) noexcept {
  const auto index = static_cast<std::size_t>(reason);
  return index < kReasons.size() ? kReasons[index] : std::string_view{};
}

}  // namespace plangate
