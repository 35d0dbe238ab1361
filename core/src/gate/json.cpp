#include "plangate/json.hpp"

#include "json_writer.hpp"
#include "names.hpp"

namespace plangate {
namespace {

using json::Writer;

void number_if_any(Writer& out, std::string_view name, const std::optional<double>& number) {
  if (number) {
    out.member(name).number(*number);
  }
}

void strings(Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  out.member(name).begin_array();
  for (const std::string& text : texts) {
    out.string(text);
  }
  out.end_array();
}

void raw_if_any(Writer& out, std::string_view name, std::string_view json) {
  if (!json.empty()) {
    out.member(name).raw(json);
  }
}

void allowed_and_reason(Writer& out, bool allowed, Reason reason) {
  out.member("allowed").boolean(allowed).member("reason").string(name_of(reason));
}

void balance(Writer& out, std::string_view name, const std::optional<double>& limit,
             const std::optional<double>& remaining) {
  out.member(name).begin_object();
  number_if_any(out, "limit", limit);
  number_if_any(out, "remaining", remaining);
  out.end_object();
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
  raw_if_any(out, "config", decision.config);
  number_if_any(out, "limit", decision.limit);
  number_if_any(out, "remaining", decision.remaining);
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
  number_if_any(out, "limit", result.limit);
  if (result.unlimited) {
    out.member("unlimited").boolean(true);
  }
  out.member("used").number(result.used);
  number_if_any(out, "remaining", result.remaining);
  out.end_object();
  return text;
}

std::string to_json(const Diff& diff) {
  std::string text;
  Writer out(text);
  out.begin_object();
  strings(out, "granted", diff.granted);
  strings(out, "revoked", diff.revoked);
  out.member("configChanged").begin_array();
  for (const Diff::ConfigChange& change : diff.config_changed) {
    out.begin_object().member("key").string(change.key).member("field").string(change.field);
    raw_if_any(out, "from", change.from);
    raw_if_any(out, "to", change.to);
    out.end_object();
  }
  out.end_array().member("usageChanged").begin_array();
  for (const Diff::UsageChange& change : diff.usage_changed) {
    out.begin_object().member("key").string(change.key);
    balance(out, "from", change.limit_from, change.remaining_from);
    balance(out, "to", change.limit_to, change.remaining_to);
    out.end_object();
  }
  out.end_array().end_object();
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
