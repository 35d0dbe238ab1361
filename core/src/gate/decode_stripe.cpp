// Stripe Entitlements: the list of active entitlements, and the summary event.
#include "decode_rows.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

constexpr std::string_view kSummary = "entitlements.active_entitlement_summary";
constexpr std::string_view kSummaryEvent = "entitlements.active_entitlement_summary.updated";
constexpr std::string_view kThinEvents = "v1.entitlements.active_entitlement_summary.";

constexpr FieldName kRow[] = {
    {"id", kId}, {"object", kObject}, {"feature", kFeature}, {"livemode", kLivemode}, {"lookup_key", kFeatureKey}};
constexpr FieldName kRowFeature[] = {{"id", kFeatureId}, {"lookup_key", kExpandedKey}};
constexpr RowFormat kRows{.names = kRow, .nested = kRowFeature};

// A list object: `more` is what its has_more must say.
void read_list(Decoding& decoding, Node list, bool more) {
  const Node data = decoding.require(list, "data", Kind::array);
  const Node has_more = decoding.require(list, "has_more", Kind::boolean);
  decoding.read_rows(data, kRows);
  if (has_more.boolean() != more) {
    decoding.fail(ErrorCode::INCOMPLETE_LIST, has_more);
  }
}

void check_document(Decoding& decoding) {
  decoding.require_object();
  const Node error = decoding.root.find("error");
  if (error.is(Kind::object) && !decoding.root.find("data")) {
    decoding.fail(ErrorCode::PROVIDER_ERROR, error);
  }
}

// Finds the summary in an event; a bare summary is its own.
Node find_summary(Decoding& decoding) {
  const Node root = decoding.root;
  const Node type = decoding.member(root, "type");
  const Node object = decoding.member(root, "object");
  if (!type && object.string() != "event") {
    if (object && object.string() != kSummary) {
      decoding.fail(ErrorCode::UNKNOWN_EVENT, object);
    }
    return root;
  }
  if (type.string() != kSummaryEvent) {
    const bool thin = type.string().starts_with(kThinEvents);
    decoding.fail(thin ? ErrorCode::INCOMPLETE_LIST : ErrorCode::UNKNOWN_EVENT, type);
  }
  decoding.meet_livemode(decoding.member(root, "livemode"));
  return decoding.require(decoding.require(root, "data", Kind::object), "object", Kind::object);
}

}  // namespace

void read_stripe_list(Decoding& decoding) {
  check_document(decoding);
  read_list(decoding, decoding.root, !decoding.last_page);
}

void read_stripe_summary(Decoding& decoding) {
  check_document(decoding);
  const Node summary = find_summary(decoding);
  decoding.meet_customer(decoding.require(summary, "customer", Kind::string));
  decoding.meet_livemode(decoding.member(summary, "livemode"));
  const bool older = !decoding.member(summary, "entitlements") && summary.find("active_entitlements");
  const Node list = decoding.require(summary, older ? "active_entitlements" : "entitlements", Kind::object);
  std::string pointer;
  json::append_pointer(pointer, decoding.root, list);
  pointer += "/data";
  decoding.list_pointer = decoding.out.snapshot.text.keep(pointer);
  read_list(decoding, list, false);
}

}  // namespace plangate
