// The engine's options: read from JSON, all or nothing. Internal to core/.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "plangate/decode.hpp"
#include "plangate/result.hpp"
#include "plangate/time.hpp"
#include "store.hpp"

namespace plangate {

/// What an option says of one feature: a default, an override, or whether it outlives its snapshot.
struct PlainFeature {
  std::uint32_t key = kNoText;
  bool allowed = false;
  std::uint32_t config = kNoText;
};

/// Options in force. Keys, configs and policies are held in the store's pools.
struct Options {
  std::uint32_t merge = kNoText;      ///< Policies.
  std::uint32_t unlimited = kNoText;  ///< Policies.
  TimeMs stale_after = kNever;
  TimeMs expire_after = kNever;
  std::vector<PlainFeature> on_expired;  ///< Sorted by key; allowed: kept.
  std::vector<PlainFeature> defaults;    ///< Sorted by key.
  std::vector<PlainFeature> overrides;   ///< Sorted by key.
  std::optional<Caps> caps;              ///< As configured; absent: the defaults.
};

/// The feature of this key, or nullptr.
const PlainFeature* find_feature(const std::vector<PlainFeature>& features, NameId key);

/// Reads options JSON over `options`. On an error nothing has changed.
std::optional<Error> configure(Options& options, Store& store, std::string_view json);

}  // namespace plangate
