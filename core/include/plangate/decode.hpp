// From bytes to a Snapshot: one decoder per wire format. Errors refuse the whole input; warnings close single rows.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plangate/model.hpp"
#include "plangate/result.hpp"

namespace plangate {

/// The wire formats that can be read. Numbers are part of the binding's contract: only append.
enum class Format : std::uint8_t {
  snapshot = 0,        ///< plangate's own, docs/wire-format.md
  stripe_list = 1,     ///< GET /v1/entitlements/active_entitlements, one or many pages
  stripe_summary = 2,  ///< the event entitlements.active_entitlement_summary.updated, or its data.object
  paygentic_list = 3,  ///< GET /v1/entitlements, three generations, one or many pages
};

/// Caps on input. Exceeding one is an error (or, for a key, a dropped row with a warning).
struct Caps {
  std::size_t max_bytes = std::size_t{8} * 1024 * 1024;  ///< All pages of one load together.
  std::size_t max_depth = 64;                            ///< Nested arrays and objects.
  std::size_t max_entries = 20'000;                      ///< Rows of one snapshot.
  std::size_t max_key_bytes = 512;  ///< UTF-8 bytes of a feature key (Stripe allows 80 characters).
};

/// What the caller knows about the input and the payload may not say.
struct DecodeContext {
  std::string_view customer;  ///< Expected customer; empty: take the payload's. Both and different: CUSTOMER_MISMATCH.
  std::string_view source;    ///< Empty: the format's own ("stripe", "paygentic", the snapshot's).
  std::optional<Mode> mode;   ///< Expected mode; absent: take the payload's, else live. Different: MODE_MISMATCH.
  std::optional<TimeMs> as_of;  ///< When the list was fetched. Required for all formats but `snapshot`.
  Caps caps;
  /// `customer` is the caller's own id (Paygentic externalCustomerId): the rows may name another, but all the same one.
  bool customer_is_alias = false;
};

struct Decoded {
  Snapshot snapshot;
  std::vector<Warning> warnings;
};

/// Reads the pages of one list, given together and in order. A list that is not whole (the last page has more,
/// or fewer rows than the total came) is INCOMPLETE_LIST: partial lists are never stored.
/// A summary with has_more is INCOMPLETE_LIST too: it is a signal to refetch, never a list.
/// The result owns its text; `pages` may be freed afterwards.
Result<Decoded> decode(Format format, std::span<const std::string_view> pages, const DecodeContext& context);

/// Writes plangate's own snapshot JSON (docs/wire-format.md). Defaults are left out; reading it back gives the same
/// snapshot, closed rows included.
std::string encode(const Snapshot& snapshot, bool with_catalogue = true);

}  // namespace plangate
