#include "unlocks.hpp"

#include "json_writer.hpp"
#include "names.hpp"
#include "order.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

constexpr double kMonths = 12;
constexpr double kDaysAMonth = 365.25 / kMonths;
constexpr std::string_view kIntervalNames[] = {"day", "week", "month", "year"};
constexpr double kIntervalsAMonth[] = {kDaysAMonth, kDaysAMonth / 7, 1, 1 / kMonths};

// The members of a price that an answer tells.
struct PriceMember {
  std::string_view name;
  Kind kind;
};
constexpr PriceMember kPriceMembers[] = {{"id", Kind::string},
                                         {"unitAmount", Kind::number},
                                         {"currency", Kind::string},
                                         {"interval", Kind::string},
                                         {"intervalCount", Kind::integer}};

// Prices compare within their rank only: what is paid once is not cheaper or dearer than what is paid monthly.
enum class Rank : std::uint8_t { recurring, one_time, unknown, none };

// One price of a product that would grant what was asked.
struct Offer {
  Node product;
  Node price;           // missing: the product has none
  std::uint32_t first;  // index of the product's first offer: they stand together
  Rank rank = Rank::none;
  double amount = 0;  // per month, or once
};

// Orders texts by bytes; what is no text counts as empty.
int compare(Node a, Node b) { return a.string().compare(b.string()); }

// Orders the texts of one member.
int compare(Node a, Node b, const char* member) { return compare(a.find(member), b.find(member)); }

// Is there a text that is not empty?
bool has_text(Node node, const char* member) { return !node.find(member).string().empty(); }

// Absent is active.
bool is_active(Node node) {
  const Node active = node.find("active");
  return active.is_nothing() || active.boolean();
}

// Amounts of different currencies never meet: the currency's name comes before the amount.
bool is_cheaper(const void* offers, std::uint32_t left, std::uint32_t right) {
  const Offer& a = static_cast<const Offer*>(offers)[left];
  const Offer& b = static_cast<const Offer*>(offers)[right];
  if (a.rank != b.rank) {
    return a.rank < b.rank;
  }
  int order = compare(a.price, b.price, "currency");
  if (order == 0 && a.amount != b.amount) {
    return a.amount < b.amount;
  }
  if (order == 0) {
    order = compare(a.product, b.product, "id");
  }
  return (order == 0 ? compare(a.price, b.price, "id") : order) < 0;
}

// Is every member that an answer tells of its kind, and are those there that must be?
bool is_well_formed(Node price) {
  for (const PriceMember& member : kPriceMembers) {
    const Node value = price.find(member.name);
    const bool fits = value.is(member.kind) || (member.kind == Kind::number && value.is_number());
    if (!fits && !value.is_nothing()) {
      return false;
    }
  }
  const Node count = price.find("intervalCount");
  return has_text(price, "id") && has_text(price, "currency") && (count.is_nothing() || count.number() >= 1);
}

// Ranks the price of an offer; false when its interval is not known.
bool rank(Offer& offer) {
  const Node amount = offer.price.find("unitAmount");
  offer.rank = amount.is_number() ? Rank::one_time : Rank::unknown;
  offer.amount = amount.number();
  const std::string_view interval = offer.price.find("interval").string();
  if (interval.empty()) {
    return true;
  }
  const auto index = enum_of<std::size_t>(kIntervalNames, interval);
  if (index && amount.is_number()) {
    const Node count = offer.price.find("intervalCount");
    offer.rank = Rank::recurring;
    offer.amount *= kIntervalsAMonth[*index] / (count.is_number() ? count.number() : 1);
  }
  return index.has_value();
}

class Search {
 public:
  Search(const Core& core, const HeldSnapshot* snapshot, Node query)
      : keys_(query.find("keys")),
        field_(query.find("field")),
        at_least_(query.find("atLeast")),
        currency_(query.find("currency")),
        core_(core),
        snapshot_(snapshot) {}

  // Has the query the members that are known, of their kinds, and no others?
  [[nodiscard]] bool is_valid(Node query) const {
    const std::size_t known = (keys_ ? 1U : 0U) + (field_ ? 1U : 0U) + (at_least_ ? 1U : 0U) + (currency_ ? 1U : 0U);
    for (const Node key : keys_) {
      if (!key.is(Kind::string)) {
        return false;
      }
    }
    return keys_.is(Kind::array) && keys_.size() != 0 && known == query.size() &&
           (at_least_.is_nothing() || at_least_.is_number()) && is_text_or_nothing(field_) &&
           is_text_or_nothing(currency_);
  }

  [[nodiscard]] bool asks_archived(Node features) const {
    for (const Node feature : features) {
      for (const Node key : keys_) {
        if (feature.find("archived").boolean() && compare(feature.find("key"), key) == 0) {
          return true;
        }
      }
    }
    return false;
  }

  // Adds the product's offers when it is for sale: the prices that grant what is asked, with what comes with all of them.
  void visit(Node product) {
    if (!has_text(product, "id") || !is_active(product)) {
      return;
    }
    const auto first = static_cast<std::uint32_t>(offers_.size());
    const Node prices = product.find("prices");
    // Without any price a product is given away or sold by talking; with none on offer it is not sold.
    const bool is_priced = prices.size() != 0;
    auto at = prices.begin();
    do {
      Offer offer{product, is_priced ? *at : Node{}, first};
      if ((!is_priced || is_on_offer(offer)) && covers(product, offer.price)) {
        offers_.push_back(offer);
      }
    } while (is_priced && ++at != prices.end());
  }

  // The products, each where its cheapest price stands.
  void write(std::string& out) const {
    json::Writer writer(out);
    writer.begin_array();
    std::vector<char> written(offers_.size());
    for (const std::uint32_t index : sorted_order(offers_.size(), is_cheaper, offers_.data())) {
      const std::uint32_t first = offers_[index].first;
      if (written[first] == 0) {
        written[first] = 1;
        write_product(out, writer, first);
      }
    }
    writer.end_array();
  }

 private:
  static bool is_text_or_nothing(Node node) { return node.is_nothing() || node.is(Kind::string); }

  // Ranks the offer on the way.
  [[nodiscard]] bool is_on_offer(Offer& offer) const {
    return is_well_formed(offer.price) && is_active(offer.price) && rank(offer) &&
           (currency_.string().empty() || compare(currency_, offer.price.find("currency")) == 0);
  }

  // Do the product's features and the price's own together have all keys?
  [[nodiscard]] bool covers(Node product, Node price) const {
    Node field = field_;  // asked of the first key only
    for (const Node key : keys_) {
      bool attached = false;
      for (const Node holder : {product, price}) {
        attached = attached || attaches(holder, key, field.string());
      }
      if (!attached) {
        return false;
      }
      field = Node{};
    }
    return true;
  }

  [[nodiscard]] bool attaches(Node holder, Node key, std::string_view field) const {
    for (const Node attachment : holder.find("features")) {
      if (compare(attachment.find("key"), key) == 0 &&
          (field.empty() || gives_enough(attachment.find("config").find(field), key.string(), field))) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool gives_enough(Node value, std::string_view key, std::string_view field) const {
    if (!value.is_number()) {
      return value.string() == "unlimited";
    }
    return value.number() >= at_least_.number() ||
           rule_of(core_, snapshot_, key, field).unlimited_value == value.number();
  }

  void write_product(std::string& out, json::Writer& writer, std::uint32_t first) const {
    const Node product = offers_[first].product;
    writer.begin_object().member("productId").string(product.find("id").string());
    writer.member("name").string(product.find("name").string());
    const Node display = product.find("display");
    if (display.is(Kind::object)) {
      writer.member("display").raw({});  // the value follows
      json::append_canonical(out, display);
    }
    writer.member("prices").begin_array();
    std::size_t count = 0;
    while (first + count < offers_.size() && offers_[first + count].first == first) {
      ++count;
    }
    for (const std::uint32_t index : sorted_order(count, is_cheaper, &offers_[first])) {
      if (offers_[first + index].price) {
        write_price(writer, offers_[first + index].price);
      }
    }
    writer.end_array().end_object();
  }

  static void write_price(json::Writer& writer, Node price) {
    writer.begin_object();
    for (const PriceMember& member : kPriceMembers) {
      const Node value = price.find(member.name);
      const bool is_default = member.kind == Kind::integer && value.number() == 1;  // an intervalCount of 1
      if (value.is_nothing() || is_default) {
        continue;
      }
      writer.member(member.name);
      value.is_number() ? writer.number(value.number()) : writer.string(value.string());
    }
    writer.end_object();
  }

  Node keys_;
  Node field_;
  Node at_least_;
  Node currency_;
  const Core& core_;
  const HeldSnapshot* snapshot_;
  std::vector<Offer> offers_;
};

}  // namespace

bool append_unlocks(const Core& core, const HeldSnapshot* snapshot, Node query, std::string& out) {
  Search search(core, snapshot, query);
  if (!search.is_valid(query)) {
    return false;
  }
  const std::string_view text = snapshot == nullptr ? std::string_view{} : core.store.shared.text(snapshot->catalogue);
  const json::Document document = json::Document::read_kept(text);
  const Node catalogue = document.root();
  if (!search.asks_archived(catalogue.find("features"))) {
    for (const Node product : catalogue.find("products")) {
      search.visit(product);
    }
  }
  search.write(out);
  return true;
}

}  // namespace plangate
