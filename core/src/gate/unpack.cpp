// From a held snapshot back to the model, for writing it as JSON.
#include "store.hpp"

namespace plangate {
namespace {

Entitlement unpack_row(const Store& store, const RowView& view) {
  Entitlement row;
  row.feature_key = store.names.text(view.texts.key);
  row.feature_id = store.shared.text(view.texts.feature);
  row.product_id = store.shared.text(view.texts.product);
  row.subscription_id = store.shared.text(view.texts.subscription);
  row.type = view.type;
  row.status = view.status;
  row.has_access = view.has_access;
  row.malformed = view.malformed;
  row.active_from = view.active_from;
  row.active_to = view.active_to;
  row.config = store.configs.text(view.texts.config);
  if (view.has_usage) {
    row.usage = Usage{view.balance,
                      view.usage_in_period,
                      view.overage,
                      view.period_start,
                      view.period_end,
                      view.soft,
                      store.shared.text(view.texts.pool)};
  }
  return row;
}

}  // namespace

Snapshot Store::unpack(const HeldSnapshot& held) const {
  Snapshot snapshot;
  snapshot.customer = held.customer();
  snapshot.source = shared.text(held.source);
  snapshot.mode = held.mode;
  snapshot.as_of = held.as_of;
  snapshot.entitlements.resize(held.entries);
  Unpacker order(held.order());
  std::uint32_t index = 0;
  RowView view;
  for (Rows rows = held.rows(); rows.next(view); ++index) {
    Entitlement& row = snapshot.entitlements[order.done() ? index : order.id()];
    row = unpack_row(*this, view);
    row.id = held.id_prefix().empty() ? view.id : snapshot.text.keep(std::string(held.id_prefix()).append(view.id));
  }
  snapshot.merge = configs.text(held.merge);
  snapshot.unlimited_value = configs.text(held.unlimited);
  snapshot.catalogue = shared.text(held.catalogue);
  return snapshot;
}

}  // namespace plangate
