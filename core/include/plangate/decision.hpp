// Decisions: the answer to "may this customer use this feature", with its reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plangate/time.hpp"

namespace plangate {

/// Why a decision is what it is. The list is closed; see reasons.def for what each means.
enum class Reason : std::uint8_t {
// NOLINTNEXTLINE(bugprone-macro-parentheses): an enumerator cannot stand in parentheses.
#define X(name, code, allowed, gloss) name = code,
#include "reasons.def"
#undef X
};

std::string_view name_of(Reason reason) noexcept;

/// One decision in the packed table: bit 0 allowed, bits 1-5 reason, bit 6 fallback (the application's default),
/// bit 7 the snapshot is stale. 0 denies with NOT_ENTITLED.
using DecisionByte = std::uint8_t;

constexpr DecisionByte pack(bool allowed, Reason reason, bool fallback, bool stale) noexcept {
  return static_cast<DecisionByte>((allowed ? 1U : 0U) | (static_cast<unsigned>(reason) << 1U) | (fallback ? 64U : 0U) |
                                   (stale ? 128U : 0U));
}

/// The whole answer for one feature at one moment.
struct Decision {
  std::string key;
  bool allowed = false;
  Reason reason = Reason::NOT_ENTITLED;
  std::string config;               ///< Merged canonical JSON object text of the granting rows; empty: none, or denied.
  std::optional<double> limit;      ///< Metered features: what the period allows in all.
  std::optional<double> remaining;  ///< Metered features: what is left of it, never negative.
  std::vector<std::string> grants;  ///< Ids of the entitlements that grant, in canonical order (sorted).
  TimeMs valid_until = kNever;      ///< The next moment at which time alone changes this decision.
  bool stale = false;               ///< The snapshot is older than staleAfter.
  bool fallback = false;            ///< The answer is the application's default, not the billing system's.
};

/// The answer to "may `requested` more be used". Also what check_limit compares, so that a UI can show a meter.
struct LimitResult {
  bool allowed = false;
  Reason reason = Reason::NOT_ENTITLED;
  std::optional<double> limit;  ///< Absent: none is known (denied), or unlimited.
  bool unlimited = false;       ///< Said by the config ("unlimited" or the field's unlimitedValue), never by absence.
  double used = 0;              ///< What was compared: the caller's `used`, or the billing system's usage.
  std::optional<double> remaining;  ///< limit - used, never negative; absent when limit is.
};

}  // namespace plangate
