// Paygentic: GET /v1/entitlements in its three generations, told apart by what is there.
#include "decode_rows.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

constexpr FieldName kRow[] = {{"entitlementId", kId},
                              {"customerId", kCustomer},
                              {"featureId", kFeatureId},
                              {"featureKey", kFeatureKey},
                              {"featureType", kType},
                              {"productId", kProductId},
                              {"subscriptionId", kSubscriptionId},
                              {"status", kStatus},
                              {"activeFrom", kActiveFrom},
                              {"activeTo", kActiveTo},
                              {"hasAccess", kHasAccess},
                              {"config", kConfig},
                              {"isSoftLimit", kSoft},
                              {"balance", kBalance},
                              {"usageInPeriod", kUsageInPeriod},
                              {"overage", kOverage},
                              {"currentPeriodStart", kPeriodStart},
                              {"currentPeriodEnd", kPeriodEnd},
                              {"pricingUnitId", kPool}};
constexpr RowFormat kRows{.names = kRow, .required = 1U << kType | 1U << kStatus | 1U << kHasAccess};

// A count that pagination must tell, and what it must be as far as that is known.
std::int64_t read_count(Decoding& decoding, Node pagination, std::string_view name,
                        std::optional<std::int64_t> expected) {
  const Node at = decoding.member(pagination, name);
  const std::int64_t count = at.integer().value_or(-1);
  if (count < 0) {
    decoding.refuse(pagination, name, at);
  }
  if (expected.value_or(count) != count) {
    decoding.fail(ErrorCode::INCOMPLETE_LIST, at);
  }
  return count;
}

// Called before the page's rows are counted: its offset is how many came before, its total the same on every page.
void read_pagination(Decoding& decoding, Node pagination) {
  if (pagination.is_nothing()) {
    if (decoding.total) {
      decoding.fail(ErrorCode::INCOMPLETE_LIST, decoding.root);
    }
    return;
  }
  decoding.require(decoding.root, "pagination", Kind::object);
  const bool told_before = decoding.page == 0 || decoding.total;
  read_count(decoding, pagination, "offset", static_cast<std::int64_t>(decoding.rows_seen));
  decoding.total = read_count(decoding, pagination, "total", told_before ? decoding.total : -1);
}

}  // namespace

void read_paygentic_list(Decoding& decoding) {
  const Node root = decoding.root;
  decoding.require_object();
  const Node message = decoding.member(root, "message");
  if (message.is(Kind::string) && !root.find("data")) {
    decoding.fail(ErrorCode::PROVIDER_ERROR, root);
  }
  const Node data = decoding.require(root, "data", Kind::array);
  const Node pagination = decoding.member(root, "pagination");
  read_pagination(decoding, pagination);
  decoding.read_rows(data, kRows);
  if (decoding.last_page && decoding.total && *decoding.total != static_cast<std::int64_t>(decoding.rows_seen)) {
    decoding.fail(ErrorCode::INCOMPLETE_LIST, pagination);
  }
}

}  // namespace plangate
