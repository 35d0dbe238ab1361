// The names of the ledger's error codes, from the same list the enum is made of.
#include "../gate/code_texts.hpp"
#include "plangate/billing.hpp"

namespace plangate::billing {
namespace {

constexpr std::string_view kNames[] = {
#define X PLANGATE_CODE_NAME
#include "plangate/billing_errors.def"
#undef X
};

constexpr std::string_view kMessages[] = {
#define X PLANGATE_CODE_GLOSS
#include "plangate/billing_errors.def"
#undef X
};

}  // namespace

std::string_view name_of(BillingErrorCode code) noexcept { return text_of(kNames, code); }

std::string_view message_of(BillingErrorCode code) noexcept { return text_of(kMessages, code); }

}  // namespace plangate::billing
