#include "catalogue_packing.hpp"

#include "packing.hpp"

namespace plangate {
namespace {

void put_price(std::string& out, const Price& price) {
  put_text(out, price.id);
  put_text(out, price.currency);
  put_text(out, price.interval);
  put_varint(out, price.interval_count);
  out += static_cast<char>((price.active ? 1U : 0U) | (price.unit_amount ? 2U : 0U));
  if (price.unit_amount) {
    put_number(out, *price.unit_amount);
  }
}

Price read_price(Unpacker& in) {
  Price price;
  price.id = in.text();
  price.currency = in.text();
  price.interval = in.text();
  price.interval_count = in.id();
  const std::uint8_t flags = in.byte();
  price.active = (flags & 1U) != 0;
  if ((flags & 2U) != 0) {
    price.unit_amount = in.number();
  }
  return price;
}

void put_product(std::string& out, const Product& product) {
  put_text(out, product.id);
  put_text(out, product.name);
  put_text(out, product.display);
  out += static_cast<char>(product.active);
  put_varint(out, product.prices.size());
  for (const Price& price : product.prices) {
    put_price(out, price);
  }
  put_varint(out, product.features.size());
  for (const Attachment& attachment : product.features) {
    put_text(out, attachment.feature_key);
    put_text(out, attachment.config);
  }
}

Product read_product(Unpacker& in) {
  Product product;
  product.id = in.text();
  product.name = in.text();
  product.display = in.text();
  product.active = in.byte() != 0;
  product.prices.resize(in.id());
  for (Price& price : product.prices) {
    price = read_price(in);
  }
  product.features.resize(in.id());
  for (Attachment& attachment : product.features) {
    attachment.feature_key = in.text();
    attachment.config = in.text();
  }
  return product;
}

}  // namespace

std::string pack_catalogue(const Catalogue& catalogue) {
  std::string out;
  put_varint(out, catalogue.features.size());
  for (const CatalogueFeature& feature : catalogue.features) {
    put_text(out, feature.key);
    put_text(out, feature.name);
    put_text(out, feature.description);
    out += static_cast<char>(feature.archived);
  }
  put_varint(out, catalogue.products.size());
  for (const Product& product : catalogue.products) {
    put_product(out, product);
  }
  return out;
}

Catalogue unpack_catalogue(std::string_view packed) {
  Unpacker in(packed);
  Catalogue catalogue;
  catalogue.features.resize(in.id());
  for (CatalogueFeature& feature : catalogue.features) {
    feature.key = in.text();
    feature.name = in.text();
    feature.description = in.text();
    feature.archived = in.byte() != 0;
  }
  catalogue.products.resize(in.id());
  for (Product& product : catalogue.products) {
    product = read_product(in);
  }
  return catalogue;
}

}  // namespace plangate
