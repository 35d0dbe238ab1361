// The state of one decode() call: what pages and rows must agree on.
#include "decode_rows.hpp"
#include "json_writer.hpp"
#include "text_set.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

bool same_usage(const std::optional<Usage>& a, const std::optional<Usage>& b) {
  if (!a || !b) {
    return a.has_value() == b.has_value();
  }
  return a->balance == b->balance && a->usage_in_period == b->usage_in_period && a->overage == b->overage &&
         a->period_start == b->period_start && a->period_end == b->period_end && a->soft == b->soft &&
         a->pool == b->pool;
}

// What the rows say; whether one of them is closed already is asked apart.
bool same_content(const Entitlement& a, const Entitlement& b) {
  return a.feature_key == b.feature_key && a.feature_id == b.feature_id && a.product_id == b.product_id &&
         a.subscription_id == b.subscription_id && a.type == b.type && a.status == b.status &&
         a.has_access == b.has_access && a.active_from == b.active_from && a.active_to == b.active_to &&
         a.config == b.config && same_usage(a.usage, b.usage);
}

}  // namespace

Error error_at(Node root, const Problem& problem) {
  Error error;
  error.code = problem.code;
  error.message = problem.message;
  if (problem.at) {
    json::append_pointer(error.pointer, root, problem.at);
  }
  return error;
}

Decoding::Decoding(const DecodeContext& the_context)
    : context(the_context), mode(the_context.mode), customer_known(!the_context.customer.empty()) {
  Snapshot& snapshot = out.snapshot;
  snapshot.customer = snapshot.text.keep(context.customer);
  snapshot.source = snapshot.text.keep(context.source);
  snapshot.as_of = context.as_of.value_or(0);
}

bool Decoding::fail(ErrorCode code, Node at, std::string_view message) {
  error = error_at(root, {code, at, message});
  return false;
}

bool Decoding::missing(Node parent, std::string_view name) {
  fail(ErrorCode::MISSING_FIELD, parent, "The format requires this member; check what sent it.");
  json::append_pointer_token(error.pointer, name);
  return false;
}

bool Decoding::read_members(Node object, std::span<const std::string_view> names, Members& members) {
  members = MemberReader(names).read(object);
  if (!members.duplicate) {
    return true;
  }
  return fail(ErrorCode::DUPLICATE_MEMBER, members.duplicate,
              "A member that decides the list's meaning is named twice.");
}

bool Decoding::require(Node at, Kind kind, Node parent, std::string_view name) {
  if (at.is(kind)) {
    return true;
  }
  if (!at) {
    return missing(parent, name);
  }
  return fail(ErrorCode::WRONG_TYPE, at, "The member has another JSON type than the format requires.");
}

bool Decoding::meet_customer(Node customer) {
  if (!customer_known) {
    out.snapshot.customer = out.snapshot.text.keep(customer.string());
    customer_known = true;
  }
  if (out.snapshot.customer == customer.string()) {
    return true;
  }
  return fail(ErrorCode::CUSTOMER_MISMATCH, customer, "The list is another customer's; fetch it for the one expected.");
}

bool Decoding::meet_mode(Mode told, Node at) {
  if (!mode) {
    mode = told;
  }
  if (*mode == told) {
    return true;
  }
  return fail(ErrorCode::MODE_MISMATCH, at, "Test and live data would be mixed; use one key's data only.");
}

bool Decoding::expect_rows(Node data) {
  rows_seen += data.size();
  if (rows_seen > context.caps.max_entries) {
    return fail(ErrorCode::TOO_MANY_ENTRIES, data, "There are more rows than the maxEntries cap; raise the cap.");
  }
  // A list's first page says little of how many follow; growing by doubling is left to the vectors after it.
  if (places.empty()) {
    out.snapshot.entitlements.reserve(data.size());
    places.reserve(data.size());
  }
  return true;
}

void Decoding::settle_duplicates() {
  std::vector<Entitlement>& rows = out.snapshot.entitlements;
  if (rows.size() < 2) {
    return;
  }
  enum Fate : char { kept, dropped, conflicting };
  std::vector<char> fates(rows.size(), kept);
  TextSet ids(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i].id.empty()) {
      continue;
    }
    const std::uint32_t first = ids.add(rows[i].id, i);
    if (first == i) {
      continue;
    }
    const bool same = same_content(rows[first], rows[i]);
    fates[i] = same ? dropped : conflicting;
    if (!same || rows[first].malformed != rows[i].malformed) {
      fates[first] = conflicting;
    }
  }
  std::size_t kept_rows = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (fates[i] == dropped) {
      continue;
    }
    if (fates[i] == conflicting) {
      warn_duplicate(i);
      rows[i].malformed = true;
    }
    rows[kept_rows++] = rows[i];
  }
  rows.resize(kept_rows);
  places.clear();  // no longer those of the rows
}

void Decoding::warn_duplicate(std::size_t row) {
  Warning warning;
  warning.code = WarningCode::DUPLICATE_ID;
  warning.feature_key = out.snapshot.entitlements[row].feature_key;
  warning.page = places[row].page;
  warning.pointer = list_pointer;
  warning.pointer += '/';
  json::append_integer(warning.pointer, places[row].index);
  out.warnings.push_back(std::move(warning));
}

}  // namespace plangate
