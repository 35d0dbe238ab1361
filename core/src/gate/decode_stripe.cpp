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
std::optional<Error> read_row(Decoding& decoding, MemberReader& rows, MemberReader& features, Node node,
                              std::size_t index) {
  RowReader row(decoding, node, index);
  Members members;
  if (!row.members(rows, members)) return std::nullopt;
  if (members[kLivemode].is(Kind::boolean)) {
    const Mode told = members[kLivemode].boolean() ? Mode::live : Mode::test;
    if (auto error = decoding.meet_mode(told, members[kLivemode])) return error;
  }
  const Node feature = members[kFeature];
  const Members expanded = features.read(feature);
  const bool own_key = !members[kLookupKey].string().empty();
  const Node key = own_key || !expanded[kFeatureKey] ? members[kLookupKey] : expanded[kFeatureKey];
  if (!row.key(key)) return std::nullopt;

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
  return std::nullopt;
}

std::optional<Error> read_rows(Decoding& decoding, Node data) {
  if (auto error = decoding.expect_rows(data)) return error;
  MemberReader rows(kRowNames);
  MemberReader features(kFeatureNames);
  std::size_t index = 0;
  for (const Node node : data) {
    if (auto error = read_row(decoding, rows, features, node, index++)) return error;
  }
  return std::nullopt;
}

// A list object: `more` is what its has_more must say.
std::optional<Error> read_list(Decoding& decoding, Node list, bool more) {
  Members members;
  if (auto error = decoding.read_members(list, kListNames, members)) return error;
  if (auto error = decoding.require(members[kData], Kind::array, list, "data")) return error;
  if (auto error = decoding.require(members[kHasMore], Kind::boolean, list, "has_more")) return error;
  if (auto error = read_rows(decoding, members[kData])) return error;
  if (members[kHasMore].boolean() == more) return std::nullopt;
  return decoding.fail(ErrorCode::INCOMPLETE_LIST, members[kHasMore], "The list is not whole; fetch all of its pages.");
}

std::optional<Error> check_document(const Decoding& decoding) {
  const Node root = decoding.root;
  if (auto error = decoding.require(root, Kind::object, root, {})) return error;
  const Node error = root.find("error");
  if (!error.is(Kind::object) || root.find("data")) return std::nullopt;
  return decoding.fail(ErrorCode::PROVIDER_ERROR, error, "The body is Stripe's error object; check the key and the request.");
}

std::optional<Error> meet_livemode(Decoding& decoding, Node livemode) {
  if (!livemode.is(Kind::boolean)) return std::nullopt;
  return decoding.meet_mode(livemode.boolean() ? Mode::live : Mode::test, livemode);
}

// Finds the summary in an event; a bare summary is its own.
std::optional<Error> find_summary(Decoding& decoding, Node& summary) {
  enum : std::size_t { kType, kEventData, kEventLivemode, kEventObject };
  constexpr std::string_view kNames[] = {"type", "data", "livemode", "object"};
  const Node root = decoding.root;
  Members event;
  if (auto error = decoding.read_members(root, kNames, event)) return error;
  const std::string_view type = event[kType].string();
  const std::string_view object = event[kEventObject].string();
  if (!event[kType] && object != "event") {
    summary = root;
    if (object.empty() || object == "entitlements.active_entitlement_summary") return std::nullopt;
    return decoding.fail(ErrorCode::UNKNOWN_EVENT, event[kEventObject], "The object is no entitlement summary.");
  }
  if (type.starts_with(kThinEvents)) {
    return decoding.fail(ErrorCode::INCOMPLETE_LIST, event[kType], "A thin event brings no list; fetch the list.");
  }
  if (type != kSummaryEvent) {
    return decoding.fail(ErrorCode::UNKNOWN_EVENT, event[kType], "The event is no entitlement summary; ignore it.");
  }
  if (auto error = decoding.require(event[kEventData], Kind::object, root, "data")) return error;
  constexpr std::string_view kDataNames[] = {"object"};
  Members data;
  if (auto error = decoding.read_members(event[kEventData], kDataNames, data)) return error;
  summary = data[0];
  if (auto error = decoding.require(summary, Kind::object, event[kEventData], "object")) return error;
  return meet_livemode(decoding, event[kEventLivemode]);
}

}  // namespace

std::optional<Error> read_stripe_list(Decoding& decoding, bool last_page) {
  if (auto error = check_document(decoding)) return error;
  return read_list(decoding, decoding.root, !last_page);
}

std::optional<Error> read_stripe_summary(Decoding& decoding) {
  enum : std::size_t { kCustomer, kEntitlements, kActiveEntitlements, kSummaryLivemode };
  constexpr std::string_view kNames[] = {"customer", "entitlements", "active_entitlements", "livemode"};
  if (auto error = check_document(decoding)) return error;
  Node summary;
  if (auto error = find_summary(decoding, summary)) return error;
  Members members;
  if (auto error = decoding.read_members(summary, kNames, members)) return error;
  if (auto error = decoding.require(members[kCustomer], Kind::string, summary, "customer")) return error;
  if (auto error = decoding.meet_customer(members[kCustomer])) return error;
  if (auto error = meet_livemode(decoding, members[kSummaryLivemode])) return error;

  const bool current = static_cast<bool>(members[kEntitlements]);
  const std::string_view name = current || !members[kActiveEntitlements] ? "entitlements" : "active_entitlements";
  const Node list = current ? members[kEntitlements] : members[kActiveEntitlements];
  if (auto error = decoding.require(list, Kind::object, summary, name)) return error;
  std::string pointer;
  json::append_pointer(pointer, decoding.root, list);
  pointer += "/data";
  decoding.list_pointer = decoding.out.snapshot.text.keep(pointer);
  return read_list(decoding, list, false);
}

}  // namespace plangate
