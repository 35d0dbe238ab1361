#include "members.hpp"

namespace plangate {

void MemberReader::read(json::Node object, Members& members) {
  if (!object.is(json::Kind::object)) {
    return;
  }
  std::size_t position = 0;
  for (const json::Node member : object) {
    const std::size_t index = find(member.key(), position++);
    if (index == names_.size()) {
      continue;
    }
    json::Node& known = members.at[names_[index].field];
    if (known) {
      members.duplicate = member;
    }
    known = member;
  }
}

std::size_t MemberReader::find(const std::string_view& name, std::size_t position) {
  std::uint8_t& last = last_[position % last_.size()];
  if (names_[last].name == name) {
    return last;
  }
  std::size_t index = 0;
  while (index < names_.size() && names_[index].name != name) {
    ++index;
  }
  if (index < names_.size()) {
    last = static_cast<std::uint8_t>(index);
  }
  return index;
}

}  // namespace plangate
