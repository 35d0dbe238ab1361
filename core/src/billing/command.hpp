// What every command has at hand, and the list of them. Internal to core/billing.
#pragma once

#include <span>
#include <string_view>

#include "changes.hpp"
#include "members.hpp"
#include "request.hpp"
#include "write.hpp"

namespace plangate::billing {

/// One command under way. Handlers check everything first and change the books last.
struct Command {
  Books& books;
  const Request& request;
  TimeMs now;  ///< The ledger's; a customer's own is now_of().
  Changes& changes;
  json::Writer& result;

  [[nodiscard]] TimeMs now_of(const Customer& customer) const { return books.timeline_of(customer).now; }
  /// Always false, so that a check can end with it.
  // NOLINTNEXTLINE(modernize-use-nodiscard): often a statement
  bool refuse(BillingErrorCode code, std::string_view member, std::string detail = {}) const {
    return request.refuse(code, member, std::move(detail));
  }

  /// A new object's id, metadata and data. False: refused.
  template <class T>
  bool begin(T& object, const Table<T>& table, TimeMs created) const {
    object.id = request.text("id", Request::kMostId);
    object.created = created;
    if (request.ok() && table.find(object.id) != kNone) {
      return refuse(BillingErrorCode::ID_TAKEN, "id", "'" + object.id + "'");
    }
    return request.ok() && merge_extra(request, object);
  }
  /// Puts a new object on its table and answers it.
  template <class T>
  Ref add(Table<T>& table, T object) const {
    const Ref ref = table.add(std::move(object));
    write(result, books, table[ref]);
    return ref;
  }
  /// Puts a changed copy back and answers it.
  template <class T>
  void put(Table<T>& table, Ref ref, T object) const {
    table[ref] = std::move(object);
    write(result, books, table[ref]);
  }
};

/// A command by its name, with the members that it takes beside `do`.
struct CommandEntry {
  std::string_view name;
  std::string_view members;
  void (*run)(const Command& command);
};

std::span<const CommandEntry> catalogue_commands();
std::span<const CommandEntry> customer_commands();
std::span<const CommandEntry> subscription_commands();

/// Takes a command's `template`; false: refused. `kind` decides what it may hold.
bool read_template(const Request& request, FeatureKind kind, Template& gives);

/// The customer that `externalCustomer` names; kNone: refused.
Ref find_external_customer(const Books& books, const Request& request);

/// Ends a customer's subscriptions and the customer.
void delete_customer(const Command& command, Ref customer);

}  // namespace plangate::billing
