#include "requests.hpp"

#include <iterator>

#include "gate/document.hpp"

namespace plangate::binding {
namespace {

using json::Document;
using json::Kind;
using json::Node;

Error invalid(const Document& document, Node node, std::string_view what) {
  Error error;
  error.code = ErrorCode::INVALID_OPTION;
  error.message = what;
  error.pointer = document.pointer_to(node);
  return error;
}

/// An absent or null text member reads as empty; false: it is something else than text.
bool read_text(Node node, std::string& out) {
  if (node.is_nothing()) {
    return true;
  }
  out = node.string();
  return node.is(Kind::string);
}

bool read_mode(Node node, std::optional<Mode>& out) {
  if (node.is_nothing()) {
    return true;
  }
  const std::string_view text = node.string();
  out = text == "test" ? Mode::test : Mode::live;
  return text == "test" || text == "live";
}

bool read_time(Node node, std::optional<TimeMs>& out) {
  if (node.is_nothing()) {
    return true;
  }
  out = node.is(Kind::string) ? parse_rfc3339(node.string()) : node.integer();
  return out.has_value();
}

bool read_member(Node node, LoadRequest& out) {
  const std::string_view name = node.key();
  return name == "customer"                                    ? read_text(node, out.customer)
         : name == "source"                                    ? read_text(node, out.source)
         : name == "mode"                                      ? read_mode(node, out.mode)
         : name == "asOf"                                      ? read_time(node, out.as_of)
         : name == "customerIsAlias" && node.is(Kind::boolean) ? (out.customer_is_alias = node.boolean(), true)
                                                               : false;
}

/// Reads every member of a request object through its read_member().
template <class Request>
Result<Request> read_request(std::string_view text, Request request) {
  Result<Document> parsed = Document::parse(text, Caps{});
  if (!parsed) {
    return std::move(parsed).error();
  }
  const Document& document = parsed.value();
  if (!document.root().is(Kind::object)) {
    return invalid(document, document.root(), "A request is an object.");
  }
  for (const Node member : document.root()) {
    if (!read_member(member, request)) {
      return invalid(document, member, "Unknown request member, or a wrong type or value.");
    }
  }
  return request;
}

}  // namespace

std::optional<Format> format_named(std::string_view name) noexcept {
  constexpr std::string_view kNames[] = {"snapshot", "stripe-list", "stripe-summary", "paygentic-list"};  // by number
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (name == kNames[i]) {
      return static_cast<Format>(i);
    }
  }
  return std::nullopt;
}

Result<LoadRequest> read_load_request(std::string_view json) {
  return read_request(json.empty() ? std::string_view{"{}"} : json, LoadRequest{});
}

}  // namespace plangate::binding
