// plangate's own snapshot format, docs/wire-format.md.
#include "decode_rows.hpp"
#include "names.hpp"
#include "policies.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

constexpr std::int64_t kVersion = 1;

constexpr FieldName kRow[] = {{"id", kId},
                              {"featureKey", kFeatureKey},
                              {"featureId", kFeatureId},
                              {"productId", kProductId},
                              {"subscriptionId", kSubscriptionId},
                              {"type", kType},
                              {"status", kStatus},
                              {"hasAccess", kHasAccess},
                              {"activeFrom", kActiveFrom},
                              {"activeTo", kActiveTo},
                              {"config", kConfig},
                              {"usage", kUsage},
                              {"malformed", kMalformed}};
constexpr FieldName kRowUsage[] = {{"balance", kBalance},
                                   {"usageInPeriod", kUsageInPeriod},
                                   {"overage", kOverage},
                                   {"periodStart", kPeriodStart},
                                   {"periodEnd", kPeriodEnd},
                                   {"soft", kSoft},
                                   {"pool", kPool}};
constexpr RowFormat kRows{.names = kRow, .nested = kRowUsage, .times_in_ms = true};

void read_version(Decoding& decoding) {
  const Node version = decoding.member(decoding.root, "plangate");
  if (!version.is_number()) {
    decoding.refuse(decoding.root, "plangate", version);
  } else if (version.integer() != kVersion) {
    decoding.fail(ErrorCode::UNSUPPORTED_VERSION, version);
  }
}

void read_source(Decoding& decoding) {
  Snapshot& snapshot = decoding.out.snapshot;
  const Node source = decoding.require(decoding.root, "source", Kind::string);
  if (source.string().empty()) {
    decoding.fail(ErrorCode::WRONG_TYPE, source);
  }
  if (snapshot.source.empty()) {
    snapshot.source = snapshot.text.keep(source.string());
  }
  if (snapshot.source != source.string()) {
    decoding.fail(ErrorCode::SOURCE_MISMATCH, source);
  }
}

void read_mode(Decoding& decoding) {
  const Node mode = decoding.member(decoding.root, "mode");
  const bool test = mode.string() == kModeNames[1];
  if (mode && !test && mode.string() != kModeNames[0]) {
    decoding.fail(ErrorCode::WRONG_TYPE, mode);
  }
  decoding.meet_mode(test ? Mode::test : Mode::live, mode);
}

void read_as_of(Decoding& decoding) {
  const Node at = decoding.member(decoding.root, "asOf");
  const std::optional<TimeMs> as_of = read_time(at, true);
  if (!as_of) {
    decoding.refuse(decoding.root, "asOf", at);
  }
  decoding.out.snapshot.as_of = as_of.value_or(0);
}

std::string_view read_policies(Decoding& decoding, std::string_view name) {
  const Node policies = decoding.member(decoding.root, name);
  Node at;
  const ErrorCode code = check_policies(policies, at);
  if (at) {
    decoding.fail(code, at);
  }
  return policies.size() == 0 ? std::string_view{} : keep_canonical(decoding.out.snapshot.text, policies);
}

}  // namespace

void read_snapshot(Decoding& decoding) {
  Snapshot& snapshot = decoding.out.snapshot;
  decoding.require_object();
  read_version(decoding);
  decoding.meet_customer(decoding.require(decoding.root, "customer", Kind::string));
  read_source(decoding);
  read_mode(decoding);
  read_as_of(decoding);
  decoding.list_pointer = "/entitlements";
  decoding.read_rows(decoding.require(decoding.root, "entitlements", Kind::array), kRows);
  // What is in the catalogue matters when it is asked for: it gates nothing.
  const Node catalogue = decoding.member(decoding.root, "catalogue");
  if (!catalogue.is_nothing() && !catalogue.is(Kind::object)) {
    decoding.fail(ErrorCode::WRONG_TYPE, catalogue);
  }
  snapshot.catalogue = keep_canonical(snapshot.text, catalogue);
  snapshot.merge = read_policies(decoding, kMerge);
  snapshot.unlimited_value = read_policies(decoding, kUnlimitedValue);
}

}  // namespace plangate
