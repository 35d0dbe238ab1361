#include "requests.hpp"

#include <iterator>

namespace plangate::binding {
namespace {

using json::Document;
using json::Kind;
using json::Node;

Error invalid(const Document& document, Node node) {
  Error error;
  error.code = ErrorCode::INVALID_OPTION;
  error.message = message_of(error.code);
  error.pointer = document.pointer_to(node);
  return error;
}

/// An absent or null text member reads as empty; false: it is something else than text.
bool read_text(Node node, std::string_view& out) {
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

bool read_member(Node node, DecodeContext& out) {
  const std::string_view name = node.key();
  return name == "customer"                                    ? read_text(node, out.customer)
         : name == "source"                                    ? read_text(node, out.source)
         : name == "mode"                                      ? read_mode(node, out.mode)
         : name == "asOf"                                      ? read_time(node, out.as_of)
         : name == "customerIsAlias" && node.is(Kind::boolean) ? (out.customer_is_alias = node.boolean(), true)
                                                               : false;
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

std::optional<Error> read_load_request(const Document& request, DecodeContext& out) {
  if (!request.root().is(Kind::object)) {
    return invalid(request, request.root());
  }
  for (const Node member : request.root()) {
    if (!read_member(member, out)) {
      return invalid(request, member);
    }
  }
  return std::nullopt;
}

}  // namespace plangate::binding
