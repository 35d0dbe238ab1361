#include "feature_keys.hpp"

#include <algorithm>
#include <tuple>

namespace plangate {

void write_feature_keys(json::Writer& out, std::vector<FeatureKey> features) {
  std::sort(features.begin(), features.end(), [](const FeatureKey& a, const FeatureKey& b) {
    return std::tie(a.key, a.archived) < std::tie(b.key, b.archived);  // active before archived
  });
  const auto same_key = [](const FeatureKey& a, const FeatureKey& b) { return a.key == b.key; };
  features.erase(std::unique(features.begin(), features.end(), same_key), features.end());
  out.member("features").begin_array();
  for (const FeatureKey& feature : features) {
    out.begin_object().member("key").string(feature.key);
    if (feature.archived) {
      out.member("archived").boolean(true);
    }
    out.end_object();
  }
  out.end_array();
}

}  // namespace plangate
