#include "options.hpp"

#include <algorithm>

#include "decode_rows.hpp"
#include "order.hpp"
#include "policies.hpp"

namespace plangate {
namespace {

using json::Kind;
using json::Node;
using MaybeProblem = std::optional<Problem>;

// Options as read, before any of them is put in force: the named ones only.
struct Draft {
  std::string merge;
  std::string unlimited;
  TimeMs stale_after = kNever;
  TimeMs expire_after = kNever;
  std::vector<std::string_view> keep_expired;
  Snapshot defaults;
  Snapshot overrides;
  Caps caps;
};

Problem wrong(Node at, std::string_view message) { return {ErrorCode::INVALID_OPTION, at, message}; }

// A mistake in an option is INVALID_OPTION, whatever a list's decoder would call it.
MaybeProblem as_option(MaybeProblem problem) {
  if (problem) {
    problem->code = ErrorCode::INVALID_OPTION;
  }
  return problem;
}

MaybeProblem read_packed(Node merge, Node unlimited, std::string& out) {
  TextArena text;
  std::vector<FieldPolicy> policies;
  MaybeProblem problem = as_option(read_policies(merge, unlimited, text, policies));
  out = pack_policies(policies);
  return problem;
}

MaybeProblem read_duration(Node node, TimeMs& out) {
  if (node.is_nothing()) {
    out = kNever;
    return std::nullopt;
  }
  const double ms = node.number();
  if (!node.is_number() || !(ms >= 0)) {
    return wrong(node, "Give milliseconds, 0 or more, or null.");
  }
  out = ms < static_cast<double>(kTimeLimit) ? static_cast<TimeMs>(ms) : kNever;
  return std::nullopt;
}

MaybeProblem read_on_expired(Node node, std::vector<std::string_view>& out) {
  if (node.is_nothing()) {
    return std::nullopt;
  }
  if (!node.is(Kind::object)) {
    return wrong(node, "Give an object of feature keys.");
  }
  if (const Node twice = node.find_duplicate()) {
    return wrong(twice, "The feature is named twice; name it once.");
  }
  for (const Node feature : node) {
    if (feature.string() == "keep") {
      out.push_back(feature.key());
    } else if (feature.string() != "deny") {
      return wrong(feature, R"(onExpired is "deny" or "keep".)");
    }
  }
  return std::nullopt;
}

MaybeProblem read_features(Node node, const Caps& caps, Snapshot& out) {
  return node.is_nothing() ? std::nullopt : as_option(read_plain_features(node, caps, out));
}

MaybeProblem read_cap(Node node, Caps& caps) {
  const Caps usual;
  std::size_t Caps::*cap = nullptr;
  if (node.key() == "maxBytes") {
    cap = &Caps::max_bytes;
  } else if (node.key() == "maxDepth") {
    cap = &Caps::max_depth;
  } else if (node.key() == "maxEntries") {
    cap = &Caps::max_entries;
  } else if (node.key() == "maxKeyBytes") {
    cap = &Caps::max_key_bytes;
  } else {
    return wrong(node, "There is no such cap; there are maxBytes, maxDepth, maxEntries and maxKeyBytes.");
  }
  constexpr std::int64_t kMost = 0x7FFFFFFF;
  const std::optional<std::int64_t> value = node.integer();
  if (!node.is_nothing() && (!value || *value < 1)) {
    return wrong(node, "A cap is a whole number above 0, or null.");
  }
  caps.*cap = value ? static_cast<std::size_t>(std::min(*value, kMost)) : usual.*cap;
  return std::nullopt;
}

MaybeProblem read_caps(Node node, Draft& draft) {
  if (node.is_nothing()) {
    draft.caps = Caps{};
    return std::nullopt;
  }
  if (!node.is(Kind::object)) {
    return wrong(node, "Give an object of caps.");
  }
  for (const Node cap : node) {
    if (MaybeProblem problem = read_cap(cap, draft.caps)) {
      return problem;
    }
  }
  return std::nullopt;
}

MaybeProblem read_option(Node node, const Caps& caps, Draft& draft) {
  const std::string_view name = node.key();
  if (name == "merge") {
    return read_packed(node, {}, draft.merge);
  }
  if (name == "unlimitedValue") {
    return read_packed({}, node, draft.unlimited);
  }
  if (name == "staleAfter") {
    return read_duration(node, draft.stale_after);
  }
  if (name == "expireAfter") {
    return read_duration(node, draft.expire_after);
  }
  if (name == "onExpired") {
    return read_on_expired(node, draft.keep_expired);
  }
  if (name == "defaults") {
    return read_features(node, caps, draft.defaults);
  }
  if (name == "overrides") {
    return read_features(node, caps, draft.overrides);
  }
  return name == "caps" ? read_caps(node, draft) : wrong(node, "There is no option of this name; check its spelling.");
}

// New references are taken before the old ones go, so that names in both keep their ids.
void replace_features(const Snapshot& drafted, std::vector<PlainFeature>& features, Store& store) {
  const std::vector<PlainFeature> old = std::move(features);
  features.clear();
  std::vector<PlainFeature> unsorted;
  for (const Entitlement& row : drafted.entitlements) {
    const std::uint32_t config = row.config.empty() ? kNoText : store.configs.acquire(row.config);
    unsorted.push_back({store.names.acquire(row.feature_key), row.has_access, config});
  }
  const auto order = sorted_order(
      unsorted.size(), [&unsorted](std::uint32_t a, std::uint32_t b) { return unsorted[a].key < unsorted[b].key; });
  for (const std::uint32_t index : order) {
    features.push_back(unsorted[index]);
  }
  for (const PlainFeature& feature : old) {
    store.names.release(feature.key);
    store.configs.release(feature.config);
  }
}

void replace_keep_expired(const std::vector<std::string_view>& drafted, std::vector<std::uint32_t>& keys,
                          Store& store) {
  const std::vector<std::uint32_t> old = std::move(keys);
  keys.clear();
  for (const std::string_view key : drafted) {
    keys.push_back(store.names.acquire(key));
  }
  sort(
      keys, [](const void* /*context*/, std::uint32_t a, std::uint32_t b) { return a < b; }, nullptr);
  for (const std::uint32_t key : old) {
    store.names.release(key);
  }
}

void put_in_force(Draft& draft, std::string_view name, Options& options, Store& store) {
  if (name == "merge") {
    options.merge = std::move(draft.merge);
  } else if (name == "unlimitedValue") {
    options.unlimited = std::move(draft.unlimited);
  } else if (name == "staleAfter") {
    options.stale_after = draft.stale_after;
  } else if (name == "expireAfter") {
    options.expire_after = draft.expire_after;
  } else if (name == "onExpired") {
    replace_keep_expired(draft.keep_expired, options.keep_expired, store);
  } else if (name == "defaults") {
    replace_features(draft.defaults, options.defaults, store);
  } else if (name == "overrides") {
    replace_features(draft.overrides, options.overrides, store);
  } else {
    options.caps = draft.caps;
  }
}

}  // namespace

const PlainFeature* find_feature(const std::vector<PlainFeature>& features, NameId key) {
  const auto* begin = features.data();
  for (std::size_t count = features.size(); count > 0;) {
    const auto* middle = begin + count / 2;
    if (static_cast<NameId>(middle->key) == key) {
      return middle;
    }
    if (static_cast<NameId>(middle->key) < key) {
      begin = middle + 1;
      count -= count / 2 + 1;
    } else {
      count /= 2;
    }
  }
  return nullptr;
}

std::optional<Error> configure(Options& options, Store& store, std::string_view json) {
  const Caps caps;  // not the configured ones: they are for lists, and must be mendable
  auto document = json::Document::parse(json, caps);
  if (!document) {
    return std::move(document.error());
  }
  const Node root = document.value().root();
  Draft draft;
  draft.caps = options.caps.value_or(caps);
  MaybeProblem problem;
  if (!root.is(Kind::object)) {
    problem = wrong(root, "Give an object of options.");
  } else if (const Node twice = root.find_duplicate()) {
    problem = wrong(twice, "The option is named twice; name it once.");
  }
  for (auto at = root.begin(); !problem && at != root.end(); ++at) {
    problem = read_option(*at, caps, draft);
  }
  if (problem) {
    return error_at(root, *problem);
  }
  for (const Node option : root) {
    put_in_force(draft, option.key(), options, store);
  }
  return std::nullopt;
}

}  // namespace plangate
