// Stripe's features, products, prices and attachments as one plangate catalogue.
#include <optional>
#include <utility>
#include <vector>

#include "document.hpp"
#include "feature_keys.hpp"
#include "json_writer.hpp"
#include "plangate/provider.hpp"

namespace plangate {
namespace {

using json::Document;
using json::Kind;
using json::Node;
using json::Writer;

/// All rows of one list's pages. Nodes point into the documents, which move with it.
struct Rows {
  std::vector<Document> documents;
  std::vector<Node> nodes;
};

/// Reads pages in order; all but the last say has_more.
std::optional<Error> collect(std::span<const std::string_view> pages, const Caps& caps, Rows& rows) {
  for (std::size_t index = 0; index < pages.size(); ++index) {
    auto page = read_list_page(Format::stripe_list, pages[index], PageRequest{}, caps);
    std::optional<Error> error;
    if (!page) {
      error = std::move(page.error());
    } else if (page.value().more != (index + 1 < pages.size())) {
      error = Error{ErrorCode::INCOMPLETE_LIST, "The pages are not the whole list. Fetch it again.", "/has_more",
                    std::nullopt, 0};
    } else if (auto document = Document::parse(pages[index], caps); !document) {
      error = std::move(document.error());
    } else {
      rows.documents.push_back(std::move(document).value());
      for (Node row : rows.documents.back().root().find("data")) {
        rows.nodes.push_back(row);
      }
    }
    if (error) {
      error->page = index;
      return error;
    }
    if (rows.nodes.size() > caps.max_entries) {
      return Error{ErrorCode::TOO_MANY_ENTRIES, "The catalogue has more rows than caps.maxEntries. Raise the cap.",
                   "/data", std::nullopt, index};
    }
  }
  return std::nullopt;
}

bool is_active(Node row) { return !row.find("active").is(Kind::boolean) || row.find("active").boolean(); }

void write_features(Writer& out, const Rows& features) {
  std::vector<FeatureKey> keys;
  for (Node row : features.nodes) {
    if (std::string_view key = row.find("lookup_key").string(); !key.empty()) {
      keys.push_back({key, !is_active(row)});
    }
  }
  write_feature_keys(out, std::move(keys));
}

void write_display(Writer& out, Node product) {
  Node description = product.find("description");
  Node marketing = product.find("marketing_features");
  if (description.string().empty() && marketing.size() == 0) {
    return;
  }
  out.member("display").begin_object();
  if (!description.string().empty()) {
    out.member("description").string(description.string());
  }
  if (marketing.size() != 0) {
    out.member("marketingFeatures").begin_array();
    for (Node entry : marketing) {
      if (std::string_view name = entry.find("name").string(); !name.empty()) {
        out.string(name);
      }
    }
    out.end_array();
  }
  out.end_object();
}

void write_price(Writer& out, Node price) {
  out.begin_object().member("id").string(price.find("id").string());
  if (Node amount = price.find("unit_amount"); amount.is_number()) {
    out.member("unitAmount").number(amount.number());
  }
  out.member("currency").string(price.find("currency").string());
  Node recurring = price.find("recurring");
  if (recurring.is(Kind::object)) {
    out.member("interval").string(recurring.find("interval").string());
    if (const auto count = recurring.find("interval_count").integer(); count && *count > 1) {
      out.member("intervalCount").integer(*count);
    }
  }
  if (!is_active(price)) {
    out.member("active").boolean(false);
  }
  out.end_object();
}

std::string_view product_of(Node price) {
  Node product = price.find("product");
  return product.is(Kind::object) ? product.find("id").string() : product.string();
}

void write_product(Writer& out, Node product, const Rows& prices, const Rows& attachments) {
  const std::string_view id = product.find("id").string();
  out.begin_object().member("id").string(id);
  if (std::string_view name = product.find("name").string(); !name.empty()) {
    out.member("name").string(name);
  }
  if (!is_active(product)) {
    out.member("active").boolean(false);
  }
  write_display(out, product);
  out.member("prices").begin_array();
  for (Node price : prices.nodes) {
    if (product_of(price) == id) {
      write_price(out, price);
    }
  }
  out.end_array().member("features").begin_array();
  for (Node attachment : attachments.nodes) {
    const std::string_view key = attachment.find("entitlement_feature").find("lookup_key").string();
    if (!key.empty()) {
      out.begin_object().member("key").string(key).end_object();
    }
  }
  out.end_array().end_object();
}

}  // namespace

Result<std::string> read_stripe_catalogue(const StripeCataloguePages& pages, const Caps& caps) {
  Rows features;
  Rows products;
  Rows prices;
  if (auto error = collect(pages.features, caps, features)) {
    return std::move(*error);
  }
  if (auto error = collect(pages.products, caps, products)) {
    return std::move(*error);
  }
  if (auto error = collect(pages.prices, caps, prices)) {
    return std::move(*error);
  }

  std::string text;
  Writer out(text);
  out.begin_object();
  write_features(out, features);
  out.member("products").begin_array();
  for (Node product : products.nodes) {
    Rows attached;
    for (const AttachmentPages& attachment : pages.attachments) {
      if (attachment.product_id != product.find("id").string()) {
        continue;
      }
      if (auto error = collect(attachment.pages, caps, attached)) {
        return std::move(*error);
      }
    }
    write_product(out, product, prices, attached);
  }
  out.end_array().end_object();
  return text;
}

}  // namespace plangate
