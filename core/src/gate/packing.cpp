#include "packing.hpp"

#include <algorithm>
#include <cstring>

namespace plangate {
namespace {

constexpr double kExactInteger = 9007199254740992.0;  // 2^53
constexpr TimeMs kSecond = 1000;

// Small numbers of either sign become small unsigned ones.
std::uint64_t fold(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
}

std::int64_t unfold(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

}  // namespace

TimeMs clamp_time(TimeMs time) { return std::clamp(time, -kTimeLimit, kTimeLimit); }

void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80U) {
    out += static_cast<char>(value | 0x80U);
    value >>= 7U;
  }
  out += static_cast<char>(value);
}

// The lowest bit tells how the rest is to be read, here and in put_time().
void put_number(std::string& out, double value) {
  if (value > -kExactInteger && value < kExactInteger) {
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) {
      return put_varint(out, fold(whole) << 1U);
    }
  }
  put_varint(out, 1);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof bytes);
}

void put_time(std::string& out, TimeMs time, TimeMs base) {
  const TimeMs distance = clamp_time(time) - base;
  const bool whole = distance % kSecond == 0;
  put_varint(out, (fold(whole ? distance / kSecond : distance) << 1U) | (whole ? 0U : 1U));
}

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

std::uint64_t Unpacker::varint() {
  const std::uint64_t first = byte();
  return first < 0x80U ? first : long_varint(first);
}

std::string_view Unpacker::text() {
  const auto size = static_cast<std::size_t>(varint());
  at_ += size;
  return {at_ - size, size};
}

std::string_view Unpacker::rest() {
  const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  at_ = end_;
  return rest;
}

std::uint64_t Unpacker::long_varint(std::uint64_t first) {
  std::uint64_t value = first & 0x7FU;
  for (unsigned shift = 7;; shift += 7) {
    const std::uint64_t next = byte();
    value |= (next & 0x7FU) << shift;
    if (next < 0x80U) {
      return value;
    }
  }
}

double Unpacker::number() {
  const std::uint64_t value = varint();
  if ((value & 1U) == 0) {
    return static_cast<double>(unfold(value >> 1U));
  }
  double number = 0;
  std::memcpy(&number, at_, sizeof number);
  at_ += sizeof number;
  return number;
}

TimeMs Unpacker::time(TimeMs base) {
  const std::uint64_t value = varint();
  const std::int64_t distance = unfold(value >> 1U);
  return base + ((value & 1U) == 0 ? distance * kSecond : distance);
}

}  // namespace plangate
