// The binding of the billing ledger: the functions of BILLING.md, nothing else. It marshals; every answer comes from core/.
#include "plangate/billing.hpp"

#include <emscripten/bind.h>

#include <cmath>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

using plangate::TimeMs;
using plangate::billing::Ledger;

/// The ledgers in use, by handle less one. A destroyed one leaves its place empty: no handle ever names another's.
std::vector<std::unique_ptr<Ledger>> ledgers;

Ledger* ledger_of(int handle) {
  const auto index = static_cast<std::size_t>(handle) - 1;
  return handle > 0 && index < ledgers.size() ? ledgers[index].get() : nullptr;
}

/// Whole ms; what is no moment becomes one that the ledger refuses.
TimeMs to_moment(double ms) {
  constexpr double kFarthest = 9e15;
  return ms >= 0 && ms <= kFarthest ? static_cast<TimeMs>(std::floor(ms)) : TimeMs{-1};
}

int ledger_create() {
  std::unique_ptr<Ledger> made(new (std::nothrow) Ledger);
  if (!made) {
    return 0;
  }
  ledgers.push_back(std::move(made));
  return static_cast<int>(ledgers.size());
}

void ledger_destroy(int l) {
  if (ledger_of(l) != nullptr) {
    ledgers[static_cast<std::size_t>(l) - 1].reset();
  }
}

std::string ledger_apply(int l, const std::string& command, double now) {
  Ledger* ledger = ledger_of(l);
  return ledger == nullptr ? std::string{} : ledger->apply(command, to_moment(now));
}

std::string ledger_advance(int l, double now) {
  Ledger* ledger = ledger_of(l);
  return ledger == nullptr ? std::string{} : ledger->advance(to_moment(now));
}

std::string ledger_query(int l, const std::string& query) {
  const Ledger* ledger = ledger_of(l);
  return ledger == nullptr ? std::string{} : ledger->query(query);
}

double ledger_next_at(int l) {
  const Ledger* ledger = ledger_of(l);
  const TimeMs next = ledger == nullptr ? plangate::kNever : ledger->next_at();
  return next == plangate::kNever ? std::numeric_limits<double>::infinity() : static_cast<double>(next);
}

}  // namespace

EMSCRIPTEN_BINDINGS(plangate_billing) {
  using emscripten::function;
  function("ledgerCreate", &ledger_create);
  function("ledgerDestroy", &ledger_destroy);
  function("ledgerApply", &ledger_apply);
  function("ledgerAdvance", &ledger_advance);
  function("ledgerQuery", &ledger_query);
  function("ledgerNextAt", &ledger_next_at);
}
