// Paging: what a fetcher must know of one page of any billing list.
#include <string>
#include <utility>

#include "document.hpp"
#include "plangate/provider.hpp"

namespace plangate {
namespace {

using json::Document;
using json::Kind;
using json::Node;

Error wrong_type(std::string pointer, std::string message) {
  return Error{ErrorCode::WRONG_TYPE, std::move(message), std::move(pointer), std::nullopt, 0};
}

/// Both providers answer a refused request with an object that has `error` (or only `message`) and no `data`.
bool is_provider_error(Node root) { return !root.find("data") && (root.find("error") || root.find("message")); }

/// A message of the provider's own, shortened: it is shown to a developer.
std::string provider_message(Node root) {
  Node error = root.find("error");
  Node message = error.is(Kind::object) ? error.find("message") : root.find("message");
  std::string text(message.is(Kind::string) ? message.string() : error.string());
  if (text.size() > 200) {
    text.resize(200);
  }
  while (!text.empty() && text.back() == '.') {
    text.pop_back();  // the sentence goes on here
  }
  return "The billing system answered with an error: " + text + ". Check the API key and the request.";
}

std::string last_row_id(Node data) {
  std::string_view id;
  for (Node row : data) {
    Node found = row.find("id");
    if (!found) {
      found = row.find("entitlementId");
    }
    id = found.string();
  }
  return std::string(id);
}

/// Stripe: has_more decides. Paygentic: the total decides; the first generation has none, there a full page means more.
Result<bool> has_more(Format format, Node root, std::size_t rows, const PageRequest& request, ListPage& page) {
  if (format == Format::stripe_list) {
    Node more = root.find("has_more");
    if (!more) {
      return Error{ErrorCode::MISSING_FIELD, "A Stripe list says has_more; this one does not. Check the URL.",
                   "/has_more", std::nullopt, 0};
    }
    if (!more.is(Kind::boolean)) {
      return wrong_type("/has_more", "has_more must be true or false. Check the URL.");
    }
    return more.boolean();
  }
  Node pagination = root.find("pagination");
  if (pagination.is_nothing()) {
    return rows >= request.limit;
  }
  const auto total = pagination.find("total").integer();
  if (!total || *total < 0) {
    return wrong_type("/pagination/total", "pagination.total must be a count. Check the URL.");
  }
  page.total = static_cast<std::size_t>(*total);
  return request.offset + rows < *page.total;
}

}  // namespace

Result<ListPage> read_list_page(Format format, std::string_view text, const PageRequest& request, const Caps& caps) {
  auto parsed = Document::parse(text, caps);
  if (!parsed) {
    return std::move(parsed.error());
  }
  const Document document = std::move(parsed).value();
  Node root = document.root();
  if (!root.is(Kind::object)) {
    return wrong_type("", "A list is a JSON object with data. Check the URL.");
  }
  if (is_provider_error(root)) {
    return Error{ErrorCode::PROVIDER_ERROR, provider_message(root), "", std::nullopt, 0};
  }
  Node data = root.find("data");
  if (!data) {
    return Error{ErrorCode::MISSING_FIELD, "A list has data; this one does not. Check the URL.", "/data", std::nullopt,
                 0};
  }
  if (!data.is(Kind::array)) {
    return wrong_type("/data", "data must be an array. Check the URL.");
  }

  ListPage page;
  page.rows = data.size();
  page.cursor = last_row_id(data);
  auto more = has_more(format, root, page.rows, request, page);
  if (!more) {
    return std::move(more.error());
  }
  page.more = more.value();
  if (page.more && page.rows == 0) {
    return Error{ErrorCode::INCOMPLETE_LIST, "The page is empty and claims that there are more. Fetch the list again.",
                 "/data", std::nullopt, 0};
  }
  return page;
}

}  // namespace plangate
