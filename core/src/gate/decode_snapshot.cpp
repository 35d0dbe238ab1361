// plangate's own snapshot format, docs/wire-format.md.
#include "decode_rows.hpp"
#include "names.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

constexpr std::int64_t kVersion = 1;

enum RowField : std::size_t {
  kId,
  kFeatureKey,
  kFeatureId,
  kProductId,
  kSubscriptionId,
  kType,
  kStatus,
  kHasAccess,
  kActiveFrom,
  kActiveTo,
  kConfig,
  kUsage,
  kMalformed
};
constexpr std::string_view kRowNames[] = {"id",     "featureKey", "featureId", "productId",  "subscriptionId",
                                          "type",   "status",     "hasAccess", "activeFrom", "activeTo",
                                          "config", "usage",      "malformed"};
static_assert(std::size(kRowNames) == kMalformed + 1);

enum UsageField : std::size_t { kBalance, kUsageInPeriod, kOverage, kPeriodStart, kPeriodEnd, kSoft, kPool };
constexpr std::string_view kUsageNames[] = {"balance",   "usageInPeriod", "overage", "periodStart",
                                            "periodEnd", "soft",          "pool"};

enum Field : std::size_t {
  kPlangate,
  kCustomer,
  kSource,
  kMode,
  kAsOf,
  kEntitlements,
  kCatalogue,
  kMerge,
  kUnlimitedValue
};
constexpr std::string_view kNames[] = {"plangate",     "customer",  "source", "mode",          "asOf",
                                       "entitlements", "catalogue", "merge",  "unlimitedValue"};

std::optional<Usage> read_usage(RowReader& row, MemberReader& reader, Node node) {
  if (node.is_nothing()) {
    return std::nullopt;
  }
  if (!node.is(Kind::object)) {
    row.close(WarningCode::INVALID_FIELD, node);
    return std::nullopt;
  }
  const Members members = reader.read(node);
  row.check_duplicate(members);
  Usage usage;
  usage.balance = row.number(members[kBalance]);
  usage.usage_in_period = row.number(members[kUsageInPeriod]);
  usage.overage = row.number(members[kOverage]);
  usage.period_start = row.time(members[kPeriodStart], kAlways, true);
  usage.period_end = row.time(members[kPeriodEnd], kNever, true);
  usage.soft = row.flag(members[kSoft], false);
  usage.pool = row.text(members[kPool]);
  return usage;
}

void read_row(Decoding& decoding, MemberReader& rows, MemberReader& usages, Node node, std::size_t index) {
  RowReader row(decoding, node, index);
  Members members;
  if (!row.members(rows, members) || !row.key(members[kFeatureKey])) {
    return;
  }
  row.check_duplicate(members);
  Entitlement& entitlement = row.entitlement;
  entitlement.id = row.text(members[kId]);
  entitlement.feature_id = row.text(members[kFeatureId]);
  entitlement.product_id = row.text(members[kProductId]);
  entitlement.subscription_id = row.text(members[kSubscriptionId]);
  if (!members[kType].is_nothing()) {
    entitlement.type = row.type(members[kType]);
  }
  if (!members[kStatus].is_nothing()) {
    entitlement.status = row.status(members[kStatus]);
  }
  entitlement.has_access = row.flag(members[kHasAccess], true);
  entitlement.active_from = row.time(members[kActiveFrom], kAlways, true);
  entitlement.active_to = row.time(members[kActiveTo], kNever, true);
  entitlement.config = row.config(members[kConfig]);
  entitlement.usage = read_usage(row, usages, members[kUsage]);
  // Closed when it was first decoded: the warning was given then.
  if (row.flag(members[kMalformed], false)) {
    entitlement.malformed = true;
  }
  row.finish();
}

bool read_version(Decoding& decoding, Node version) {
  if (!version) {
    return decoding.missing(decoding.root, kNames[kPlangate]);
  }
  if (!version.is_number()) {
    return decoding.fail(ErrorCode::WRONG_TYPE, version, "The format version must be a number.");
  }
  if (version.integer() == kVersion) {
    return true;
  }
  return decoding.fail(ErrorCode::UNSUPPORTED_VERSION, version,
                       "The snapshot's version is not known; update plangate.");
}

// Whose, whence, which mode, when.
bool read_head(Decoding& decoding, const Members& members) {
  const Node root = decoding.root;
  Snapshot& snapshot = decoding.out.snapshot;
  if (!decoding.require(members[kCustomer], Kind::string, root, kNames[kCustomer])) {
    return false;
  }
  if (!decoding.meet_customer(members[kCustomer])) {
    return false;
  }

  const Node source = members[kSource];
  if (!decoding.require(source, Kind::string, root, kNames[kSource])) {
    return false;
  }
  if (source.string().empty()) {
    return decoding.fail(ErrorCode::WRONG_TYPE, source, "The source must not be empty.");
  }
  if (snapshot.source.empty()) {
    snapshot.source = snapshot.text.keep(source.string());
  }
  if (snapshot.source != source.string()) {
    return decoding.fail(ErrorCode::SOURCE_MISMATCH, source,
                         "The snapshot is of another source than the one expected.");
  }

  const auto mode = members[kMode] ? enum_of<Mode>(kModeNames, members[kMode].string()) : Mode::live;
  if (!mode) {
    return decoding.fail(ErrorCode::WRONG_TYPE, members[kMode], R"(The mode must be "live" or "test".)");
  }
  if (!decoding.meet_mode(*mode, members[kMode])) {
    return false;
  }

  if (!members[kAsOf]) {
    return decoding.missing(root, kNames[kAsOf]);
  }
  const auto as_of = read_time(members[kAsOf], true);
  if (!as_of) {
    return decoding.fail(ErrorCode::WRONG_TYPE, members[kAsOf], "asOf must be a time: integer ms or RFC 3339.");
  }
  snapshot.as_of = *as_of;
  return true;
}

}  // namespace

bool read_snapshot(Decoding& decoding) {
  const Node root = decoding.root;
  if (!decoding.require(root, Kind::object, root, {})) {
    return false;
  }
  Members members;
  if (!decoding.read_members(root, kNames, members)) {
    return false;
  }
  if (!read_version(decoding, members[kPlangate])) {
    return false;
  }
  if (!read_head(decoding, members)) {
    return false;
  }

  const Node rows = members[kEntitlements];
  if (!decoding.require(rows, Kind::array, root, kNames[kEntitlements])) {
    return false;
  }
  if (!decoding.expect_rows(rows)) {
    return false;
  }
  MemberReader row_reader(kRowNames);
  MemberReader usage_reader(kUsageNames);
  std::size_t index = 0;
  for (const Node node : rows) {
    read_row(decoding, row_reader, usage_reader, node, index++);
  }

  // What is in the catalogue matters when it is asked for: it gates nothing.
  const Node catalogue = members[kCatalogue];
  if (!catalogue.is_nothing() && !decoding.require(catalogue, Kind::object, root, kNames[kCatalogue])) {
    return false;
  }
  Snapshot& snapshot = decoding.out.snapshot;
  snapshot.catalogue = keep_canonical(snapshot.text, catalogue);
  auto problem = read_policies(members[kMerge], members[kUnlimitedValue], snapshot.text, snapshot.policies);
  return !problem || decoding.fail(problem->code, problem->at, problem->message);
}

}  // namespace plangate
