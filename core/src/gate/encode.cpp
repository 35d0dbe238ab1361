// Writes plangate's own snapshot format, docs/wire-format.md. Members equal to their default are left out.
#include "json_writer.hpp"
#include "names.hpp"
#include "plangate/decode.hpp"

namespace plangate {
namespace {

using json::Writer;

void put_text(Writer& writer, const char* name, const std::string_view& text) {
  if (!text.empty()) {
    writer.member(name).string(text);
  }
}

void put_number(Writer& writer, const char* name, const std::optional<double>& number) {
  if (number) {
    writer.member(name).number(*number);
  }
}

void put_flag(Writer& writer, const char* name, bool value, bool absent) {
  if (value != absent) {
    writer.member(name).boolean(value);
  }
}

void put_time(Writer& writer, const char* name, TimeMs time, TimeMs absent) {
  if (time != absent) {
    writer.member(name).integer(time);
  }
}

void put_json(Writer& writer, const char* name, const std::string_view& json) {
  if (!json.empty()) {
    writer.member(name).raw(json);
  }
}

void put_usage(Writer& writer, const Usage& usage) {
  writer.member("usage").begin_object();
  put_number(writer, "balance", usage.balance);
  put_number(writer, "usageInPeriod", usage.usage_in_period);
  put_number(writer, "overage", usage.overage);
  put_time(writer, "periodStart", usage.period_start, kAlways);
  put_time(writer, "periodEnd", usage.period_end, kNever);
  put_flag(writer, "soft", usage.soft, false);
  put_text(writer, "pool", usage.pool);
  writer.end_object();
}

void put_row(Writer& writer, const Entitlement& row) {
  writer.begin_object();
  put_text(writer, "id", row.id);
  put_text(writer, "featureKey", row.feature_key);
  put_text(writer, "featureId", row.feature_id);
  put_text(writer, "productId", row.product_id);
  put_text(writer, "subscriptionId", row.subscription_id);
  if (row.type != FeatureType::boolean) {
    writer.member("type").string(word_of(kTypeNames, row.type));
  }
  if (row.status != Status::active) {
    writer.member("status").string(word_of(kStatusNames, row.status));
  }
  put_flag(writer, "hasAccess", row.has_access, true);
  put_time(writer, "activeFrom", row.active_from, kAlways);
  put_time(writer, "activeTo", row.active_to, kNever);
  put_json(writer, "config", row.config);
  if (row.usage) {
    put_usage(writer, *row.usage);
  }
  put_flag(writer, "malformed", row.malformed, false);
  writer.end_object();
}

}  // namespace

std::string encode(const Snapshot& snapshot, bool with_catalogue) {
  std::string out;
  out.reserve(128 + snapshot.entitlements.size() * 128);
  Writer writer(out);
  writer.begin_object().member("plangate").integer(1);
  writer.member("customer").string(snapshot.customer);
  writer.member("source").string(snapshot.source);
  if (snapshot.mode != Mode::live) {
    writer.member("mode").string(word_of(kModeNames, snapshot.mode));
  }
  writer.member("asOf").integer(snapshot.as_of);
  writer.member("entitlements").begin_array();
  for (const Entitlement& row : snapshot.entitlements) {
    put_row(writer, row);
  }
  writer.end_array();
  if (with_catalogue) {
    put_json(writer, "catalogue", snapshot.catalogue);
  }
  put_json(writer, "merge", snapshot.merge);
  put_json(writer, "unlimitedValue", snapshot.unlimited_value);
  writer.end_object();
  return out;
}

}  // namespace plangate
