#include "policies.hpp"

#include <string>

#include "json_writer.hpp"
#include "names.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

// An object whose members all have different names.
ErrorCode check_object(Node object, Node& at) {
  if (!object.is(Kind::object)) {
    at = object;
    return ErrorCode::WRONG_TYPE;
  }
  at = object.find_duplicate();
  return ErrorCode::DUPLICATE_MEMBER;
}

void join(TextArena& text, std::string_view& policies, std::string_view other) {
  if (other.empty()) {
    return;
  }
  const json::Document before = json::Document::read_kept(policies);
  const json::Document behind = json::Document::read_kept(other);
  std::string joined;
  json::Writer writer(joined);
  writer.begin_object();
  for (const Node source : {before.root(), behind.root()}) {
    for (const Node feature : source) {
      if (source.same(before.root()) || !before.root().find(feature.key())) {
        writer.member(feature.key()).raw({});  // the value follows
        json::append_canonical(joined, feature);
      }
    }
  }
  writer.end_object();
  policies = text.keep(joined);
}

}  // namespace

ErrorCode check_policies(Node policies, Node& at) {
  ErrorCode code = ErrorCode::WRONG_TYPE;
  if (!policies.is_nothing()) {
    code = check_object(policies, at);
  }
  for (const Node feature : policies) {
    if (!at) {
      code = check_object(feature, at);
    }
    for (const Node field : feature) {
      const bool good =
          policies.key() == kMerge ? enum_of<MergePolicy>(kPolicyNames, field.string()).has_value() : field.is_number();
      if (!at && !good) {
        at = field;
        code = ErrorCode::WRONG_TYPE;
      }
    }
  }
  return code;
}

void join_policies(Snapshot& snapshot, const Snapshot& other) {
  join(snapshot.text, snapshot.merge, other.merge);
  join(snapshot.text, snapshot.unlimited_value, other.unlimited_value);
}

void FieldRule::fill_from(std::string_view policies, std::string_view key, std::string_view field) {
  if (policies.empty()) {
    return;
  }
  const json::Document document = json::Document::read_kept(policies);
  const Node policy = document.root().find(key).find(field);
  if (policy.is_number() && !unlimited_value) {
    unlimited_value = policy.number();
  }
  if (!merge) {
    merge = enum_of<MergePolicy>(kPolicyNames, policy.string());
  }
}

}  // namespace plangate
