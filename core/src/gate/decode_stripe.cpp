// Stripe Entitlements: the list of active entitlements, and the summary event.
#include "decode_rows.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

constexpr std::string_view kSummaryEvent = "entitlements.active_entitlement_summary.updated";
constexpr std::string_view kThinEvents = "v1.entitlements.active_entitlement_summary.";

enum RowField : std::size_t { kId, kFeature, kLivemode, kLookupKey, kObject };
constexpr std::string_view kRowNames[] = {"id", "feature", "livemode", "lookup_key", "object"};

enum ListField : std::size_t { kData, kHasMore, kError };
constexpr std::string_view kListNames[] = {"data", "has_more", "error"};

enum FeatureField : std::size_t { kFeatureId, kFeatureKey };
constexpr std::string_view kFeatureNames[] = {"id", "lookup_key"};

// One row; dropped rows count for the mode as well.
bool read_row(Decoding& decoding, MemberReader& rows, MemberReader& features, Node node, std::size_t index) {
  RowReader row(decoding, node, index);
  Members members;
  if (!row.members(rows, members)) {
    return true;
  }
  if (members[kLivemode].is(Kind::boolean)) {
    const Mode told = members[kLivemode].boolean() ? Mode::live : Mode::test;
    if (!decoding.meet_mode(told, members[kLivemode])) {
      return false;
    }
  }
  const Node feature = members[kFeature];
  const Members expanded = features.read(feature);
  const bool own_key = !members[kLookupKey].string().empty();
  const Node key = own_key || !expanded[kFeatureKey] ? members[kLookupKey] : expanded[kFeatureKey];
  if (!row.key(key)) {
    return true;
  }

  row.check_duplicate(members);
  row.check_duplicate(expanded);
  row.entitlement.id = row.text(members[kId]);
  row.entitlement.feature_id = row.text(feature.is(Kind::object) ? expanded[kFeatureId] : feature);
  row.flag(members[kLivemode], true);
  // A list of something else, features for example, has ids and lookup keys too, and must not grant.
  const std::string_view object = row.text(members[kObject]);
  if (!object.empty() && object != "entitlements.active_entitlement") {
    row.entitlement.type = FeatureType::unknown;
    row.warn(WarningCode::UNKNOWN_TYPE, members[kObject]);
  }
  row.finish();
  return true;
}

bool read_rows(Decoding& decoding, Node data) {
  if (!decoding.expect_rows(data)) {
    return false;
  }
  MemberReader rows(kRowNames);
  MemberReader features(kFeatureNames);
  std::size_t index = 0;
  for (const Node node : data) {
    if (!read_row(decoding, rows, features, node, index++)) {
      return false;
    }
  }
  return true;
}

// A list object: `more` is what its has_more must say.
bool read_list(Decoding& decoding, Node list, bool more) {
  Members members;
  if (!decoding.read_members(list, kListNames, members)) {
    return false;
  }
  if (!decoding.require(members[kData], Kind::array, list, "data")) {
    return false;
  }
  if (!decoding.require(members[kHasMore], Kind::boolean, list, "has_more")) {
    return false;
  }
  if (!read_rows(decoding, members[kData])) {
    return false;
  }
  if (members[kHasMore].boolean() == more) {
    return true;
  }
  return decoding.fail(ErrorCode::INCOMPLETE_LIST, members[kHasMore], "The list is not whole; fetch all of its pages.");
}

bool check_document(Decoding& decoding) {
  const Node root = decoding.root;
  if (!decoding.require(root, Kind::object, root, {})) {
    return false;
  }
  const Node error = root.find("error");
  if (!error.is(Kind::object) || root.find("data")) {
    return true;
  }
  return decoding.fail(ErrorCode::PROVIDER_ERROR, error,
                       "The body is Stripe's error object; check the key and the request.");
}

bool meet_livemode(Decoding& decoding, Node livemode) {
  if (!livemode.is(Kind::boolean)) {
    return true;
  }
  return decoding.meet_mode(livemode.boolean() ? Mode::live : Mode::test, livemode);
}

// Finds the summary in an event; a bare summary is its own.
bool find_summary(Decoding& decoding, Node& summary) {
  enum : std::size_t { kType, kEventData, kEventLivemode, kEventObject };
  constexpr std::string_view kNames[] = {"type", "data", "livemode", "object"};
  const Node root = decoding.root;
  Members event;
  if (!decoding.read_members(root, kNames, event)) {
    return false;
  }
  const std::string_view type = event[kType].string();
  const std::string_view object = event[kEventObject].string();
  if (!event[kType] && object != "event") {
    summary = root;
    if (object.empty() || object == "entitlements.active_entitlement_summary") {
      return true;
    }
    return decoding.fail(ErrorCode::UNKNOWN_EVENT, event[kEventObject], "The object is no entitlement summary.");
  }
  if (type.starts_with(kThinEvents)) {
    return decoding.fail(ErrorCode::INCOMPLETE_LIST, event[kType], "A thin event brings no list; fetch the list.");
  }
  if (type != kSummaryEvent) {
    return decoding.fail(ErrorCode::UNKNOWN_EVENT, event[kType], "The event is no entitlement summary; ignore it.");
  }
  if (!decoding.require(event[kEventData], Kind::object, root, "data")) {
    return false;
  }
  constexpr std::string_view kDataNames[] = {"object"};
  Members data;
  if (!decoding.read_members(event[kEventData], kDataNames, data)) {
    return false;
  }
  summary = data[0];
  if (!decoding.require(summary, Kind::object, event[kEventData], "object")) {
    return false;
  }
  return meet_livemode(decoding, event[kEventLivemode]);
}

}  // namespace

bool read_stripe_list(Decoding& decoding, bool last_page) {
  if (!check_document(decoding)) {
    return false;
  }
  return read_list(decoding, decoding.root, !last_page);
}

bool read_stripe_summary(Decoding& decoding) {
  enum : std::size_t { kCustomer, kEntitlements, kActiveEntitlements, kSummaryLivemode };
  constexpr std::string_view kNames[] = {"customer", "entitlements", "active_entitlements", "livemode"};
  if (!check_document(decoding)) {
    return false;
  }
  Node summary;
  if (!find_summary(decoding, summary)) {
    return false;
  }
  Members members;
  if (!decoding.read_members(summary, kNames, members)) {
    return false;
  }
  if (!decoding.require(members[kCustomer], Kind::string, summary, "customer")) {
    return false;
  }
  if (!decoding.meet_customer(members[kCustomer])) {
    return false;
  }
  if (!meet_livemode(decoding, members[kSummaryLivemode])) {
    return false;
  }

  const bool current = static_cast<bool>(members[kEntitlements]);
  const std::string_view name = current || !members[kActiveEntitlements] ? "entitlements" : "active_entitlements";
  const Node list = current ? members[kEntitlements] : members[kActiveEntitlements];
  if (!decoding.require(list, Kind::object, summary, name)) {
    return false;
  }
  std::string pointer;
  json::append_pointer(pointer, decoding.root, list);
  pointer += "/data";
  decoding.list_pointer = decoding.out.snapshot.text.keep(pointer);
  return read_list(decoding, list, false);
}

}  // namespace plangate
