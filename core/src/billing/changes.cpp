#include "changes.hpp"

#include <algorithm>

#include "../gate/document.hpp"
#include "lifecycle.hpp"
#include "provision.hpp"
#include "write.hpp"

namespace plangate::billing {
namespace {

using json::Document;
using json::Node;
using json::Writer;

// The members of `before` that are not the same in `after`, as an object.
void write_previous(Writer& out, std::string_view before, std::string_view after) {
  const Document old = Document::read_kept(before);
  const Document now = Document::read_kept(after);
  out.begin_object();
  for (const Node member : old.root()) {
    std::string was;
    std::string is;
    json::append_canonical(was, member);
    json::append_canonical(is, now.root().find(member.key()));
    if (was != is) {
      out.member(member.key()).raw(was);
    }
  }
  out.end_object();
}

// Whether a change from one to the other is one that users see: windows move by themselves.
bool looks_the_same(const Terms& a, const Terms& b) {
  return a.config == b.config && a.limit == b.limit && a.soft == b.soft && a.pool == b.pool;
}

void write_feature_refs(Writer& out, const Books& books, Ref feature) {
  const Feature& it = books.catalogue.features[feature];
  out.member("feature").string(it.id).member("featureKey").string(it.key);
}

}  // namespace

void Changes::watch(const Subscription& subscription) { before_ = text_of(books_, subscription); }

Writer& Changes::begin(const char* kind, TimeMs at, const Customer& customer) {
  out_.begin_object().member("at").integer(at).member("kind").string(kind).member("customer").string(customer.id);
  return out_;
}

void Changes::tell(Ref ref, const char* kind, TimeMs at, bool watched) {
  Subscription& subscription = books_.subscriptions[ref];
  Customer& customer = books_.customers[subscription.customer];
  for (std::uint32_t i = 0; i < subscription.rows.size(); ++i) {
    books_.row_index.try_emplace(subscription.rows[i].id, ref, i);
  }
  const NextEvent next = next_event(subscription);
  if (next.what != Event::none) {
    books_.timeline_of(customer).due.emplace(next.at, ref);
  }
  const std::string after = text_of(books_, subscription);
  begin(kind, at, customer).member("subscription").string(subscription.id).member("object").raw(after);
  out_.member("previous");
  write_previous(out_, watched ? before_ : "{}", after);
  end();
  touched_.clear();
  tell_rows(subscription, at);
  tell_active(customer, at);
}

void Changes::tell_rows(Subscription& subscription, TimeMs at) {
  Customer& customer = books_.customers[subscription.customer];
  for (Row& row : subscription.rows) {
    const Segment* segment = segment_at(row, at);
    const std::int32_t now =
        segment != nullptr && segment->terms.access ? static_cast<std::int32_t>(segment - row.segments.data()) : -1;
    if (row.told < 0 && now >= 0) {
      tell_row(subscription, row, "entitlement.granted", at);
      count(customer, row.feature, 1);
    } else if (row.told >= 0 && now < 0) {
      tell_row(subscription, row, "entitlement.revoked", at);
      count(customer, row.feature, -1);
    } else if (now >= 0 && row.told != now &&
               !looks_the_same(row.segments[static_cast<std::size_t>(row.told)].terms, segment->terms)) {
      tell_row(subscription, row, "entitlement.changed", at);
    }
    row.told = now;
  }
}

void Changes::tell_row(const Subscription& subscription, const Row& row, const char* kind, TimeMs at) {
  begin(kind, at, books_.customers[subscription.customer]).member("entitlement").string(row.id);
  write_feature_refs(out_, books_, row.feature);
  out_.member("product").string(books_.catalogue.products[row.product].id);
  out_.member("subscription").string(subscription.id);
  end();
}

void Changes::count(Customer& customer, Ref feature, std::int32_t by) {
  auto place = std::find_if(customer.active_features.begin(), customer.active_features.end(),
                            [feature](const auto& one) { return one.first == feature; });
  if (place == customer.active_features.end()) {
    customer.active_features.emplace_back(feature, 0);
    place = customer.active_features.end() - 1;
    books_.active_index.try_emplace(active_entitlement_id(customer.id, books_.catalogue.features[feature].id),
                                    books_.customers.find(customer.id), feature);
  }
  const bool seen =
      std::any_of(touched_.begin(), touched_.end(), [feature](const auto& one) { return one.first == feature; });
  if (!seen) {
    touched_.emplace_back(feature, place->second > 0);
  }
  place->second += by;
}

void Changes::tell_active(const Customer& customer, TimeMs at) {
  std::vector<Ref> granted;
  std::vector<Ref> revoked;
  for (const auto& [feature, was_active] : touched_) {
    const Ref ref = feature;
    const bool is_active = std::any_of(customer.active_features.begin(), customer.active_features.end(),
                                       [ref](const auto& one) { return one.first == ref && one.second > 0; });
    if (is_active != was_active) {
      (is_active ? granted : revoked).push_back(feature);
    }
  }
  if (granted.empty() && revoked.empty()) {
    return;
  }
  begin("activeEntitlements.changed", at, customer);
  for (const auto& [name, features] : {std::pair{"granted", &granted}, std::pair{"revoked", &revoked}}) {
    out_.member(name).begin_array();
    for (const Ref feature : *features) {
      out_.string(books_.catalogue.features[feature].id);
    }
    out_.end_array();
  }
  end();
}

std::string Changes::take() {
  out_.end_array();
  return std::move(text_);
}

}  // namespace plangate::billing
