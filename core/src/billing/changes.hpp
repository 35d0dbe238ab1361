// Tells what changed: collects the changes of one call, in the order they happen. Internal to core/billing.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "../gate/json_writer.hpp"
#include "model.hpp"

namespace plangate::billing {

/// Watches one change of a subscription at a time: watch(), change it, tell().
class Changes {
 public:
  explicit Changes(Books& books) : books_(books), out_(text_) { out_.begin_array(); }

  /// The subscription is about to change.
  void watch(const Subscription& subscription);
  /// It has changed, at `at`: tells so under the name `kind` and what became of its rows and of Stripe's list; takes note
  /// of new rows and of when it changes next. `watched` false: it is new.
  void tell(Ref subscription, const char* kind, TimeMs at, bool watched = true);
  /// Begins a change of another kind; the caller writes its members and calls end().
  json::Writer& begin(const char* kind, TimeMs at, const Customer& customer);
  void end() { out_.end_object(); }

  /// All of them, as a JSON array.
  std::string take();

 private:
  void tell_rows(Subscription& subscription, TimeMs at);
  void tell_row(const Subscription& subscription, const Row& row, const char* kind, TimeMs at);
  void count(Customer& customer, Ref feature, std::int32_t by);
  void tell_active(const Customer& customer, TimeMs at);

  Books& books_;
  std::string text_;
  json::Writer out_;
  std::string before_;
  std::vector<std::pair<Ref, bool>> touched_;  ///< Features whose rows changed, and whether they were active before.
};

}  // namespace plangate::billing
