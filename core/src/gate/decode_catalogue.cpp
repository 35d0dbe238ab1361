// The catalogue inside a snapshot. Unlike rows it gates nothing and the application itself writes it: what is wrong in
// it is an error to be mended, not a row to be closed.
#include <limits>

#include "decode_rows.hpp"
#include "names.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

// Reads members until the first problem; after it, every read answers empty.
class CatalogueReader {
 public:
  CatalogueReader(const Caps& caps, TextArena& text) : caps_(caps), text_(text) {}

  std::optional<Problem> problem;

  void fail(ErrorCode code, Node at, std::string_view message) {
    if (!problem) {
      problem = Problem{code, at, message};
    }
  }

  // A text that must be there and not be empty.
  std::string_view name(Node object, std::string_view member) {
    const Node at = object.find(member);
    if (at.string().empty()) {
      fail(at ? ErrorCode::WRONG_TYPE : ErrorCode::MISSING_FIELD, at ? at : object,
           "An id, key or currency must be a non-empty string.");
    }
    return text_.keep(at.string());
  }

  std::string_view text(Node object, std::string_view member) {
    const Node at = object.find(member);
    if (!at.is_nothing() && !at.is(Kind::string)) {
      fail(ErrorCode::WRONG_TYPE, at, "The member must be a string.");
    }
    return text_.keep(at.string());
  }

  bool flag(Node object, std::string_view member, bool absent) {
    const Node at = object.find(member);
    if (at.is_nothing()) {
      return absent;
    }
    if (!at.is(Kind::boolean)) {
      fail(ErrorCode::WRONG_TYPE, at, "The member must be true or false.");
    }
    return at.boolean();
  }

  std::string_view object_text(Node object, std::string_view member) {
    const Node at = object.find(member);
    if (!at.is_nothing() && !at.is(Kind::object)) {
      fail(ErrorCode::WRONG_TYPE, at, "The member must be an object.");
    }
    return at.is(Kind::object) ? keep_canonical(text_, at) : std::string_view{};
  }

  // The elements of an optional array, all of them objects, within the cap on all entries together.
  Node objects(Node object, std::string_view member) {
    const Node at = object.find(member);
    if (at.is_nothing()) {
      return {};
    }
    if (!at.is(Kind::array)) {
      fail(ErrorCode::WRONG_TYPE, at, "The member must be an array.");
    }
    for (const Node element : at) {
      if (!element.is(Kind::object)) {
        fail(ErrorCode::WRONG_TYPE, element, "The element must be an object.");
      }
    }
    entries_ += at.size();
    if (entries_ > caps_.max_entries) {
      fail(ErrorCode::TOO_MANY_ENTRIES, at, "The catalogue has more than maxEntries entries.");
    }
    return problem ? Node{} : at;
  }

 private:
  const Caps& caps_;
  TextArena& text_;
  std::size_t entries_ = 0;
};

CatalogueFeature read_feature(CatalogueReader& reader, Node node) {
  CatalogueFeature feature;
  feature.key = reader.name(node, "key");
  feature.name = reader.text(node, "name");
  feature.description = reader.text(node, "description");
  feature.archived = reader.flag(node, "archived", false);
  return feature;
}

Price read_price(CatalogueReader& reader, Node node) {
  Price price;
  price.id = reader.name(node, "id");
  price.currency = reader.name(node, "currency");
  price.interval = reader.text(node, "interval");
  price.active = reader.flag(node, "active", true);
  const Node amount = node.find("unitAmount");
  if (amount.is_number()) {
    price.unit_amount = amount.number();
  } else if (!amount.is_nothing()) {
    reader.fail(ErrorCode::WRONG_TYPE, amount, "An amount is a number or null.");
  }
  if (!price.interval.empty() && !enum_of<std::size_t>(kIntervalNames, price.interval)) {
    reader.fail(ErrorCode::WRONG_TYPE, node.find("interval"), "An interval is day, week, month or year.");
  }
  const Node count = node.find("intervalCount");
  if (count.is_nothing()) {
    return price;
  }
  const std::int64_t value = count.integer().value_or(0);
  if (value < 1 || value > std::numeric_limits<std::uint32_t>::max()) {
    reader.fail(ErrorCode::WRONG_TYPE, count, "An intervalCount is a whole number, 1 or more.");
  }
  price.interval_count = static_cast<std::uint32_t>(value);
  return price;
}

Product read_product(CatalogueReader& reader, Node node) {
  Product product;
  product.id = reader.name(node, "id");
  product.name = reader.text(node, "name");
  product.display = reader.object_text(node, "display");
  product.active = reader.flag(node, "active", true);
  const Node prices = reader.objects(node, "prices");
  product.prices.reserve(prices.size());
  for (const Node price : prices) {
    product.prices.push_back(read_price(reader, price));
  }
  const Node features = reader.objects(node, "features");
  product.features.reserve(features.size());
  for (const Node feature : features) {
    Attachment attachment;
    attachment.feature_key = reader.name(feature, "key");
    attachment.config = reader.object_text(feature, "config");
    product.features.push_back(attachment);
  }
  return product;
}

}  // namespace

std::optional<Problem> read_catalogue(Node node, const Caps& caps, TextArena& text, Catalogue& catalogue) {
  if (!node.is(Kind::object)) {
    return Problem{ErrorCode::WRONG_TYPE, node, "The catalogue must be an object."};
  }
  CatalogueReader reader(caps, text);
  const Node features = reader.objects(node, "features");
  catalogue.features.reserve(features.size());
  for (const Node feature : features) {
    catalogue.features.push_back(read_feature(reader, feature));
  }
  const Node products = reader.objects(node, "products");
  catalogue.products.reserve(products.size());
  for (const Node product : products) {
    catalogue.products.push_back(read_product(reader, product));
  }
  return reader.problem;
}

}  // namespace plangate
