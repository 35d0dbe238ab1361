// The rows of every list format: what is wrong in one closes that row, or drops it; the others are untouched.
#include "decode_rows.hpp"

#include "names.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

constexpr TimeMs kLastDate = 8'640'000'000'000'000;  // JavaScript's Date ends here, in both directions
constexpr std::string_view kStripeRow = "entitlements.active_entitlement";

// One row being read. Everything wrong with it closes it (it denies with INVALID_CONFIG) and leaves a warning.
class RowReader {
 public:
  RowReader(Decoding& decoding, const RowFormat& format, const Members& members, Node row, std::uint32_t index)
      : decoding_(decoding), format_(format), members_(members), row_(row), index_(index) {}

  void read() {
    if (!row_.is(Kind::object)) {
      return warn(WarningCode::WRONG_ROW_TYPE, row_);
    }
    // Dropped rows count for customer and mode as well.
    if (members_[kCustomer].is(Kind::string)) {
      decoding_.meet_customer(members_[kCustomer]);
    }
    decoding_.meet_livemode(members_[kLivemode]);
    if (read_key()) {
      read_facts();
      read_usage();
      decoding_.out.snapshot.entitlements.push_back(row_out_);
      decoding_.places.push_back(place());
    }
  }

 private:
  bool read_key() {
    const bool expanded = members_[kFeatureKey].string().empty() && members_[kExpandedKey];
    const Node at = members_[expanded ? kExpandedKey : kFeatureKey];
    const std::size_t size = at.string().size();
    if (size == 0 || size > decoding_.context.caps.max_key_bytes) {
      warn(size == 0 ? WarningCode::MISSING_KEY : WarningCode::KEY_TOO_LONG, at);
      return false;
    }
    row_out_.feature_key = keep(at);
    return true;
  }

  void read_facts() {
    if (members_.duplicate) {
      close(WarningCode::DUPLICATE_MEMBER, members_.duplicate);
    }
    text(kId, row_out_.id);
    const bool expanded = !members_[kFeature] || members_[kFeature].is(Kind::object);
    text(expanded ? kFeatureId : kFeature, row_out_.feature_id);
    text(kProductId, row_out_.product_id);
    text(kSubscriptionId, row_out_.subscription_id);
    is(kCustomer, Kind::string);
    is(kLivemode, Kind::boolean);
    row_out_.type = static_cast<FeatureType>(word(kType, kTypeNames, WarningCode::UNKNOWN_TYPE));
    row_out_.status = static_cast<Status>(word(kStatus, kStatusNames, WarningCode::UNKNOWN_STATUS));
    // A list of something else, features for example, has ids and lookup keys too, and must not grant.
    if (is(kObject, Kind::string) && members_[kObject].string() != kStripeRow) {
      row_out_.type = FeatureType::unknown;
      warn(WarningCode::UNKNOWN_TYPE, members_[kObject]);
    }
    flag(kHasAccess, row_out_.has_access);
    time(kActiveFrom, row_out_.active_from);
    time(kActiveTo, row_out_.active_to);
    if (is(kConfig, Kind::object, WarningCode::INVALID_CONFIG)) {
      row_out_.config = keep_canonical(decoding_.out.snapshot.text, members_[kConfig]);
    }
    // Closed when it was first decoded: the warning was given then.
    bool malformed = false;
    flag(kMalformed, malformed);
    row_out_.malformed = row_out_.malformed || malformed;
  }

  // Paygentic's second generation sends the members of metered rows, as null, with every row: those tell nothing.
  void read_usage() {
    bool told = is(kUsage, Kind::object);
    for (std::size_t field = kUsage + 1; field < kFieldCount; ++field) {
      told = told || !members_[field].is_nothing();
    }
    if (!told) {
      return;
    }
    Usage& usage = row_out_.usage.emplace();
    number(kBalance, usage.balance);
    number(kUsageInPeriod, usage.usage_in_period);
    number(kOverage, usage.overage);
    time(kPeriodStart, usage.period_start);
    time(kPeriodEnd, usage.period_end);
    flag(kSoft, usage.soft);
    text(kPool, usage.pool);
  }

  // Is the member there, and of this kind? Of another kind it closes the row, and when it is required and not there.
  bool is(Field field, Kind kind, WarningCode otherwise = WarningCode::INVALID_FIELD) {
    const Node at = members_[field];
    if (at.is(kind)) {
      return true;
    }
    if (!at.is_nothing() || is_required(field)) {
      close(otherwise, at);
    }
    return false;
  }

  [[nodiscard]] bool is_required(Field field) const { return (format_.required >> field & 1U) != 0; }

  void text(Field field, std::string_view& out) {
    if (is(field, Kind::string)) {
      out = keep(members_[field]);
    }
  }

  // What is no flag says no.
  void flag(Field field, bool& out) {
    if (is(field, Kind::boolean) || !members_[field].is_nothing() || is_required(field)) {
      out = members_[field].boolean();
    }
  }

  void number(Field field, std::optional<double>& out) {
    if (members_[field].is_number() || is(field, Kind::number)) {
      out = members_[field].number();
    }
  }

  void time(Field field, TimeMs& out) {
    if (members_[field].is_nothing()) {
      return;
    }
    const std::optional<TimeMs> time = read_time(members_[field], format_.times_in_ms);
    if (time) {
      out = *time;
    } else {
      close(WarningCode::INVALID_DATE, members_[field]);
    }
  }

  // The place of a word in its list, whose last word is "unknown" and first the default.
  std::size_t word(Field field, const std::string_view (&names)[4], WarningCode unknown) {
    if (!is(field, Kind::string)) {
      return 0;
    }
    std::size_t index = 0;
    while (index < 3 && names[index] != members_[field].string()) {
      ++index;
    }
    if (index == 3) {
      warn(unknown, members_[field]);
    }
    return index;
  }

  std::string_view keep(Node at) { return decoding_.out.snapshot.text.keep(at.string()); }

  void close(WarningCode code, Node at) {
    row_out_.malformed = true;
    warn(code, at);
  }

  // A missing member is told as the row itself.
  void warn(WarningCode code, Node at) {
    std::string below;
    if (at) {
      json::append_pointer(below, row_, at);
    }
    decoding_.warn(code, row_out_.feature_key, place(), below);
  }

  [[nodiscard]] Decoding::Place place() const { return {static_cast<std::uint32_t>(decoding_.page), index_}; }

  Decoding& decoding_;
  const RowFormat& format_;
  const Members& members_;
  Node row_;
  std::uint32_t index_;
  Entitlement row_out_;
};

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

void Decoding::read_rows(Node data, const RowFormat& format) {
  rows_seen += data.size();
  if (rows_seen > context.caps.max_entries) {
    fail(ErrorCode::TOO_MANY_ENTRIES, data);
  }
  // A list's first page says little of how many follow; growing by doubling is left to the vectors after it.
  if (places.empty()) {
    out.snapshot.entitlements.reserve(data.size());
    places.reserve(data.size());
  }
  MemberReader own(format.names);
  MemberReader nested(format.nested);
  std::uint32_t index = 0;
  for (const Node row : data) {
    if (failed) {
      return;
    }
    Members members;
    own.read(row, members);
    nested.read(members[members[kUsage] ? kUsage : kFeature], members);
    RowReader(*this, format, members, row, index++).read();
  }
}

}  // namespace plangate
