// What servers ask besides: pages, events, catalogues and several systems as one. Part of the binding; marshals only.
#include <emscripten/bind.h>

#include <string>
#include <vector>

#include "gate/document.hpp"
#include "gate/json_writer.hpp"
#include "plangate/json.hpp"
#include "plangate/provider.hpp"
#include "requests.hpp"
#include "session.hpp"

namespace {

using plangate::Error;
using plangate::ErrorCode;
using plangate::SnapshotHandle;
using plangate::binding::Session;
using plangate::binding::session_of;
using plangate::json::Document;
using plangate::json::Node;
using plangate::json::Writer;

constexpr const char* kBadRequest = "The request has an unknown or missing member, or one of a wrong type.";

/// A call that reads input pages and a JSON request: what both have in common.
struct Call {
  Session* session = nullptr;
  std::string bytes;
  std::vector<std::string_view> pages;
  Document request;

  /// False: there is no session, or an error was noted.
  bool begin(int e, const std::string& json, bool has_input) {
    session = session_of(e);
    if (session == nullptr) {
      return false;
    }
    session->succeed();
    if (has_input && !session->take_pages(bytes, pages)) {
      return false;
    }
    auto parsed = Document::parse(json, plangate::Caps{});
    if (!parsed) {
      session->fail(std::move(parsed).error());
      return false;
    }
    request = std::move(parsed).value();
    return true;
  }

  [[nodiscard]] Node operator[](std::string_view name) const { return request.root().find(name); }
  [[nodiscard]] std::size_t count(std::string_view name, std::size_t absent) const {
    const auto value = (*this)[name].integer();
    return value && *value >= 0 ? static_cast<std::size_t>(*value) : absent;
  }
  std::string refuse(const char* pointer) const {
    session->fail(Error{ErrorCode::INVALID_OPTION, kBadRequest, pointer, std::nullopt, 0});
    return {};
  }
  std::string refuse(const Error& error) const {
    session->fail(error);
    return {};
  }
};

void put_text(Writer& out, std::string_view name, std::string_view text) {
  out.member(name);
  text.empty() ? out.null() : out.string(text);
}

std::string page(int e, const std::string& request) {
  Call call;
  if (!call.begin(e, request, true)) {
    return {};
  }
  const auto format = plangate::binding::format_named(call["format"].string());
  if (!format || call.pages.size() != 1) {
    return call.refuse("/format");
  }
  auto read = plangate::read_list_page(*format, call.pages[0], {call.count("limit", 100), call.count("offset", 0)},
                                       call.session->engine.caps());
  if (!read) {
    return call.refuse(read.error());
  }
  const plangate::ListPage& facts = read.value();
  std::string text;
  Writer out(text);
  out.begin_object().member("rows").integer(static_cast<std::int64_t>(facts.rows)).member("more").boolean(facts.more);
  put_text(out, "cursor", facts.cursor);
  out.member("total");
  facts.total ? out.integer(static_cast<std::int64_t>(*facts.total)) : out.null();
  out.end_object();
  return text;
}

std::string event(int e, const std::string& request) {
  Call call;
  if (!call.begin(e, request, true)) {
    return {};
  }
  const std::string_view source = call["source"].string();
  if ((source != "stripe" && source != "paygentic") || call.pages.size() != 1) {
    return call.refuse("/source");
  }
  auto read =
      plangate::read_event(source == "stripe" ? plangate::EventSource::stripe : plangate::EventSource::paygentic,
                           call.pages[0], call.session->engine.caps());
  if (!read) {
    return call.refuse(read.error());
  }
  const plangate::ProviderEvent& facts = read.value();
  std::string text;
  Writer out(text);
  out.begin_object().member("kind").string(name_of(facts.kind));
  put_text(out, "id", facts.id);
  out.member("type").string(facts.type);
  put_text(out, "customer", facts.customer);
  put_text(out, "mode", !facts.mode ? "" : *facts.mode == plangate::Mode::live ? "live" : "test");
  out.member("created");
  facts.created ? out.integer(*facts.created) : out.null();
  out.member("more").boolean(facts.more).end_object();
  return text;
}

SnapshotHandle combine(int e, const std::string& handles, const std::string& request) {
  Call call;
  if (!call.begin(e, request, false)) {
    return 0;
  }
  auto list = Document::parse(handles, plangate::Caps{});
  std::vector<SnapshotHandle> parts;
  if (list) {
    for (const Node handle : list.value().root()) {
      parts.push_back(static_cast<SnapshotHandle>(handle.integer().value_or(0)));
    }
  }
  const std::string_view customer = call["customer"].string();
  const std::string_view source = call["source"].string();
  if (customer.empty() || source.empty()) {
    call.refuse(customer.empty() ? "/customer" : "/source");
    return 0;
  }
  auto combined = call.session->engine.combine(parts, customer, source);
  if (!combined) {
    call.refuse(combined.error());
    return 0;
  }
  return combined.value();
}

unsigned names_generation(int e) {
  const Session* s = session_of(e);
  return s == nullptr ? 0 : s->engine.names_generation();
}

std::string counter(int e, SnapshotHandle snapshot, const std::string& key, const std::string& field, double now,
                    const std::string& product) {
  const Session* s = session_of(e);
  return s == nullptr ? std::string{}
                      : to_json(s->engine.counter(snapshot, key, {field, product}, plangate::binding::to_time(now)));
}

std::string catalogue(int e, const std::string& request) {
  Call call;
  if (!call.begin(e, request, true)) {
    return {};
  }
  std::size_t at = 0;
  bool enough = call["format"].string() == "stripe";
  const auto take = [&](std::size_t count) -> std::span<const std::string_view> {
    enough = enough && count <= call.pages.size() - at;
    const std::size_t from = at;
    at += enough ? count : 0;
    return {call.pages.data() + from, at - from};
  };
  plangate::StripeCataloguePages lists;
  lists.features = take(call.count("features", 0));
  lists.products = take(call.count("products", 0));
  lists.prices = take(call.count("prices", 0));
  std::vector<plangate::AttachmentPages> attachments;
  for (const Node attachment : call["attachments"]) {
    const auto count = attachment.find("pages").integer().value_or(0);
    attachments.push_back({attachment.find("product").string(), take(count > 0 ? static_cast<std::size_t>(count) : 0)});
  }
  lists.attachments = attachments;
  if (!enough || at != call.pages.size()) {
    return call.refuse("");
  }
  auto read = plangate::read_stripe_catalogue(lists, call.session->engine.caps());
  return read ? std::move(read).value() : call.refuse(read.error());
}

}  // namespace

EMSCRIPTEN_BINDINGS(plangate_server) {
  using emscripten::function;
  function("page", &page);
  function("event", &event);
  function("combine", &combine);
  function("namesGeneration", &names_generation);
  function("counter", &counter);
  function("catalogue", &catalogue);
}
