#include "derive_id.hpp"

#include <cstdint>

namespace plangate::billing {
namespace {

// Two FNV-1a sums from different starts, each stirred at the end so that near inputs land far apart.
std::uint64_t stirred(std::uint64_t x) {
  x ^= x >> 30U;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27U;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

std::uint64_t sum(std::uint64_t hash, std::string_view part) {
  constexpr std::uint64_t kPrime = 0x100000001b3ULL;
  for (const char c : part) {
    hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  }
  return (hash ^ 0xFFU) * kPrime;  // no byte of UTF-8: parts cannot run into each other
}

void append_digits(std::string& out, std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (int i = 0; i < 11; ++i) {
    out += kDigits[value % kDigits.size()];
    value /= kDigits.size();
  }
}

}  // namespace

std::string derive_id(std::string_view prefix, std::initializer_list<std::string_view> parts) {
  std::uint64_t a = 0xcbf29ce484222325ULL;
  std::uint64_t b = 0x9e3779b97f4a7c15ULL;
  for (const std::string_view part : parts) {
    a = sum(a, part);
    b = sum(b, part);
  }
  std::string id(prefix);
  append_digits(id, stirred(a));
  append_digits(id, stirred(b ^ (a << 1U)));
  return id;
}

}  // namespace plangate::billing
