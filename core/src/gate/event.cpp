// Webhook events: which customer must be refetched. An event is never the authority.
#include <array>
#include <utility>

#include "document.hpp"
#include "plangate/provider.hpp"

namespace plangate {
namespace {

using json::Document;
using json::Kind;
using json::Node;

constexpr std::string_view kSummary = "entitlements.active_entitlement_summary.updated";
constexpr std::string_view kThinPrefix = "v1.entitlements.active_entitlement_summary.";

/// An id given as text, or as an (expanded) object with an id.
std::string_view id_of(Node node) { return node.is(Kind::object) ? node.find("id").string() : node.string(); }

std::optional<TimeMs> moment(Node node) {
  if (node.is(Kind::string)) {
    return parse_rfc3339(node.string());
  }
  const auto seconds = node.integer();
  if (!seconds || *seconds < 0 || *seconds > 253'402'300'799) {
    return std::nullopt;  // year 9999
  }
  return *seconds * 1000;
}

/// Stripe snapshot events carry the object whole; thin events name it by related_object only.
void read_stripe(Node root, ProviderEvent& event) {
  event.id = root.find("id").string();
  event.type = root.find("type").string();
  event.created = moment(root.find("created"));
  if (Node live = root.find("livemode"); live.is(Kind::boolean)) {
    event.mode = live.boolean() ? Mode::live : Mode::test;
  }
  if (event.type == kSummary) {
    Node object = root.find("data").find("object");
    event.kind = EventKind::summary;
    event.customer = id_of(object.find("customer"));
    Node list = object.find("entitlements");
    if (!list) {
      list = object.find("active_entitlements");
    }
    event.more = list.find("has_more").boolean();
  } else if (event.type.starts_with(kThinPrefix)) {
    event.kind = EventKind::thin;
    event.customer = id_of(root.find("data").find("customer"));
    // The summary has no id of its own: Stripe relates it to the customer.
    if (event.customer.empty() && root.find("related_object").find("type").string() == "customer") {
      event.customer = root.find("related_object").find("id").string();
    }
  }
}

/// Paygentic (Svix): {eventType, eventId, timestamp, data}; the seed's older envelope says type and id.
void read_paygentic(Node root, ProviderEvent& event) {
  Node type = root.find("eventType");
  event.type = (type ? type : root.find("type")).string();
  Node id = root.find("eventId");
  event.id = (id ? id : root.find("id")).string();
  event.created = moment(root.find("timestamp"));
  if (!event.type.starts_with("subscription.") && !event.type.starts_with("customer.created")) {
    return;
  }
  event.kind = EventKind::refetch;
  Node data = root.find("data");
  const std::array<Node, 5> places = {data.find("customerId"), data.find("customer"),
                                      data.find("subscription").find("customerId"),
                                      data.find("subscription").find("customer"), root.find("customerId")};
  for (Node place : places) {
    event.customer = id_of(place);
    if (!event.customer.empty()) {
      return;
    }
  }
  if (event.type.starts_with("customer.created")) {
    event.customer = data.find("id").string();
  }
}

}  // namespace

std::string_view name_of(EventKind kind) noexcept {
  constexpr std::array<std::string_view, 4> names = {"summary", "thin", "refetch", "ignored"};
  return names[static_cast<std::size_t>(kind)];
}

Result<ProviderEvent> read_event(EventSource source, std::string_view body, const Caps& caps) {
  auto parsed = Document::parse(body, caps);
  if (!parsed) {
    return std::move(parsed.error());
  }
  const Document document = std::move(parsed).value();
  Node root = document.root();
  if (!root.is(Kind::object)) {
    return Error{ErrorCode::WRONG_TYPE, "An event is a JSON object. Check what sends to this endpoint.", "",
                 std::nullopt, 0};
  }
  ProviderEvent event;
  if (source == EventSource::stripe) {
    read_stripe(root, event);
  } else {
    read_paygentic(root, event);
  }
  if (event.type.empty()) {
    return Error{ErrorCode::MISSING_FIELD, "The event names no type. Check what sends to this endpoint.", "/type",
                 std::nullopt, 0};
  }
  return event;
}

}  // namespace plangate
