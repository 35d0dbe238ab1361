// `merge` and `unlimitedValue`: {key: {field: …}}, in snapshots and in options alike.
#include "decode_rows.hpp"
#include "json_writer.hpp"
#include "names.hpp"
#include "text_set.hpp"

namespace plangate {

using json::Kind;
using json::Node;

namespace {

std::size_t count_fields(Node policies) {
  std::size_t count = 0;
  for (const Node feature : policies) {
    count += feature.size();
  }
  return count;
}

// Finds the policy of a key and field, or begins it.
class PolicyTable {
 public:
  PolicyTable(std::size_t expected, TextArena& text, std::vector<FieldPolicy>& policies)
      : names_(expected), text_(text), policies_(policies) {
    for (const FieldPolicy& policy : policies_) {
      enter(policy.feature_key, policy.field);
    }
  }

  FieldPolicy& of(std::string_view key, std::string_view field) {
    const std::uint32_t index = enter(key, field);
    if (index == policies_.size()) {
      FieldPolicy& policy = policies_.emplace_back();
      // Fields of one key come together, so its text is kept once.
      const bool repeated = index > 0 && policies_[index - 1].feature_key == key;
      policy.feature_key = repeated ? policies_[index - 1].feature_key : text_.keep(key);
      policy.field = text_.keep(field);
    }
    return policies_[index];
  }

 private:
  std::uint32_t enter(std::string_view key, std::string_view field) {
    std::string name;  // with the key's length in front, since both parts may hold any character
    json::append_integer(name, static_cast<std::int64_t>(key.size()));
    name += ':';
    name += key;
    name += field;
    const std::uint32_t index = names_.add(scratch_.keep(name), next_);
    if (index == next_) {
      ++next_;
    }
    return index;
  }

  TextSet names_;
  TextArena scratch_;
  TextArena& text_;
  std::vector<FieldPolicy>& policies_;
  std::uint32_t next_ = 0;
};

bool set_merge(FieldPolicy& policy, Node value) {
  policy.merge = enum_of<MergePolicy>(kPolicyNames, value.string());
  return policy.merge.has_value();
}

bool set_unlimited(FieldPolicy& policy, Node value) {
  if (value.is_number()) {
    policy.unlimited_value = value.number();
  }
  return value.is_number();
}

std::optional<Problem> read_fields(Node policies, PolicyTable& table, bool (*set)(FieldPolicy&, Node),
                                   std::string_view wrong_value) {
  if (policies.is_nothing()) {
    return std::nullopt;
  }
  if (!policies.is(Kind::object)) {
    return Problem{ErrorCode::WRONG_TYPE, policies, "Must be an object of feature keys."};
  }
  if (const Node twice = policies.find_duplicate()) {
    return Problem{ErrorCode::DUPLICATE_MEMBER, twice, "The feature is named twice; name it once."};
  }
  for (const Node feature : policies) {
    if (!feature.is(Kind::object)) {
      return Problem{ErrorCode::WRONG_TYPE, feature, "Must be an object of config fields."};
    }
    if (const Node twice = feature.find_duplicate()) {
      return Problem{ErrorCode::DUPLICATE_MEMBER, twice, "The field is named twice; name it once."};
    }
    for (const Node field : feature) {
      if (!set(table.of(feature.key(), field.key()), field)) {
        return Problem{ErrorCode::WRONG_TYPE, field, wrong_value};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Problem> read_policies(Node merge, Node unlimited_value, TextArena& text,
                                     std::vector<FieldPolicy>& policies) {
  if (merge.is_nothing() && unlimited_value.is_nothing()) {
    return std::nullopt;
  }
  PolicyTable table(policies.size() + count_fields(merge) + count_fields(unlimited_value), text, policies);
  auto problem = read_fields(merge, table, set_merge, R"(A merge policy is "max", "sum", "min" or "latest".)");
  if (!problem) {
    problem = read_fields(unlimited_value, table, set_unlimited, "An unlimitedValue is a number.");
  }
  return problem;
}

}  // namespace plangate
