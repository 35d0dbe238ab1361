// Objects as JSON (bindings/BILLING.md). Internal to core/billing.
#pragma once

#include "../gate/json_writer.hpp"
#include "model.hpp"

namespace plangate::billing {

void write(json::Writer& out, const Books& books, const Feature& feature);
void write(json::Writer& out, const Books& books, const Product& product);
void write(json::Writer& out, const Books& books, const Plan& plan);
void write(json::Writer& out, const Books& books, const Price& price);
void write(json::Writer& out, const Books& books, const Attachment& attachment);
void write(json::Writer& out, const Books& books, const Clock& clock);
void write(json::Writer& out, const Books& books, const Customer& customer);
void write(json::Writer& out, const Books& books, const Subscription& subscription);
void write(json::Writer& out, const Books& books, const UsageRecord& record);

/// null, or the object that a template is.
void write_template(json::Writer& out, const Template& gives);
/// {"id","deleted":true}
void write_deleted(json::Writer& out, std::string_view id);
/// A member that is null when there is nothing.
void write_time(json::Writer& out, std::string_view name, const std::optional<TimeMs>& value);
void write_text(json::Writer& out, std::string_view name, const std::optional<std::string>& value);

/// The object as text.
template <class T>
std::string text_of(const Books& books, const T& object) {
  std::string text;
  json::Writer out(text);
  write(out, books, object);
  return text;
}

}  // namespace plangate::billing
