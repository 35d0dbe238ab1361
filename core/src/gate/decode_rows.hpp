// What all decoders share: the state of one decode() call, and how rows are read, closed or dropped. Internal to core/.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "members.hpp"
#include "plangate/decode.hpp"

namespace plangate {

/// The Error for a value of a document; its pointer leads from `root`.
Error error_at(json::Node root, ErrorCode code, json::Node at);

/// How one format writes its rows.
struct RowFormat {
  std::span<const FieldName> names{};   ///< Of the row's own members.
  std::span<const FieldName> nested{};  ///< Of the members of its usage, or of its expanded feature.
  std::uint32_t required = 0;           ///< One bit per Field; a row that lacks one is closed.
  bool times_in_ms = false;             ///< Integer ms are times, beside RFC 3339.
};

/// One decode() call: its context, its result so far, and the page being read. Readers go on after a failure and find
/// nothing more: the first one stands, and the list is refused.
struct Decoding {
  const DecodeContext& context;
  std::string_view list_pointer = "/data";  ///< Where the rows are within a page.
  std::size_t page = 0;
  bool last_page = true;
  json::Node root;  ///< Of the page being read.
  Decoded out;
  Error error;
  bool failed = false;
  std::optional<Mode> mode;  ///< As far as known: expected by the caller, or told by an earlier row.
  bool customer_known = false;
  std::size_t rows_seen = 0;          ///< On all pages so far, dropped ones included.
  std::optional<std::int64_t> total;  ///< As Paygentic's pages tell it.
  struct Place {
    std::uint32_t page;
    std::uint32_t index;
  };
  std::vector<Place> places;  ///< Where each of out.snapshot.entitlements came from.

  explicit Decoding(const DecodeContext& the_context);

  /// Refuses the list because of `at`.
  void fail(ErrorCode code, json::Node at);
  /// A member that decides the list's meaning: named twice it fails; missing when it is not there.
  json::Node member(json::Node object, std::string_view name);
  /// The same, of this kind; anything else fails.
  json::Node require(json::Node object, std::string_view name, json::Kind kind);
  /// Refuses the list because the member is missing, or is not what the format requires.
  void refuse(json::Node object, std::string_view name, json::Node found);
  /// The page must be an object.
  void require_object();
  /// The payload names a customer: the expected one, or the same as before.
  void meet_customer(json::Node customer);
  /// The payload says live or test: as expected, or the same as before.
  void meet_mode(Mode told, json::Node at);
  /// The same as Stripe says it; anything but true and false says nothing.
  void meet_livemode(json::Node livemode);
  /// Reads the rows of one page.
  void read_rows(json::Node data, const RowFormat& format);
  /// Leaves a warning about a row; `below` is a pointer from the row on.
  void warn(WarningCode code, std::string_view key, const Place& place, std::string_view below);
  /// Takes identical rows once, and closes rows that share an id and differ.
  void settle_duplicates();
};

/// A time, as RFC 3339 or where allowed as integer ms; nullopt when it is none (dates beyond JavaScript's Date are none).
std::optional<TimeMs> read_time(json::Node at, bool allow_ms);

/// Keeps the canonical text of an object; a missing or null one is empty.
std::string_view keep_canonical(TextArena& text, json::Node object);

// The formats: each reads one page of a list into the decoding.
void read_stripe_list(Decoding& decoding);
void read_stripe_summary(Decoding& decoding);
void read_snapshot(Decoding& decoding);
void read_paygentic_list(Decoding& decoding);

}  // namespace plangate
