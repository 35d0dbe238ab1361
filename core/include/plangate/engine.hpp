// The engine: holds the snapshots of one or many customers compactly and answers every question about them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plangate/counter.hpp"
#include "plangate/decision.hpp"
#include "plangate/decode.hpp"
#include "plangate/model.hpp"
#include "plangate/result.hpp"

namespace plangate {

/// Names one immutable snapshot held by an Engine. 0 is "no snapshot": every question about it is answered, with
/// NOT_READY or the application's defaults. A released handle is never reused for another snapshot soon (generation
/// bits); questions about it are answered as for 0.
using SnapshotHandle = std::uint32_t;

/// Identifies a feature key interned by the engine: one of a held snapshot's rows, or named in the options. Stable while
/// `names_generation()` stays.
using NameId = std::int32_t;
inline constexpr NameId kNoName = -1;

/// What limit() is asked.
struct LimitQuery {
  std::string_view field;      ///< Config field that holds the limit; empty: the metered balance.
  std::optional<double> used;  ///< Current use. Absent: the billing system's usage (metered), else 0.
  double requested = 1;        ///< How much more is wanted. Must be finite and >= 0, else the answer is INVALID_CONFIG.
  std::string_view product;    ///< Only rows of this product; empty: all.
};

/// One object per client or server process. Not thread-safe; copies nothing it is not told to keep.
class Engine {
 public:
  Engine();
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Options as JSON; each member optional, a wrong one is INVALID_OPTION and changes nothing:
  /// `merge: {key: {field: "max"|"sum"|"min"|"latest"}}`, `unlimitedValue: {key: {field: number}}`,
  /// `staleAfter: ms`, `expireAfter: ms` (since asOf), `onExpired: {key: "deny"|"keep"}`,
  /// `defaults: {key: boolean|object}`, `overrides: {key: boolean|object}`,
  /// `caps: {maxBytes, maxDepth, maxEntries, maxKeyBytes}`.
  /// Members not named keep their value; null resets to the default. Local merge options win over the snapshot's.
  std::optional<Error> configure(std::string_view options_json);

  /// The caps in force, so that a caller can refuse a body before it takes memory for it.
  [[nodiscard]] const Caps& caps() const;

  /// Decodes and holds a new snapshot. With `replaces`, refuses another customer's, another mode's or source's, and an
  /// older one (OLDER_SNAPSHOT; the same asOf is accepted); the replaced snapshot is NOT released: diff, then release it.
  Result<SnapshotHandle> load(Format format, std::span<const std::string_view> pages, const DecodeContext& context,
                              SnapshotHandle replaces = 0);
  /// Holds the rows, catalogue and policies of several held snapshots of one customer as one new snapshot, named as told
  /// (billing systems share no customer ids). Its asOf is the oldest part's. A row's id that an earlier part has as well is
  /// told apart by the part's number ("2/ent_1"). Parts of different modes: MODE_MISMATCH.
  Result<SnapshotHandle> combine(std::span<const SnapshotHandle> parts, std::string_view customer,
                                 std::string_view source);
  /// Holds a snapshot that was decoded or built elsewhere.
  SnapshotHandle hold(const Snapshot& snapshot);
  void release(SnapshotHandle handle);

  /// Rows closed or dropped by the last load().
  [[nodiscard]] const std::vector<Warning>& warnings() const;

  /// All decisions of a snapshot at `now`, one byte per interned name, indexed by NameId. Valid until the next call.
  /// `next_change_at` is the next moment any of them changes by time alone (kNever: none).
  struct Table {
    std::span<const DecisionByte> decisions;
    TimeMs next_change_at = kNever;
  };
  Table table(SnapshotHandle handle, TimeMs now);

  /// Changes when an interned name was added or removed; then NameIds must be looked up again.
  [[nodiscard]] std::uint32_t names_generation() const;
  [[nodiscard]] NameId find_name(std::string_view name) const;
  /// Calls back for each interned name.
  void each_name(void (*visit)(void* context, std::string_view name, NameId id), void* context) const;

  /// One decision, by interned key; allocates nothing. For servers that hold many customers.
  [[nodiscard]] DecisionByte decide(SnapshotHandle handle, NameId key, TimeMs now) const;

  /// One decision in full. `product` narrows to the rows of one product; empty: all.
  [[nodiscard]] Decision check(SnapshotHandle handle, std::string_view key, TimeMs now,
                               std::string_view product = {}) const;

  [[nodiscard]] LimitResult limit(SnapshotHandle handle, std::string_view key, const LimitQuery& query,
                                  TimeMs now) const;

  /// Which counter stands for uses of a feature at `now`, and how far it may go. For servers, which count.
  [[nodiscard]] Counter counter(SnapshotHandle handle, std::string_view key, const CounterQuery& query,
                                TimeMs now) const;

  /// Appends what differs between `before` at `before_now` and `after` at `after_now`, either of which may be 0; false:
  /// nothing. `{"granted":[key],"revoked":[key],"configChanged":[{"key","field","from"?,"to"?}],
  /// "usageChanged":[{"key","from":{"limit"?,"remaining"?},"to":{...}}]}`, all sorted by key, values as they are in configs.
  bool diff(SnapshotHandle before, TimeMs before_now, SnapshotHandle after, TimeMs after_now, std::string& out) const;

  /// Appends the active products that would grant what is asked, cheapest first; archived products, prices and features
  /// are left out: `[{"productId","name","display"?,"prices":[{"id","unitAmount"?,"currency","interval"?,
  /// "intervalCount"?}]}]`. The query is `{"keys":[…],"field"?,"atLeast"? = 0,"currency"?}`: all of the keys and, with a
  /// field, at least that much of it for the first key; only prices in that currency. Anything else: INVALID_OPTION.
  std::optional<Error> unlocks(SnapshotHandle handle, std::string_view query_json, std::string& out) const;

  /// The snapshot as plangate's own JSON; nullopt for a handle that is not held.
  [[nodiscard]] std::optional<std::string> encode(SnapshotHandle handle, bool with_catalogue = true) const;

  /// Facts of a held snapshot; views live until it is released.
  struct Info {
    std::string_view customer;
    std::string_view source;
    Mode mode = Mode::live;
    TimeMs as_of = 0;
    std::size_t entries = 0;
  };
  [[nodiscard]] std::optional<Info> info(SnapshotHandle handle) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plangate
