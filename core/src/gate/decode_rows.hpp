// What all decoders share: the state of one decode() call, and how a row is read, closed or dropped. Internal to core/.
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

/// Something in a document that refuses the whole of it. The caller knows the document, and so the pointer.
struct Problem {
  ErrorCode code{};
  json::Node at;
  std::string_view message;  ///< Static storage.
};

/// The Error for a problem; its pointer leads from `root`.
Error error_at(json::Node root, const Problem& problem);

/// One decode() call: its context, its result so far, and the page being read. Its functions, and the readers of the
/// formats, answer false when the list is refused; `error` then says why.
struct Decoding {
  const DecodeContext& context;
  std::string_view list_pointer;  ///< Where the rows are within a page.
  std::size_t page = 0;
  json::Node root;  ///< Of the page being read.
  Decoded out;
  Error error;
  std::optional<Mode> mode;  ///< As far as known: expected by the caller, or told by an earlier row.
  bool customer_known = false;
  std::size_t rows_seen = 0;  ///< On all pages so far, dropped ones included.
  struct Place {
    std::uint32_t page;
    std::uint32_t index;
  };
  std::vector<Place> places;  ///< Where each of out.snapshot.entitlements came from.

  explicit Decoding(const DecodeContext& the_context);

  /// Reads the members that decide the list's meaning; one of them named twice is an error.
  bool read_members(json::Node object, std::span<const std::string_view> names, Members& members);
  /// Refuses the list because of `at`.
  bool fail(ErrorCode code, json::Node at, std::string_view message);
  /// Refuses the list because `parent` lacks the member `name`.
  bool missing(json::Node parent, std::string_view name);
  /// Refuses the list when `at` is missing, or is not of this kind; `parent` and `name` say what is missing.
  bool require(json::Node at, json::Kind kind, json::Node parent, std::string_view name);
  /// The payload names a customer: the expected one, or the same as before.
  bool meet_customer(json::Node customer);
  /// The payload says live or test: as expected, or the same as before.
  bool meet_mode(Mode told, json::Node at);
  /// Makes room for the rows of one page, within the cap.
  bool expect_rows(json::Node data);
  /// Takes identical rows once, and closes rows that share an id and differ.
  void settle_duplicates();

 private:
  void warn_duplicate(std::size_t row);
};

/// One row being read. Everything wrong with it closes it (it denies with INVALID_CONFIG) and leaves a warning.
class RowReader {
 public:
  RowReader(Decoding& decoding, json::Node row, std::size_t index) : decoding_(decoding), row_(row), index_(index) {}

  /// Reads the row's members; false when it is no object: then it is dropped.
  bool members(MemberReader& reader, Members& members);
  /// Takes the feature key; false when there is none or it is too long: then the row is dropped.
  bool key(json::Node at);
  /// A member named twice closes the row. Asked after key(), so that the warning can name the feature.
  void check_duplicate(const Members& members);
  /// An optional text; absent and null are empty.
  std::string_view text(json::Node at);
  /// An optional flag.
  bool flag(json::Node at, bool absent);
  /// A flag that must be there.
  bool required_flag(json::Node at);
  /// An optional number; absent and null are nullopt.
  std::optional<double> number(json::Node at);
  /// An optional RFC 3339 instant, or, where the format allows it, integer ms.
  TimeMs time(json::Node at, TimeMs absent, bool allow_ms);
  /// An optional config object, as canonical text.
  std::string_view config(json::Node at);
  /// A status or type by name; unknown names become the enum's `unknown`, with this warning.
  FeatureType type(json::Node at);
  Status status(json::Node at);

  /// Closes the row because of `at` (the row itself when it is missing).
  void close(WarningCode code, json::Node at);
  /// Leaves a warning without closing the row.
  void warn(WarningCode code, json::Node at);
  /// Adds the row to the snapshot.
  void finish();

  Entitlement entitlement;

 private:
  std::string_view keep(std::string_view text) { return decoding_.out.snapshot.text.keep(text); }

  Decoding& decoding_;
  json::Node row_;
  std::size_t index_;
};

/// A time as this format writes it; nullopt when it is none (dates beyond JavaScript's Date are none).
std::optional<TimeMs> read_time(json::Node at, bool allow_ms);

/// Keeps the canonical text of an object; a missing or null one is empty.
std::string_view keep_canonical(TextArena& text, json::Node object);

// The formats: each reads one page of a list into the decoding.
bool read_stripe_list(Decoding& decoding, bool last_page);
bool read_stripe_summary(Decoding& decoding);
bool read_snapshot(Decoding& decoding);

/// Paygentic's pages are checked against each other.
struct PaygenticPages {
  std::optional<std::int64_t> total;  ///< As the pages tell it.
};
bool read_paygentic_list(Decoding& decoding, PaygenticPages& pages, bool last_page);

// Parts of plangate's own format that option readers use as well.

/// Reads `merge` and `unlimitedValue` (docs/wire-format.md; missing or null: none). Policies of the same key and field
/// become one.
std::optional<Problem> read_policies(json::Node merge, json::Node unlimited_value, TextArena& text,
                                     std::vector<FieldPolicy>& policies);
/// Reads `{key: boolean | object | null}` into rows (see decode_plain_features()); the caller's code is INVALID_OPTION.
std::optional<Problem> read_plain_features(json::Node features, const Caps& caps, Snapshot& snapshot);

}  // namespace plangate
