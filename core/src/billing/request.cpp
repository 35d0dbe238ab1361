#include "request.hpp"

#include <cmath>

#include "../gate/json_writer.hpp"

namespace plangate::billing {

using json::Kind;
using json::Node;
using Code = BillingErrorCode;

bool Refusals::refuse(BillingErrorCode code, std::string param, std::string detail) {
  if (!first_) {
    first_ = Refusal{code, std::move(param), std::move(detail)};
  }
  return false;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    count += (static_cast<unsigned char>(c) & 0xC0U) == 0x80U ? 0 : 1;
  }
  return count;
}

Request::Request(Node node, Refusals& refusals, std::string path)
    : node_(node), refusals_(&refusals), path_(std::move(path)) {
  if (!node.is(Kind::object)) {
    refusals_->refuse(path_.empty() ? Code::INVALID_JSON : Code::INVALID_MEMBER, path_, "an object is wanted");
  }
}

std::string Request::path_of(std::string_view member) const {
  std::string path = path_;
  if (!path.empty() && !member.empty()) {
    path += '.';
  }
  return path.append(member);
}

bool Request::refuse(Code code, std::string_view member, std::string detail) const {
  return refusals_->refuse(code, path_of(member), std::move(detail));
}

void Request::invalid(std::string_view member, std::string detail) const {
  refuse(Code::INVALID_MEMBER, member, std::move(detail));
}

void Request::missing(std::string_view id, std::string_view member, std::string_view noun) const {
  refuse(Code::NOT_FOUND, member, std::string(noun).append(" '").append(id).append("'"));
}

bool Request::only(std::string_view members) const {
  for (const Node member : node_) {
    std::string_view rest = members;
    bool known = false;
    while (!known && !rest.empty()) {
      const std::size_t size = rest.find(' ');
      known = rest.substr(0, size) == member.key();
      rest.remove_prefix(size == std::string_view::npos ? rest.size() : size + 1);
    }
    if (!known) {
      return refuse(Code::UNKNOWN_MEMBER, member.key());
    }
  }
  if (const Node twice = node_.find_duplicate()) {
    return refuse(Code::INVALID_MEMBER, twice.key(), "it is named twice");
  }
  return ok();
}

std::optional<std::string> Request::text_if(std::string_view member, std::size_t most, std::size_t least) const {
  const Node value = node_.find(member);
  if (value.is_nothing()) {
    return std::nullopt;
  }
  const std::size_t size = count_characters(value.string());
  if (!value.is(Kind::string) || size > most || size < least) {
    std::string detail = "a text of ";
    json::append_integer(detail, static_cast<std::int64_t>(least));
    detail += " to ";
    json::append_integer(detail, static_cast<std::int64_t>(most));
    invalid(member, detail + " characters is wanted");
    return std::nullopt;
  }
  return std::string(value.string());
}

std::string Request::text(std::string_view member, std::size_t most) const {
  if (!gives(member)) {
    refuse(Code::MISSING_MEMBER, member);
    return {};
  }
  return text_if(member, most).value_or(std::string{});
}

std::optional<TimeMs> Request::time_if(std::string_view member) const {
  const Node value = node_.find(member);
  if (value.is_nothing()) {
    return std::nullopt;
  }
  const auto ms = value.integer();
  if (!ms || *ms < kFirstMoment || *ms > kLastMoment) {
    invalid(member, "a moment from 1970 to 9999 in whole ms is wanted");
    return std::nullopt;
  }
  return ms;
}

TimeMs Request::time(std::string_view member) const {
  if (!gives(member)) {
    refuse(Code::MISSING_MEMBER, member);
  }
  return time_if(member).value_or(kFirstMoment);
}

std::optional<bool> Request::flag_if(std::string_view member) const {
  const Node value = node_.find(member);
  if (value.is_nothing()) {
    return std::nullopt;
  }
  if (!value.is(Kind::boolean)) {
    invalid(member, "true or false is wanted");
    return std::nullopt;
  }
  return value.boolean();
}

std::optional<double> Request::amount_if(std::string_view member) const {
  const Node value = node_.find(member);
  if (value.is_nothing()) {
    return std::nullopt;
  }
  if (!value.is_number() || !std::isfinite(value.number()) || value.number() < 0) {
    invalid(member, "a number that is not negative is wanted");
    return std::nullopt;
  }
  return value.number();
}

std::int64_t Request::integer(std::string_view member, std::int64_t least, std::int64_t most,
                              std::int64_t otherwise) const {
  const Node value = node_.find(member);
  if (value.is_nothing()) {
    return otherwise;
  }
  const auto number = value.integer();
  if (!number || *number < least || *number > most) {
    std::string detail = "a whole number from ";
    json::append_integer(detail, least);
    detail += " to ";
    json::append_integer(detail, most);
    invalid(member, detail + " is wanted");
    return otherwise;
  }
  return *number;
}

std::size_t Request::choice(std::string_view member, std::span<const std::string_view> names,
                            std::size_t otherwise) const {
  const Node value = node_.find(member);
  if (value.is_nothing()) {
    return otherwise;
  }
  std::string detail;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (value.is(Kind::string) && value.string() == names[i]) {
      return i;
    }
    detail += i == 0 ? "one of " : ", ";
    detail += names[i];
  }
  invalid(member, detail + " is wanted");
  return otherwise;
}

}  // namespace plangate::billing
