// What there is to buy, as the gate reads it: prices and plans with the features that come with each.
#include <algorithm>
#include <utility>

#include "../gate/feature_keys.hpp"
#include "names.hpp"
#include "query.hpp"

namespace plangate::billing {
namespace {

using json::Writer;

void write_features(Writer& out, const Catalogue& catalogue) {
  std::vector<FeatureKey> keys;
  keys.reserve(catalogue.features.size());
  for (const Feature& feature : catalogue.features) {
    keys.push_back({feature.key, !feature.active});
  }
  write_feature_keys(out, std::move(keys));
}

// One thing that can be subscribed to: a price of its own, or a plan with all its active prices.
class Offer {
 public:
  Offer(const Catalogue& catalogue, Ref product) : catalogue_(catalogue), product_(product) {}

  void add(Ref price) { prices_.push_back(price); }
  [[nodiscard]] bool empty() const { return prices_.empty(); }

  void write(Writer& out, std::string_view id, bool active) const {
    const Price& recurring = leading();
    out.begin_object().member("id").string(id).member("unitAmount");
    const std::optional<double> amount = total(recurring);
    amount ? out.number(*amount) : out.null();
    out.member("currency").string(recurring.currency);
    if (recurring.interval) {
      out.member("interval").string(word(kUnits, recurring.interval->unit));
      out.member("intervalCount").integer(recurring.interval->count);
    }
    if (!active) {
      out.member("active").boolean(false);
    }
    write_attached(out, [this](Ref price) {
      return price != kNone && std::find(prices_.begin(), prices_.end(), price) != prices_.end();
    });
    out.end_object();
  }

  // The features of those attachments whose price `fits`; kNone is the product's own.
  template <class Fits>
  void write_attached(Writer& out, Fits fits) const {
    out.member("features").begin_array();
    for (const Ref ref : catalogue_.by_product[product_]) {
      const Attachment& attachment = catalogue_.attachments[ref];
      if (attachment.deleted || !fits(attachment.price)) {
        continue;
      }
      out.begin_object().member("key").string(catalogue_.features[attachment.feature].key);
      out.raw_if_any("config", attachment.gives.config);
      out.end_object();
    }
    out.end_array();
  }

 private:
  // The price that says how often is paid: the first that recurs, else the first.
  [[nodiscard]] const Price& leading() const {
    for (const Ref ref : prices_) {
      if (catalogue_.prices[ref].interval) {
        return catalogue_.prices[ref];
      }
    }
    return catalogue_.prices[prices_.front()];
  }

  // What is paid as often as the leading price. What is paid by use, or once beside a recurring price, is not in it; nothing
  // is known of it when the prices are in several currencies, or all are paid by use.
  [[nodiscard]] std::optional<double> total(const Price& leading) const {
    std::optional<double> sum;
    for (const Ref ref : prices_) {
      const Price& price = catalogue_.prices[ref];
      if (price.currency != leading.currency) {
        return std::nullopt;
      }
      if (price.unit_amount && price.interval == leading.interval) {
        sum = sum.value_or(0) + *price.unit_amount;
      }
    }
    return sum;
  }

  const Catalogue& catalogue_;
  Ref product_;
  std::vector<Ref> prices_;
};

void write_prices(Writer& out, const Catalogue& catalogue, Ref product) {
  out.member("prices").begin_array();
  for (Ref ref = 0; ref < catalogue.prices.size(); ++ref) {
    const Price& price = catalogue.prices[ref];
    if (price.product == product && price.plan == kNone && !price.deleted) {
      Offer offer(catalogue, product);
      offer.add(ref);
      offer.write(out, price.id, price.active);
    }
  }
  for (Ref plan = 0; plan < catalogue.plans.size(); ++plan) {
    Offer offer(catalogue, product);
    for (Ref ref = 0; ref < catalogue.prices.size(); ++ref) {
      const Price& price = catalogue.prices[ref];
      if (catalogue.plans[plan].product == product && price.plan == plan && price.active) {
        offer.add(ref);
      }
    }
    if (!offer.empty()) {
      offer.write(out, catalogue.plans[plan].id, catalogue.plans[plan].active);
    }
  }
  out.end_array();
}

void write_catalogue(const Query& q) {
  const Catalogue& catalogue = q.books.catalogue;
  q.result.begin_object();
  write_features(q.result, catalogue);
  q.result.member("products").begin_array();
  for (Ref ref = 0; ref < catalogue.products.size(); ++ref) {
    const Product& product = catalogue.products[ref];
    if (product.deleted) {
      continue;
    }
    q.result.begin_object().member("id").string(product.id).member("name").string(product.name);
    if (!product.active) {
      q.result.member("active").boolean(false);
    }
    write_prices(q.result, catalogue, ref);
    Offer(catalogue, ref).write_attached(q.result, [](Ref price) { return price == kNone; });
    q.result.end_object();
  }
  q.result.end_array().end_object();
}

constexpr QueryEntry kQueries[] = {{"catalogue", "", write_catalogue}};

}  // namespace

std::span<const QueryEntry> catalogue_queries() { return kQueries; }

}  // namespace plangate::billing
