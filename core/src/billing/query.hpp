// Questions about the books. Internal to core/billing.
#pragma once

#include <span>
#include <string_view>

#include "../gate/json_writer.hpp"
#include "model.hpp"
#include "request.hpp"

namespace plangate::billing {

/// One question: handlers write the result, or refuse.
struct Query {
  const Books& books;
  const Request& request;
  json::Writer& result;

  /// Always false, so that a check can end with it.
  // NOLINTNEXTLINE(modernize-use-nodiscard): often a statement
  bool refuse(BillingErrorCode code, std::string_view member, std::string detail = {}) const {
    return request.refuse(code, member, std::move(detail));
  }
};

/// A question by its name, with the members that it takes beside `query`.
struct QueryEntry {
  std::string_view name;
  std::string_view members;
  void (*run)(const Query& query);
};

/// One object by its id, and lists of objects.
std::span<const QueryEntry> object_queries();
/// What there is to buy, as a snapshot's catalogue (docs/wire-format.md).
std::span<const QueryEntry> catalogue_queries();
/// What customers are entitled to.
std::span<const QueryEntry> entitlement_queries();

/// The whole of the books as canonical JSON: equal texts are equal books.
void write_state(json::Writer& out, const Books& books);

}  // namespace plangate::billing
