#include "members.hpp"

namespace plangate {

Members MemberReader::read(json::Node object) {
  Members members;
  if (!object.is(json::Kind::object)) {
    return members;
  }
  std::size_t position = 0;
  for (const json::Node member : object) {
    const std::size_t index = find(member.key(), position++);
    if (index == names_.size()) {
      continue;
    }
    if (members.at[index]) {
      members.duplicate = member;
    }
    members.at[index] = member;
  }
  return members;
}

std::size_t MemberReader::find(std::string_view name, std::size_t position) {
  const bool remembered = position < last_.size();
  if (remembered && names_[last_[position]] == name) {
    return last_[position];
  }
  std::size_t index = 0;
  while (index < names_.size() && names_[index] != name) {
    ++index;
  }
  if (remembered && index < names_.size()) {
    last_[position] = static_cast<std::uint8_t>(index);
  }
  return index;
}

}  // namespace plangate
