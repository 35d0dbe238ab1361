#include "plangate/json.hpp"

#include "json_writer.hpp"
#include "names.hpp"

namespace plangate {
namespace {

using json::Writer;

void strings(Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  out.member(name).begin_array();
  for (const std::string& text : texts) {
    out.string(text);
  }
  out.end_array();
}

void allowed_and_reason(Writer& out, bool allowed, Reason reason) {
  out.member("allowed").boolean(allowed).member("reason").string(name_of(reason));
}

void page_of(Writer& out, std::string_view pointer, std::size_t page) {
  out.member("pointer").string(pointer).member("page").integer(static_cast<std::int64_t>(page));
}

}  // namespace

std::string to_json(const Decision& decision) {
  std::string text;
  Writer out(text);
  out.begin_object().member("key").string(decision.key);
  allowed_and_reason(out, decision.allowed, decision.reason);
  out.raw_if_any("config", decision.config);
  out.number_if_any("limit", decision.limit);
  out.number_if_any("remaining", decision.remaining);
  strings(out, "grants", decision.grants);
  out.member("validUntil");
  decision.valid_until == kNever ? out.null() : out.integer(decision.valid_until);
  out.member("stale").boolean(decision.stale).member("fallback").boolean(decision.fallback).end_object();
  return text;
}

std::string to_json(const LimitResult& result) {
  std::string text;
  Writer out(text);
  out.begin_object();
  allowed_and_reason(out, result.allowed, result.reason);
  out.number_if_any("limit", result.limit);
  if (result.unlimited) {
    out.member("unlimited").boolean(true);
  }
  out.member("used").number(result.used);
  out.number_if_any("remaining", result.remaining);
  out.end_object();
  return text;
}

std::string to_json(const Error& error) {
  std::string text;
  Writer out(text);
  out.begin_object().member("code").string(name_of(error.code)).member("message").string(error.message);
  page_of(out, error.pointer, error.page);
  if (error.offset) {
    out.member("offset").integer(static_cast<std::int64_t>(*error.offset));
  }
  out.end_object();
  return text;
}

std::string to_json(const std::vector<Warning>& warnings) {
  std::string text;
  Writer out(text);
  out.begin_array();
  for (const Warning& warning : warnings) {
    out.begin_object().member("code").string(name_of(warning.code)).member("featureKey").string(warning.feature_key);
    page_of(out, warning.pointer, warning.page);
    out.end_object();
  }
  out.end_array();
  return text;
}

std::string to_json(const Engine::Info& info) {
  std::string text;
  Writer out(text);
  out.begin_object().member("customer").string(info.customer).member("source").string(info.source);
  out.member("mode").string(word_of(kModeNames, info.mode)).member("asOf").integer(info.as_of);
  out.member("entries").integer(static_cast<std::int64_t>(info.entries)).end_object();
  return text;
}

}  // namespace plangate
