// Options are looked at twice: first all of them are checked, then they are put in force.
#include "options.hpp"

#include <algorithm>

#include "decode_rows.hpp"
#include "names.hpp"
#include "order.hpp"
#include "policies.hpp"

namespace plangate {
namespace {

using json::Kind;
using json::Node;

enum class Option : std::uint8_t { merge, unlimited, stale_after, expire_after, on_expired, defaults, overrides, caps };
constexpr std::string_view kOptions[] = {kMerge,      kUnlimitedValue, "staleAfter", "expireAfter",
                                         "onExpired", "defaults",      "overrides",  "caps"};

constexpr std::string_view kCapNames[] = {"maxBytes", "maxDepth", "maxEntries", "maxKeyBytes"};
constexpr std::size_t Caps::*kCaps[] = {&Caps::max_bytes, &Caps::max_depth, &Caps::max_entries, &Caps::max_key_bytes};

constexpr std::string_view kKeep = "keep";

// May the option have this member?
bool is_valid(Option option, Node member) {
  if (option == Option::caps) {
    return enum_of<std::size_t>(kCapNames, member.key()) && (member.is_nothing() || member.integer().value_or(0) > 0);
  }
  if (option == Option::on_expired) {
    return member.string() == kKeep || member.string() == "deny";
  }
  const std::size_t size = member.key().size();
  return size > 0 && size <= Caps{}.max_key_bytes &&
         (member.is_nothing() || member.is(Kind::boolean) || member.is(Kind::object));
}

// The first value that is wrong; missing: all is well.
Node find_wrong(Node value) {
  const auto option = enum_of<Option>(kOptions, value.key());
  if (!option) {
    return value;
  }
  Node at;
  if (*option <= Option::unlimited) {
    check_policies(value, at);
    return at;
  }
  if (value.is_nothing()) {
    return at;
  }
  if (*option <= Option::expire_after) {
    return value.is_number() && value.number() >= 0 ? at : value;
  }
  if (!value.is(Kind::object)) {
    return value;
  }
  at = value.find_duplicate();
  for (const Node member : value) {
    if (!at && !is_valid(*option, member)) {
      at = member;
    }
  }
  return at;
}

std::uint32_t keep_text(Store& store, Node value) {
  std::string text;
  json::append_canonical(text, value);
  return store.configs.acquire(text);
}

void replace_policies(Store& store, std::uint32_t& policies, Node value) {
  const std::uint32_t old = policies;
  policies = value.size() == 0 ? kNoText : keep_text(store, value);
  store.configs.release(old);
}

void replace_duration(TimeMs& duration, Node value) {
  const double ms = value.number();
  const bool ends = !value.is_nothing() && ms < static_cast<double>(kTimeLimit);
  duration = ends ? static_cast<TimeMs>(ms) : kNever;
}

// New references are taken before the old ones go, so that names in both keep their ids.
void replace_features(Store& store, std::vector<PlainFeature>& features, Node value) {
  std::vector<PlainFeature> unsorted;
  for (const Node member : value) {
    const bool object = member.is(Kind::object);
    const bool allowed = object || member.boolean() || member.string() == kKeep;
    unsorted.push_back({store.names.acquire(member.key()), allowed, object ? keep_text(store, member) : kNoText});
  }
  for (const PlainFeature& old : features) {
    store.names.release(old.key);
    store.configs.release(old.config);
  }
  features.clear();
  for (const std::uint32_t index : sorted_order(unsorted.size(), [&unsorted](std::uint32_t a, std::uint32_t b) {
         return unsorted[a].key < unsorted[b].key;
       })) {
    features.push_back(unsorted[index]);
  }
}

void replace_caps(std::optional<Caps>& caps, Node value) {
  if (value.is_nothing()) {
    caps.reset();
    return;
  }
  const Caps usual;
  Caps changed = caps.value_or(usual);
  for (const Node member : value) {
    constexpr std::int64_t kMost = 0x7FFFFFFF;
    const auto cap = kCaps[enum_of<std::size_t>(kCapNames, member.key()).value_or(0)];
    const std::int64_t most = std::min(member.integer().value_or(0), kMost);
    changed.*cap = most > 0 ? static_cast<std::size_t>(most) : usual.*cap;
  }
  caps = changed;
}

void put_in_force(Options& options, Store& store, Node value) {
  switch (enum_of<Option>(kOptions, value.key()).value_or(Option::caps)) {
    case Option::merge:
      return replace_policies(store, options.merge, value);
    case Option::unlimited:
      return replace_policies(store, options.unlimited, value);
    case Option::stale_after:
      return replace_duration(options.stale_after, value);
    case Option::expire_after:
      return replace_duration(options.expire_after, value);
    case Option::on_expired:
      return replace_features(store, options.on_expired, value);
    case Option::defaults:
      return replace_features(store, options.defaults, value);
    case Option::overrides:
      return replace_features(store, options.overrides, value);
    case Option::caps:
      return replace_caps(options.caps, value);
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
  // Not within the configured caps: they are for lists, and must be mendable.
  auto document = json::Document::parse(json, Caps{});
  if (!document) {
    return std::move(document.error());
  }
  const Node root = document.value().root();
  Node wrong = root.is(Kind::object) ? root.find_duplicate() : root;
  for (const Node value : root) {
    if (!wrong) {
      wrong = find_wrong(value);
    }
  }
  if (wrong) {
    return error_at(root, ErrorCode::INVALID_OPTION, wrong);
  }
  for (const Node value : root) {
    put_in_force(options, store, value);
  }
  return std::nullopt;
}

}  // namespace plangate
