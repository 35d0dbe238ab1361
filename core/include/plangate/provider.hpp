// What a server must know about a billing system's pages, events and catalogue, so that it can fetch whole lists and
// react to webhooks without reading a provider's JSON itself. Browsers never need this.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plangate/decode.hpp"
#include "plangate/result.hpp"
#include "plangate/time.hpp"

namespace plangate {

/// How a page was asked for.
struct PageRequest {
  std::size_t limit = 100;  ///< The `limit` sent with the request.
  std::size_t offset = 0;   ///< Paygentic: the `offset` sent with the request.
};

/// One page of any list of a billing system (entitlements, features, products, prices, attachments).
struct ListPage {
  std::size_t rows = 0;
  bool more = false;                 ///< Another page must be fetched.
  std::string cursor;                ///< Id of the last row: Stripe's next `starting_after`; empty: no row has an id.
  std::optional<std::size_t> total;  ///< Paygentic: the total the provider claims.
};

/// Reads what paging needs to know. `more` follows Stripe's has_more; Paygentic's offset + rows < total, or, for the
/// generation without `pagination`, a full page. A page that claims more but has no rows is INCOMPLETE_LIST.
Result<ListPage> read_list_page(Format format, std::string_view page, const PageRequest& request, const Caps& caps);

/// What a webhook means to us. An event is a signal; the refetched list is the authority.
enum class EventKind : std::uint8_t {
  summary,  ///< Stripe entitlements.active_entitlement_summary.updated: refetch the customer.
  thin,     ///< Stripe thin event v1.entitlements.active_entitlement_summary.*: refetch, if it names the customer.
  refetch,  ///< Paygentic subscription.*, or customer.created: refetch the customer.
  ignored,  ///< Anything else: count it, answer 2xx.
};

std::string_view name_of(EventKind kind) noexcept;

/// Whose webhook it is.
enum class EventSource : std::uint8_t { stripe, paygentic };

struct ProviderEvent {
  EventKind kind = EventKind::ignored;
  std::string id;    ///< Stripe `id`, Paygentic `eventId`; empty: the body names none (Svix's header does).
  std::string type;  ///< The provider's own event type.
  std::string customer;
  std::optional<Mode> mode;       ///< Stripe: from livemode.
  std::optional<TimeMs> created;  ///< When the provider says it happened.
  bool more = false;              ///< Stripe summary: the list inside is cut at 10 items.
};

Result<ProviderEvent> read_event(EventSource source, std::string_view body, const Caps& caps);

/// The pages of one product's feature attachments (Stripe GET /v1/products/{id}/features).
struct AttachmentPages {
  std::string_view product_id;
  std::span<const std::string_view> pages;
};

/// Everything a catalogue is made of, as fetched from Stripe: all pages of each list.
struct StripeCataloguePages {
  std::span<const std::string_view> features;
  std::span<const std::string_view> products;
  std::span<const std::string_view> prices;
  std::span<const AttachmentPages> attachments;
};

/// Builds plangate's catalogue JSON (docs/wire-format.md) from Stripe's lists. Archived products, prices and features are
/// kept and marked, so that unlocks() can leave them out. A feature's Stripe `name` is internal and is not taken over;
/// a product's name, description and marketing features are meant for customers and are.
/// Stripe: a reused lookup_key is archived only when no active feature has it.
Result<std::string> read_stripe_catalogue(const StripeCataloguePages& pages, const Caps& caps);

}  // namespace plangate
