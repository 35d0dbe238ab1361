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

Error error_at(Node root, ErrorCode code, Node at) {
  Error error;
  error.code = code;
  error.message = message_of(code);
  if (at) {
    json::append_pointer(error.pointer, root, at);
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

void Decoding::fail(ErrorCode code, Node at) {
  if (!failed) {
    failed = true;
    error = error_at(root, code, at);
    error.page = page;
  }
}

Node Decoding::member(Node object, std::string_view name) {
  Node found;
  for (const Node member : object) {
    if (member.key() != name) {
      continue;
    }
    if (found) {
      fail(ErrorCode::DUPLICATE_MEMBER, member);
    }
    found = member;
  }
  return found;
}

void Decoding::refuse(Node object, std::string_view name, Node found) {
  const bool first = !failed;
  fail(found ? ErrorCode::WRONG_TYPE : ErrorCode::MISSING_FIELD, found ? found : object);
  if (first && !found) {
    json::append_pointer_token(error.pointer, name);
  }
}

Node Decoding::require(Node object, std::string_view name, Kind kind) {
  const Node found = member(object, name);
  if (!found.is(kind)) {
    refuse(object, name, found);
  }
  return found;
}

void Decoding::require_object() {
  if (!root.is(Kind::object)) {
    fail(ErrorCode::WRONG_TYPE, root);
  }
}

void Decoding::meet_customer(Node customer) {
  if (!customer_known) {
    out.snapshot.customer = out.snapshot.text.keep(customer.string());
    customer_known = true;
  }
  if (out.snapshot.customer != customer.string()) {
    fail(ErrorCode::CUSTOMER_MISMATCH, customer);
  }
}

void Decoding::meet_mode(Mode told, Node at) {
  if (!mode) {
    mode = told;
  }
  if (*mode != told) {
    fail(ErrorCode::MODE_MISMATCH, at);
  }
}

void Decoding::meet_livemode(Node livemode) {
  if (livemode.is(Kind::boolean)) {
    meet_mode(livemode.boolean() ? Mode::live : Mode::test, livemode);
  }
}

void Decoding::warn(WarningCode code, std::string_view key, const Place& place, std::string_view below) {
  Warning& warning = out.warnings.emplace_back();
  warning.code = code;
  warning.feature_key = key;
  warning.page = place.page;
  warning.pointer = list_pointer;
  warning.pointer += '/';
  json::append_integer(warning.pointer, place.index);
  warning.pointer += below;
}

void Decoding::settle_duplicates() {
  std::vector<Entitlement>& rows = out.snapshot.entitlements;
  enum Fate : char { kept, dropped, conflicting };
  std::vector<char> fates(rows.size(), kept);
  TextSet ids(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t first = rows[i].id.empty() ? i : ids.add(rows[i].id, i);
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
      warn(WarningCode::DUPLICATE_ID, rows[i].feature_key, places[i], {});
      rows[i].malformed = true;
    }
    rows[kept_rows++] = rows[i];
  }
  rows.resize(kept_rows);
}

}  // namespace plangate
