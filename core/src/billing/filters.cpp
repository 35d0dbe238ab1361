#include "filters.hpp"

#include <algorithm>

#include "../gate/json_writer.hpp"

namespace plangate::billing {

using json::Kind;
using json::Node;
using Code = BillingErrorCode;

Stretch::Stretch(const Request& request, std::string_view member) {
  if (!request.gives(member)) {
    return;
  }
  const Request inner(request.node().find(member), request.refusals(), request.path_of(member));
  if (!inner.ok() || !inner.only("from before")) {
    return;
  }
  from_ = inner.time_if("from").value_or(from_);
  before_ = inner.time_if("before").value_or(before_);
}

AnyOf::AnyOf(const Request& request, std::string_view member) : given_(request.gives(member)) {
  const Node list = request.node().find(member);
  if (given_ && !list.is(Kind::array)) {
    request.refuse(Code::INVALID_MEMBER, member, "an array of texts is wanted");
    return;
  }
  for (const Node text : list) {
    if (!text.is(Kind::string)) {
      request.refuse(Code::INVALID_MEMBER, member, "an array of texts is wanted");
      return;
    }
    texts_.push_back(text.string());
  }
}

bool AnyOf::holds(std::string_view text) const {
  return !given_ || std::find(texts_.begin(), texts_.end(), text) != texts_.end();
}

ObjectFilter::ObjectFilter(const Request& request) : created_(request, "created") {
  const Node data = request.node().find("data");
  if (data.is_nothing()) {
    return;
  }
  if (!data.is(Kind::object)) {
    request.refuse(Code::INVALID_MEMBER, "data", "an object is wanted");
    return;
  }
  for (const Node member : data) {
    std::string text;
    json::append_canonical(text, member);
    data_.emplace_back(member.key(), std::move(text));
  }
}

bool ObjectFilter::holds(const Object& object) const {
  return created_.holds(object.created) && std::all_of(data_.begin(), data_.end(), [&object](const auto& wanted) {
           return std::any_of(object.data.begin(), object.data.end(), [&wanted](const auto& own) {
             return own.first == wanted.first && own.second == wanted.second;
           });
         });
}

}  // namespace plangate::billing
