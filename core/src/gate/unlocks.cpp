#include "unlocks.hpp"

#include "catalogue_packing.hpp"
#include "merge.hpp"
#include "order.hpp"

namespace plangate {
namespace {

// Prices compare within their rank only: what is paid once is not cheaper or dearer than what is paid monthly.
enum class Rank : std::uint8_t { recurring, one_time, unknown, none };

struct PriceRank {
  Rank rank = Rank::none;
  std::string_view currency;
  double amount = 0;  // per month, or once
  std::string_view id;

  // Amounts of different currencies never meet: the currency's name comes before the amount.
  [[nodiscard]] bool is_before(const PriceRank& other) const {
    if (rank != other.rank) {
      return rank < other.rank;
    }
    if (currency != other.currency) {
      return currency < other.currency;
    }
    return amount < other.amount;
  }
};

// How many of this interval make a month; 0 for an interval that is not known.
double intervals_a_month(std::string_view interval) {
  constexpr double kDaysAYear = 365.25;
  constexpr double kMonths = 12;
  if (interval == "month") {
    return 1;
  }
  if (interval == "year") {
    return 1 / kMonths;
  }
  if (interval == "week") {
    return kDaysAYear / 7 / kMonths;
  }
  return interval == "day" ? kDaysAYear / kMonths : 0;
}

PriceRank rank_of(const Price& price) {
  PriceRank rank{Rank::unknown, price.currency, 0, price.id};
  if (!price.unit_amount) {
    return rank;
  }
  if (price.interval.empty()) {
    rank.rank = Rank::one_time;
    rank.amount = *price.unit_amount;
    return rank;
  }
  const double times = intervals_a_month(price.interval);
  if (times > 0) {
    rank.rank = Rank::recurring;
    rank.amount = *price.unit_amount * times / (price.interval_count == 0 ? 1 : price.interval_count);
  }
  return rank;
}

// A product that would grant what was asked, with its rank: that of its cheapest price.
struct Candidate {
  const Product* product;
  std::vector<const Price*> prices;  // cheapest first
  PriceRank rank;
};

class Search {
 public:
  Search(const Core& core, const HeldSnapshot& snapshot, const UnlockQuery& query)
      : core_(core), snapshot_(snapshot), query_(query) {}

  [[nodiscard]] bool is_archived(const Catalogue& catalogue) const {
    for (const CatalogueFeature& feature : catalogue.features) {
      for (const std::string& key : query_.keys) {
        if (feature.archived && feature.key == key) {
          return true;
        }
      }
    }
    return false;
  }

  [[nodiscard]] bool covers(const Product& product) const {
    for (const std::string& key : query_.keys) {
      if (!attaches(product, key)) {
        return false;
      }
    }
    return product.active;
  }

  [[nodiscard]] std::vector<const Price*> prices_of(const Product& product) const {
    std::vector<const Price*> offered;
    for (const Price& price : product.prices) {
      if (price.active && (query_.currency.empty() || price.currency == query_.currency)) {
        offered.push_back(&price);
      }
    }
    std::vector<const Price*> sorted;
    for (const std::uint32_t index : sorted_order(offered.size(), [&offered](std::uint32_t a, std::uint32_t b) {
           const PriceRank left = rank_of(*offered[a]);
           const PriceRank right = rank_of(*offered[b]);
           return left.is_before(right) || (!right.is_before(left) && left.id < right.id);
         })) {
      sorted.push_back(offered[index]);
    }
    return sorted;
  }

 private:
  // Is the feature attached, for the first key with enough of the asked field?
  [[nodiscard]] bool attaches(const Product& product, const std::string& key) const {
    const bool needs_field = !query_.field.empty() && &key == &query_.keys.front();
    for (const Attachment& attachment : product.features) {
      if (attachment.feature_key == key && (!needs_field || gives_enough(attachment))) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool gives_enough(const Attachment& attachment) const {
    const ConfigFields fields(attachment.config);
    const FieldValue value = fields.find(query_.field);
    const FieldRule rule = rule_of(core_, &snapshot_, attachment.feature_key, query_.field);
    return is_unlimited(value, rule) || (value.is_number() && value.number >= query_.at_least);
  }

  const Core& core_;
  const HeldSnapshot& snapshot_;
  const UnlockQuery& query_;
};

Unlock unlock_of(const Candidate& candidate) {
  const Product& product = *candidate.product;
  Unlock unlock;
  unlock.product_id = product.id;
  unlock.name = product.name;
  unlock.display = product.display;
  for (const Price* price : candidate.prices) {
    unlock.prices.push_back({std::string(price->id), price->unit_amount, std::string(price->currency),
                             std::string(price->interval), price->interval_count});
  }
  return unlock;
}

}  // namespace

std::vector<Unlock> unlocks_of(const Core& core, const HeldSnapshot* snapshot, const UnlockQuery& query) {
  std::vector<Unlock> unlocks;
  if (snapshot == nullptr || snapshot->catalogue == kNoText || query.keys.empty()) {
    return unlocks;
  }
  const Catalogue catalogue = unpack_catalogue(core.store.shared.text(snapshot->catalogue));
  const Search search(core, *snapshot, query);
  if (search.is_archived(catalogue)) {
    return unlocks;
  }
  std::vector<Candidate> candidates;
  for (const Product& product : catalogue.products) {
    if (!search.covers(product)) {
      continue;
    }
    Candidate candidate{&product, search.prices_of(product), {}};
    // Without any price a product is given away or sold by talking; with none on offer it is not sold.
    if (!candidate.prices.empty() || product.prices.empty()) {
      candidate.rank = candidate.prices.empty() ? PriceRank{} : rank_of(*candidate.prices.front());
      candidates.push_back(std::move(candidate));
    }
  }
  for (const std::uint32_t index : sorted_order(candidates.size(), [&candidates](std::uint32_t a, std::uint32_t b) {
         const Candidate& left = candidates[a];
         const Candidate& right = candidates[b];
         return left.rank.is_before(right.rank) ||
                (!right.rank.is_before(left.rank) && left.product->id < right.product->id);
       })) {
    unlocks.push_back(unlock_of(candidates[index]));
  }
  return unlocks;
}

}  // namespace plangate
