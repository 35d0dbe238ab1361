#include "decode_rows.hpp"

#include "json_writer.hpp"
#include "names.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

constexpr TimeMs kLastDate = 8'640'000'000'000'000;  // JavaScript's Date ends here, in both directions

}  // namespace

std::optional<TimeMs> read_time(Node at, bool allow_ms) {
  if (at.is(Kind::string)) {
    return parse_rfc3339(at.string());
  }
  const auto ms = allow_ms ? at.integer() : std::nullopt;
  return ms && *ms >= -kLastDate && *ms <= kLastDate ? ms : std::nullopt;
}

std::string_view keep_canonical(TextArena& text, Node object) {
  if (object.is_nothing()) {
    return {};
  }
  std::string canonical;
  json::append_canonical(canonical, object);
  return text.keep(canonical);
}

bool RowReader::members(MemberReader& reader, Members& members) {
  members = reader.read(row_);
  if (row_.is(Kind::object)) {
    return true;
  }
  warn(WarningCode::WRONG_ROW_TYPE, row_);
  return false;
}

void RowReader::check_duplicate(const Members& members) {
  if (members.duplicate) {
    close(WarningCode::DUPLICATE_MEMBER, members.duplicate);
  }
}

bool RowReader::key(Node at) {
  const std::string_view key = at.string();
  if (key.empty() || key.size() > decoding_.context.caps.max_key_bytes) {
    warn(key.empty() ? WarningCode::MISSING_KEY : WarningCode::KEY_TOO_LONG, at);
    return false;
  }
  entitlement.feature_key = keep(key);
  return true;
}

std::string_view RowReader::text(Node at) {
  if (at.is(Kind::string)) {
    return keep(at.string());
  }
  if (!at.is_nothing()) {
    close(WarningCode::INVALID_FIELD, at);
  }
  return {};
}

bool RowReader::flag(Node at, bool absent) { return at.is_nothing() ? absent : required_flag(at); }

bool RowReader::required_flag(Node at) {
  if (!at.is(Kind::boolean)) {
    close(WarningCode::INVALID_FIELD, at);
  }
  return at.boolean();
}

std::optional<double> RowReader::number(Node at) {
  if (at.is_number()) {
    return at.number();
  }
  if (!at.is_nothing()) {
    close(WarningCode::INVALID_FIELD, at);
  }
  return std::nullopt;
}

TimeMs RowReader::time(Node at, TimeMs absent, bool allow_ms) {
  if (at.is_nothing()) {
    return absent;
  }
  const auto time = read_time(at, allow_ms);
  if (!time) {
    close(WarningCode::INVALID_DATE, at);
  }
  return time.value_or(absent);
}

std::string_view RowReader::config(Node at) {
  if (at.is(Kind::object)) {
    return keep_canonical(decoding_.out.snapshot.text, at);
  }
  if (!at.is_nothing()) {
    close(WarningCode::INVALID_CONFIG, at);
  }
  return {};
}

FeatureType RowReader::type(Node at) {
  if (!at.is(Kind::string)) {
    close(WarningCode::INVALID_FIELD, at);
    return FeatureType::boolean;
  }
  const auto type = enum_of<FeatureType>(kTypeNames, at.string()).value_or(FeatureType::unknown);
  if (type == FeatureType::unknown) {
    warn(WarningCode::UNKNOWN_TYPE, at);
  }
  return type;
}

Status RowReader::status(Node at) {
  if (!at.is(Kind::string)) {
    close(WarningCode::INVALID_FIELD, at);
    return Status::active;
  }
  const auto status = enum_of<Status>(kStatusNames, at.string()).value_or(Status::unknown);
  if (status == Status::unknown) {
    warn(WarningCode::UNKNOWN_STATUS, at);
  }
  return status;
}

void RowReader::close(WarningCode code, Node at) {
  entitlement.malformed = true;
  warn(code, at);
}

void RowReader::warn(WarningCode code, Node at) {
  Warning warning;
  warning.code = code;
  warning.feature_key = entitlement.feature_key;
  warning.page = decoding_.page;
  warning.pointer = decoding_.list_pointer;
  warning.pointer += '/';
  json::append_integer(warning.pointer, static_cast<std::int64_t>(index_));
  if (at) {
    json::append_pointer(warning.pointer, row_, at);
  }
  decoding_.out.warnings.push_back(std::move(warning));
}

void RowReader::finish() {
  decoding_.out.snapshot.entitlements.push_back(entitlement);
  decoding_.places.push_back({static_cast<std::uint32_t>(decoding_.page), static_cast<std::uint32_t>(index_)});
}

}  // namespace plangate
