// Answers as JSON text: the shapes that json.hpp promises.
#include "plangate/json.hpp"

#include "json_writer.hpp"

namespace plangate {
namespace {

using json::Writer;

void write_number(Writer& out, std::string_view name, const std::optional<double>& value) {
  if (value) out.member(name).number(*value);
}

void write_names(Writer& out, std::string_view name, const std::vector<std::string>& values) {
  out.member(name).begin_array();
  for (const std::string& value : values) out.string(value);
  out.end_array();
}

/// Optional JSON text: left out when empty.
void write_raw(Writer& out, std::string_view name, std::string_view json) {
  if (!json.empty()) out.member(name).raw(json);
}

void write_usage(Writer& out, std::string_view name, const std::optional<double>& limit,
                 const std::optional<double>& remaining) {
  out.member(name).begin_object();
  write_number(out, "limit", limit);
  write_number(out, "remaining", remaining);
  out.end_object();
}

void write_unlock(Writer& out, const Unlock& unlock) {
  out.begin_object().member("productId").string(unlock.product_id).member("name").string(unlock.name);
  write_raw(out, "display", unlock.display);
  out.member("prices").begin_array();
  for (const Unlock::UnlockPrice& price : unlock.prices) {
    out.begin_object().member("id").string(price.id);
    write_number(out, "unitAmount", price.unit_amount);
    out.member("currency").string(price.currency);
    if (!price.interval.empty()) {
      out.member("interval").string(price.interval).member("intervalCount").integer(price.interval_count);
    }
    out.end_object();
  }
  out.end_array().end_object();
}

}  // namespace

std::string to_json(const Decision& decision) {
  std::string text;
  Writer out(text);
  out.begin_object().member("key").string(decision.key).member("allowed").boolean(decision.allowed);
  out.member("reason").string(name_of(decision.reason));
  write_raw(out, "config", decision.config);
  write_number(out, "limit", decision.limit);
  write_number(out, "remaining", decision.remaining);
  write_names(out, "grants", decision.grants);
  out.member("validUntil");
  decision.valid_until == kNever ? out.null() : out.integer(decision.valid_until);
  out.member("stale").boolean(decision.stale).member("fallback").boolean(decision.fallback).end_object();
  return text;
}

std::string to_json(const LimitResult& result) {
  std::string text;
  Writer out(text);
  out.begin_object().member("allowed").boolean(result.allowed).member("reason").string(name_of(result.reason));
  write_number(out, "limit", result.limit);
  if (result.unlimited) out.member("unlimited").boolean(true);
  out.member("used").number(result.used);
  write_number(out, "remaining", result.remaining);
  out.end_object();
  return text;
}

std::string to_json(const Diff& diff) {
  std::string text;
  Writer out(text);
  out.begin_object();
  write_names(out, "granted", diff.granted);
  write_names(out, "revoked", diff.revoked);
  out.member("configChanged").begin_array();
  for (const Diff::ConfigChange& change : diff.config_changed) {
    out.begin_object().member("key").string(change.key).member("field").string(change.field);
    write_raw(out, "from", change.from);
    write_raw(out, "to", change.to);
    out.end_object();
  }
  out.end_array().member("usageChanged").begin_array();
  for (const Diff::UsageChange& change : diff.usage_changed) {
    out.begin_object().member("key").string(change.key);
    write_usage(out, "from", change.limit_from, change.remaining_from);
    write_usage(out, "to", change.limit_to, change.remaining_to);
    out.end_object();
  }
  out.end_array().end_object();
  return text;
}

std::string to_json(const std::vector<Unlock>& unlocks) {
  std::string text;
  Writer out(text);
  out.begin_array();
  for (const Unlock& unlock : unlocks) write_unlock(out, unlock);
  out.end_array();
  return text;
}

std::string to_json(const Error& error) {
  std::string text;
  Writer out(text);
  out.begin_object().member("code").string(name_of(error.code)).member("message").string(error.message);
  out.member("pointer").string(error.pointer).member("page").integer(static_cast<std::int64_t>(error.page));
  if (error.offset) out.member("offset").integer(static_cast<std::int64_t>(*error.offset));
  out.end_object();
  return text;
}

std::string to_json(const std::vector<Warning>& warnings) {
  std::string text;
  Writer out(text);
  out.begin_array();
  for (const Warning& warning : warnings) {
    out.begin_object().member("code").string(name_of(warning.code));
    out.member("featureKey").string(warning.feature_key).member("pointer").string(warning.pointer);
    out.member("page").integer(static_cast<std::int64_t>(warning.page)).end_object();
  }
  out.end_array();
  return text;
}

std::string to_json(const Engine::Info& info) {
  std::string text;
  Writer out(text);
  out.begin_object().member("customer").string(info.customer).member("source").string(info.source);
  out.member("mode").string(info.mode == Mode::live ? "live" : "test").member("asOf").integer(info.as_of);
  out.member("entries").integer(static_cast<std::int64_t>(info.entries)).end_object();
  return text;
}

}  // namespace plangate
