// Paygentic: GET /v1/entitlements in its three generations, told apart by what is there.
#include "decode_rows.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

enum RowField : std::size_t {
  kEntitlementId,
  kCustomerId,
  kFeatureId,
  kFeatureKey,
  kFeatureType,
  kProductId,
  kSubscriptionId,
  kStatus,
  kActiveFrom,
  kActiveTo,
  kHasAccess,
  kConfig,
  kIsSoftLimit,
  kBalance,
  kUsageInPeriod,
  kOverage,
  kPeriodStart,
  kPeriodEnd,
  kPricingUnitId
};
constexpr std::string_view kRowNames[] = {"entitlementId",      "customerId",       "featureId",      "featureKey",
                                          "featureType",        "productId",        "subscriptionId", "status",
                                          "activeFrom",         "activeTo",         "hasAccess",      "config",
                                          "isSoftLimit",        "balance",          "usageInPeriod",  "overage",
                                          "currentPeriodStart", "currentPeriodEnd", "pricingUnitId"};
static_assert(std::size(kRowNames) == kPricingUnitId + 1);
static_assert(std::size(kRowNames) <= Members::kMost);

// The second generation sends the members of metered rows, as null, with every row.
bool tells_usage(const Members& members) {
  for (std::size_t field = kIsSoftLimit; field <= kPricingUnitId; ++field) {
    if (!members[field].is_nothing()) {
      return true;
    }
  }
  return false;
}

Usage read_usage(RowReader& row, const Members& members) {
  Usage usage;
  usage.balance = row.number(members[kBalance]);
  usage.usage_in_period = row.number(members[kUsageInPeriod]);
  usage.overage = row.number(members[kOverage]);
  usage.period_start = row.time(members[kPeriodStart], kAlways, false);
  usage.period_end = row.time(members[kPeriodEnd], kNever, false);
  usage.soft = row.flag(members[kIsSoftLimit], false);
  usage.pool = row.text(members[kPricingUnitId]);
  return usage;
}

bool read_row(Decoding& decoding, MemberReader& reader, Node node, std::size_t index) {
  RowReader row(decoding, node, index);
  Members members;
  if (!row.members(reader, members)) {
    return true;
  }
  if (members[kCustomerId].is(Kind::string)) {
    if (!decoding.meet_customer(members[kCustomerId])) {
      return false;
    }
  }
  if (!row.key(members[kFeatureKey])) {
    return true;
  }

  row.check_duplicate(members);
  Entitlement& entitlement = row.entitlement;
  entitlement.id = row.text(members[kEntitlementId]);
  entitlement.feature_id = row.text(members[kFeatureId]);
  entitlement.product_id = row.text(members[kProductId]);
  entitlement.subscription_id = row.text(members[kSubscriptionId]);
  if (!members[kCustomerId].is_nothing() && !members[kCustomerId].is(Kind::string)) {
    row.close(WarningCode::INVALID_FIELD, members[kCustomerId]);
  }
  entitlement.type = row.type(members[kFeatureType]);
  entitlement.status = row.status(members[kStatus]);
  entitlement.has_access = row.required_flag(members[kHasAccess]);
  entitlement.active_from = row.time(members[kActiveFrom], kAlways, false);
  entitlement.active_to = row.time(members[kActiveTo], kNever, false);
  entitlement.config = row.config(members[kConfig]);
  if (tells_usage(members)) {
    entitlement.usage = read_usage(row, members);
  }
  row.finish();
  return true;
}

bool read_rows(Decoding& decoding, Node data) {
  if (!decoding.expect_rows(data)) {
    return false;
  }
  MemberReader reader(kRowNames);
  std::size_t index = 0;
  for (const Node node : data) {
    if (!read_row(decoding, reader, node, index++)) {
      return false;
    }
  }
  return true;
}

bool incomplete(Decoding& decoding, Node at) {
  return decoding.fail(ErrorCode::INCOMPLETE_LIST, at, "The pages do not add up to the total; fetch them all again.");
}

// A count that pagination must tell.
bool read_count(Decoding& decoding, Node parent, Node at, std::string_view name, std::int64_t& count) {
  if (!at) {
    return decoding.missing(parent, name);
  }
  const auto value = at.integer();
  if (!value || *value < 0) {
    return decoding.fail(ErrorCode::WRONG_TYPE, at, "The member must be a whole number, 0 or more.");
  }
  count = *value;
  return true;
}

// Called before the page's rows are counted: its offset is how many came before, its total the same as before.
bool read_pagination(Decoding& decoding, PaygenticPages& pages, Node pagination) {
  enum : std::size_t { kOffset, kTotal };
  constexpr std::string_view kNames[] = {"offset", "total"};
  if (pagination.is_nothing()) {
    return !pages.total || incomplete(decoding, decoding.root);
  }
  if (!decoding.require(pagination, Kind::object, decoding.root, "pagination")) {
    return false;
  }
  Members members;
  if (!decoding.read_members(pagination, kNames, members)) {
    return false;
  }
  std::int64_t offset = 0;
  std::int64_t total = 0;
  if (!read_count(decoding, pagination, members[kOffset], "offset", offset)) {
    return false;
  }
  if (!read_count(decoding, pagination, members[kTotal], "total", total)) {
    return false;
  }
  if (offset != static_cast<std::int64_t>(decoding.rows_seen)) {
    return incomplete(decoding, members[kOffset]);
  }
  if (decoding.page > 0 && pages.total != total) {
    return incomplete(decoding, members[kTotal]);
  }
  pages.total = total;
  return true;
}

}  // namespace

bool read_paygentic_list(Decoding& decoding, PaygenticPages& pages, bool last_page) {
  enum : std::size_t { kData, kPagination, kMessage };
  constexpr std::string_view kNames[] = {"data", "pagination", "message"};
  const Node root = decoding.root;
  if (!decoding.require(root, Kind::object, root, {})) {
    return false;
  }
  Members members;
  if (!decoding.read_members(root, kNames, members)) {
    return false;
  }
  if (!members[kData] && members[kMessage].is(Kind::string)) {
    return decoding.fail(ErrorCode::PROVIDER_ERROR, root,
                         "The body is Paygentic's error object; check the key and the request.");
  }
  if (!decoding.require(members[kData], Kind::array, root, "data")) {
    return false;
  }
  if (!read_pagination(decoding, pages, members[kPagination])) {
    return false;
  }
  if (!read_rows(decoding, members[kData])) {
    return false;
  }
  if (last_page && pages.total && *pages.total != static_cast<std::int64_t>(decoding.rows_seen)) {
    return incomplete(decoding, members[kPagination]);
  }
  return true;
}

}  // namespace plangate
