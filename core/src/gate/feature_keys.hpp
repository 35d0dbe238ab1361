// The features of a catalogue, as every source of one writes them. Internal to core/.
#pragma once

#include <string_view>
#include <vector>

#include "json_writer.hpp"

namespace plangate {

struct FeatureKey {
  std::string_view key;
  bool archived = false;
};

/// Writes the member "features": each key once, in order. Stripe: an archived feature's key can be reused, so a key is
/// archived only when no active feature has it.
void write_feature_keys(json::Writer& out, std::vector<FeatureKey> features);

}  // namespace plangate
