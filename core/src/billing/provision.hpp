// From what a subscription pays for to the rows that entitle. Internal to core/billing.
#pragma once

#include <string_view>

#include "model.hpp"

namespace plangate::billing {

/// The interval of the subscription's periods: every item that recurs has the same.
Interval recurrence_of(const Catalogue& catalogue, const Subscription& subscription);
/// Whether the period has a length of its own: a trial, or the time before a given anchor.
bool is_odd_period(const Subscription& subscription);

/// What a price brings now: the attachments to it and to its product, one per feature (the price's own wins over the
/// product's), in the order they were attached. An archived feature still comes where it is attached.
std::vector<Grant> grants_of(const Catalogue& catalogue, Ref price);

/// Takes the catalogue as it is for all items: what every new period begins with.
void refresh_grants(const Catalogue& catalogue, Subscription& subscription);

/// Brings the rows in line with the subscription's items and status as of `at`: rows begin, get other terms, or end.
/// Of several items that bring one feature of one product, the first decides the terms.
void provision(const Catalogue& catalogue, Subscription& subscription, TimeMs at);

/// Ends every open row: the subscription is over.
void revoke_all(Subscription& subscription, TimeMs at);

/// The row's segment at a moment; nullptr before its first one and from its end on.
const Segment* segment_at(const Row& row, TimeMs at);
/// Whether the row gives its feature then, balances aside.
bool entitles(const Row& row, TimeMs at);
TimeMs begin_of(const Row& row);

/// The one id of a customer's right to a feature in Stripe's list.
std::string active_entitlement_id(std::string_view customer, std::string_view feature);

}  // namespace plangate::billing
