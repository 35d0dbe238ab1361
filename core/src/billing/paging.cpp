#include "paging.hpp"

#include <algorithm>

namespace plangate::billing {
namespace {

using Code = BillingErrorCode;

constexpr std::int64_t kMostRows = 100;
constexpr std::int64_t kRows = 10;
constexpr std::int64_t kMostOffset = 1'000'000'000;

// The place of the element that a cursor names. None: refused.
std::optional<std::size_t> place_of(const Request& request, std::string_view member, const std::vector<Listed>& list) {
  const std::string id = request.text(member);
  const auto found = std::find_if(list.begin(), list.end(), [&](const Listed& one) { return one.id == id; });
  if (found == list.end()) {
    request.refuse(Code::NOT_FOUND, member, "'" + id + "'");
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - list.begin());
}

// Which of the kept elements the page begins with, and before which it must end.
struct Span {
  std::size_t from = 0;
  std::size_t to = 0;
  bool backwards = false;
};

std::optional<Span> read_span(const Request& request, const std::vector<Listed>& list,
                              const std::vector<std::size_t>& kept) {
  const bool after = request.gives("startingAfter");
  const bool before = request.gives("endingBefore");
  if (after && before) {
    request.refuse(Code::INVALID_MEMBER, "endingBefore", "either startingAfter or endingBefore is wanted");
    return std::nullopt;
  }
  const auto offset = static_cast<std::size_t>(request.integer("offset", 0, kMostOffset, 0));
  if (!after && !before) {
    return request.ok() ? std::optional(Span{std::min(offset, kept.size()), kept.size()}) : std::nullopt;
  }
  const auto place = place_of(request, after ? "startingAfter" : "endingBefore", list);
  if (!request.ok()) {
    return std::nullopt;
  }
  const auto bound =
      after ? std::upper_bound(kept.begin(), kept.end(), *place) : std::lower_bound(kept.begin(), kept.end(), *place);
  const auto index = static_cast<std::size_t>(bound - kept.begin());
  return after ? Span{index, kept.size()} : Span{0, index, true};
}

}  // namespace

std::optional<PageOf> cut_page(const Request& request, const std::vector<Listed>& list) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].kept) {
      kept.push_back(i);
    }
  }
  PageOf page;
  page.limit = static_cast<std::size_t>(request.integer("limit", 1, kMostRows, kRows));
  page.total = kept.size();
  const auto span = read_span(request, list, kept);
  if (!span || !request.ok()) {
    return std::nullopt;
  }
  const std::size_t count = std::min(page.limit, span->to - span->from);
  page.has_more = count < span->to - span->from;
  page.offset = span->backwards ? span->to - count : span->from;
  const auto first = kept.begin() + static_cast<std::ptrdiff_t>(page.offset);
  page.places.assign(first, first + static_cast<std::ptrdiff_t>(count));
  return page;
}

}  // namespace plangate::billing
