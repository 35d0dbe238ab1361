// Pages of lists: by cursor, as Stripe has it, or by offset, as Paygentic has it. Internal to core/billing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../gate/json_writer.hpp"
#include "request.hpp"

namespace plangate::billing {

/// Members that every list takes, for Request::only().
#define PLANGATE_BILLING_PAGE " limit startingAfter endingBefore offset"

/// One element of a whole list, in its order. Those not kept can still be cursors.
struct Listed {
  std::string_view id;
  bool kept = true;
};

struct PageOf {
  std::vector<std::size_t> places;  ///< Which elements, in order.
  bool has_more = false;            ///< In the direction walked.
  std::size_t total = 0;            ///< Kept elements of the whole list.
  std::size_t offset = 0;           ///< Kept elements before the page.
  std::size_t limit = 10;
};

/// Cuts the page that the request asks for. None: refused.
std::optional<PageOf> cut_page(const Request& request, const std::vector<Listed>& list);

/// Writes {"data":[…],"hasMore","total","limit","offset"}; `write_one(place)` writes an element.
template <class WriteOne>
void write_page(json::Writer& out, const PageOf& page, WriteOne write_one) {
  out.begin_object().member("data").begin_array();
  for (const std::size_t place : page.places) {
    write_one(place);
  }
  out.end_array().member("hasMore").boolean(page.has_more);
  out.member("total").integer(static_cast<std::int64_t>(page.total));
  out.member("limit").integer(static_cast<std::int64_t>(page.limit));
  out.member("offset").integer(static_cast<std::int64_t>(page.offset)).end_object();
}

}  // namespace plangate::billing
