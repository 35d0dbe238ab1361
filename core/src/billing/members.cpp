#include "members.hpp"

#include <algorithm>

namespace plangate::billing {
namespace {

using json::Kind;
using json::Node;

constexpr std::size_t kMostMetadata = 50;
constexpr std::size_t kMostKey = 40;
constexpr std::size_t kMostValue = 500;

void set(Members& members, std::string_view name, std::optional<std::string> value) {
  const auto place = std::find_if(members.begin(), members.end(), [&](const auto& own) { return own.first == name; });
  if (!value) {
    if (place != members.end()) {
      members.erase(place);
    }
  } else if (place != members.end()) {
    place->second = std::move(*value);
  } else {
    members.emplace_back(name, std::move(*value));
  }
}

bool merge_metadata(const Request& request, Members& members) {
  const Node given = request.node().find("metadata");
  if (!given) {
    return true;
  }
  if (given.is(Kind::null) || (given.is(Kind::string) && given.string().empty())) {
    members.clear();
    return true;
  }
  if (!given.is(Kind::object)) {
    return request.refuse(BillingErrorCode::INVALID_MEMBER, "metadata", "an object of texts is wanted");
  }
  for (const Node member : given) {
    const std::string path = std::string("metadata.").append(member.key());
    if (!member.is(Kind::string) && !member.is(Kind::null)) {
      return request.refuse(BillingErrorCode::INVALID_MEMBER, path, "a text is wanted");
    }
    if (member.key().empty() || count_characters(member.key()) > kMostKey ||
        count_characters(member.string()) > kMostValue) {
      return request.refuse(BillingErrorCode::INVALID_MEMBER, path, "keys have 1 to 40 characters, values at most 500");
    }
    set(members, member.key(), member.string().empty() ? std::nullopt : std::optional<std::string>(member.string()));
  }
  return members.size() <= kMostMetadata ||
         request.refuse(BillingErrorCode::INVALID_MEMBER, "metadata", "at most 50 members are kept");
}

bool merge_data(const Request& request, Members& members) {
  const Node given = request.node().find("data");
  if (given.is_nothing()) {
    return true;
  }
  if (!given.is(Kind::object)) {
    return request.refuse(BillingErrorCode::INVALID_MEMBER, "data", "an object is wanted");
  }
  for (const Node member : given) {
    std::optional<std::string> text;
    if (!member.is(Kind::null)) {
      json::append_canonical(text.emplace(), member);
    }
    set(members, member.key(), std::move(text));
  }
  return true;
}

}  // namespace

bool merge_extra(const Request& request, Object& object) {
  return merge_metadata(request, object.metadata) && merge_data(request, object.data);
}

void write_extra(json::Writer& out, const Object& object) {
  out.member("created").integer(object.created);
  out.member("metadata").begin_object();
  for (const auto& [name, value] : object.metadata) {
    out.member(name).string(value);
  }
  out.end_object().member("data").begin_object();
  for (const auto& [name, value] : object.data) {
    out.member(name).raw(value);
  }
  out.end_object();
}

}  // namespace plangate::billing
