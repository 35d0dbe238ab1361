// What several commands and queries read alike.
#include "command.hpp"
#include "names.hpp"

namespace plangate::billing {

using Code = BillingErrorCode;

bool read_template(const Request& request, FeatureKind kind, Template& gives) {
  const bool metered = kind == FeatureKind::metered;
  gives = Template{};
  if (!request.gives("template")) {
    return !metered || request.refuse(Code::MISSING_MEMBER, "template", "a metered feature needs a limit");
  }
  const Request inner(request.node().find("template"), request.refusals(), request.path_of("template"));
  if (!inner.ok() || !inner.only(metered ? "config limit soft pool perUnit reset" : "config")) {
    return false;
  }
  gives.given = true;
  const json::Node config = inner.node().find("config");
  if (config.is(json::Kind::object)) {
    json::append_canonical(gives.config, config);
  } else if (!config.is_nothing()) {
    return inner.refuse(Code::INVALID_MEMBER, "config", "an object or null is wanted");
  }
  if (!metered) {
    return true;
  }
  gives.limit = inner.amount_if("limit");
  if (!gives.limit && inner.ok()) {
    return inner.refuse(Code::MISSING_MEMBER, "limit");
  }
  gives.soft = inner.flag_if("soft").value_or(false);
  gives.pool = inner.text_if("pool", Request::kMostId).value_or(std::string{});
  gives.per_unit = inner.flag_if("perUnit").value_or(false);
  gives.reset = static_cast<Reset>(inner.choice("reset", kResets, 0));
  return inner.ok();
}

Ref find_external_customer(const Books& books, const Request& request) {
  const std::string id = request.text("externalCustomer", Request::kMostId);
  const auto found = books.by_external_id.find(id);
  if (request.ok() && found == books.by_external_id.end()) {
    request.refuse(Code::NOT_FOUND, "externalCustomer", "customer '" + id + "'");
  }
  return request.ok() ? found->second : kNone;
}

}  // namespace plangate::billing
