// The billing half of the described systems: what there is to sell, who subscribed to it, and the entitlements that follow.
// Commands in, entitlements and changes out. The shapes of commands, queries and answers: bindings/BILLING.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "plangate/time.hpp"

namespace plangate::billing {

/// Why a command or query was refused. The list is closed; see billing_errors.def for what each code means.
enum class BillingErrorCode : std::uint8_t {
#define X(name, gloss) name,
#include "billing_errors.def"
#undef X
};

/// The code's name as it appears in JSON, e.g. "KEY_TAKEN". Static storage.
std::string_view name_of(BillingErrorCode code) noexcept;

/// What the code means, in one sentence for a developer. Static storage.
std::string_view message_of(BillingErrorCode code) noexcept;

/// One provider's state in one mode (test and live are two ledgers). Deterministic: it draws no ids and reads no clock, so
/// applying the same commands at the same times to a new ledger makes an identical one. Commands are the journal.
///
/// Time only goes forward: a `now` before an earlier one counts as the earlier one. A customer that hangs on a clock lives
/// in the clock's time, whatever `now` says; everyone else lives in `now`.
class Ledger {
 public:
  Ledger();
  ~Ledger();
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Brings everybody without a clock to `now` (ms), then does what the command says. Answers
  /// `{"ok":true,"result":…,"changes":[…],"nextAt":ms|null}`, or `{"ok":false,"error":{code,message,param},"changes":[…],
  /// "nextAt":…}` with nothing done but the passing of time, whose changes are told either way.
  std::string apply(std::string_view command, TimeMs now);

  /// Lets time pass for everybody without a clock: trial ends, period ends, cancellations, resumptions, in order of time.
  /// Answers as apply() does, with `"result":null`. advance(a) then advance(b) is advance(b).
  std::string advance(TimeMs now);

  /// Answers `{"ok":true,"result":…}` or `{"ok":false,"error":…}`. Changes nothing; what it says about a moment (`at`) is
  /// the same whether it is asked before or after that moment, as long as no command comes in between.
  [[nodiscard]] std::string query(std::string_view query) const;

  /// When something happens next by itself to a customer without a clock; kNever when nothing will.
  [[nodiscard]] TimeMs next_at() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plangate::billing
