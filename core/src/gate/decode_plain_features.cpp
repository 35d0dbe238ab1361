// Defaults and overrides: {"sso": true, "quota": {"limitGB": 5}, "beta": false}.
#include "decode_rows.hpp"

namespace plangate {

using json::Kind;
using json::Node;

std::optional<Problem> read_plain_features(Node features, const Caps& caps, Snapshot& snapshot) {
  const auto wrong = [](Node at, std::string_view message) { return Problem{ErrorCode::INVALID_OPTION, at, message}; };
  if (!features.is(Kind::object)) {
    return wrong(features, "Give an object of feature keys.");
  }
  if (features.size() > caps.max_entries) {
    return Problem{ErrorCode::TOO_MANY_ENTRIES, features, "There are more features than the maxEntries cap."};
  }
  if (const Node twice = features.find_duplicate()) {
    return wrong(twice, "The feature is named twice; name it once.");
  }
  snapshot.entitlements.reserve(features.size());
  for (const Node feature : features) {
    const std::string_view key = feature.key();
    if (key.empty() || key.size() > caps.max_key_bytes) {
      return wrong(feature, "A feature key has at least one byte and at most maxKeyBytes.");
    }
    const bool object = feature.is(Kind::object);
    if (!object && !feature.is_nothing() && !feature.is(Kind::boolean)) {
      return wrong(feature, "A feature is true, false, null or a config object.");
    }
    Entitlement entitlement;
    entitlement.feature_key = snapshot.text.keep(key);
    entitlement.type = object ? FeatureType::static_ : FeatureType::boolean;
    entitlement.has_access = object || feature.boolean();
    if (object) {
      entitlement.config = keep_canonical(snapshot.text, feature);
    }
    snapshot.entitlements.push_back(entitlement);
  }
  return std::nullopt;
}

Result<Snapshot> decode_plain_features(std::string_view json, const Caps& caps) {
  auto document = json::Document::parse(json, caps);
  if (!document) {
    return std::move(document.error());
  }
  const Node root = document.value().root();
  Snapshot snapshot;
  if (auto problem = read_plain_features(root, caps, snapshot)) {
    return error_at(root, *problem);
  }
  return snapshot;
}

}  // namespace plangate
