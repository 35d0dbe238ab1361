// What a customer is entitled to at a moment. Internal to core/billing.
#pragma once

#include <utility>
#include <vector>

#include "../gate/json_writer.hpp"
#include "balance.hpp"
#include "model.hpp"

namespace plangate::billing {

/// A customer's subscriptions with their future told, as far as it is bound to happen: past, present and future moments are
/// read off it alike. Good until the books change.
class Outlook {
 public:
  Outlook(const Books& books, Ref customer);

  struct Held {
    const Subscription* subscription;
    const Row* row;
  };
  /// All rows, those that began first first.
  [[nodiscard]] const std::vector<Held>& rows() const { return rows_; }
  [[nodiscard]] const Customer& customer() const { return *customer_; }

  /// What a row is at a moment.
  struct State {
    RowStatus status = RowStatus::active;
    bool current = false;  ///< activeFrom <= at < activeTo
    bool known = false;    ///< Current, over, or announced by then.
    bool has_access = false;
    const Terms* terms = nullptr;
    TimeMs told_at = 0;  ///< The moment nearest to `at` at which the row has these terms.
  };
  [[nodiscard]] State state_of(const Held& held, TimeMs at) const;
  [[nodiscard]] Balance balance(const Held& held, TimeMs at) const;

  /// Features entitled to, however many rows grant each, with the moment since when without a gap; oldest first.
  struct Active {
    Ref feature = kNone;
    TimeMs since = 0;
  };
  [[nodiscard]] std::vector<Active> active(TimeMs at) const;

 private:
  [[nodiscard]] TimeMs since(Ref feature, TimeMs at) const;

  const Books* books_;
  const Customer* customer_;
  std::vector<Subscription> subscriptions_;
  Holdings holdings_;
  std::vector<Held> rows_;
};

/// A row as JSON (bindings/BILLING.md, "entitlement").
void write_entitlement(json::Writer& out, const Books& books, const Outlook& outlook, const Outlook::Held& held,
                       TimeMs at);
void write_active(json::Writer& out, const Books& books, const Customer& customer, const Outlook::Active& active);

}  // namespace plangate::billing
