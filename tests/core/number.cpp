// Decimal conversions against the C and C++ libraries' own.
#include "number.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

using plangate::json::append_shortest;
using plangate::json::decimal_to_double;

namespace {

constexpr int kRounds = 60'000;

using Random = std::mt19937_64;

std::string random_digits(Random& random, std::size_t most) {
  std::string digits(1 + random() % most, '0');
  for (char& digit : digits) {
    digit = static_cast<char>('0' + random() % 10);
  }
  return digits;
}

/// A JSON number; now and then long, with many zeros, or at the edge of what a double holds.
std::string random_number(Random& random) {
  std::string text = random() % 2 == 0 ? "-" : "";
  std::string whole = random_digits(random, random() % 16 == 0 ? 60 : 20);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  text += whole;
  if (random() % 2 == 0) {
    text += '.';
    text += random() % 8 == 0 ? std::string(random() % 330, '0') : "";
    text += random_digits(random, random() % 64 == 0 ? 900 : 20);
  }
  if (random() % 2 == 0) {
    text += random() % 2 == 0 ? "e" : "E";
    constexpr const char* kSigns[] = {"", "+", "-"};
    text += kSigns[random() % 3];
    text += std::to_string(random() % (random() % 4 == 0 ? 345 : 30));
  }
  return text;
}

double random_double(Random& random, int kind) {
  std::uint64_t bits = random();
  if (kind == 1) {
    bits &= 0x800FFFFFFFFFFFFFULL;  // subnormal
  } else if (kind == 2) {
    bits &= 0xFFF0000000000000ULL;  // a power of two, whose neighbours are unevenly far
  } else if (kind == 3) {
    return std::ldexp(static_cast<double>(bits >> 11U), static_cast<int>(random() % 40) - 50);
  }
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return std::isfinite(value) ? value : 1;
}

bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

/// The significant digits of a number's text.
std::string digits_of(const std::string& text) {
  std::string digits;
  for (const char c : text.substr(0, text.find('e'))) {
    if (c >= '0' && c <= '9') {
      digits += c;
    }
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
  }
  return digits;
}

std::string shortest(double value) {
  std::string text;
  append_shortest(text, value);
  return text;
}

}  // namespace

TEST_CASE("decimal text becomes the double that strtod gives", "[number]") {
  Random random(20'240'601);
  for (int i = 0; i < kRounds; ++i) {
    const std::string text = random_number(random);
    INFO(text);
    REQUIRE(same(decimal_to_double(text), std::strtod(text.c_str(), nullptr)));
  }
}

TEST_CASE("exactly half way between two doubles, the even one is taken", "[number]") {
  Random random(7);
  char text[1200];
  for (int i = 0; i < kRounds / 20; ++i) {
    const double value = std::fabs(random_double(random, i % 4));
    const double next = std::nextafter(value, std::numeric_limits<double>::infinity());
    const long double half = (static_cast<long double>(value) + static_cast<long double>(next)) / 2;
    std::snprintf(text, sizeof text, "%.800Le", half);
    INFO(text);
    REQUIRE(same(decimal_to_double(text), std::strtod(text, nullptr)));
  }
}

TEST_CASE("the ends of the range", "[number]") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK(decimal_to_double("1.7976931348623157e308") == std::numeric_limits<double>::max());
  CHECK(decimal_to_double("1.7976931348623158e308") == std::numeric_limits<double>::max());
  CHECK(decimal_to_double("1.7976931348623159e308") == kInfinity);
  CHECK(decimal_to_double("-1e400") == -kInfinity);
  CHECK(decimal_to_double("1e99999999999999999999") == kInfinity);
  CHECK(decimal_to_double("0e99999999999999999999") == 0);
  CHECK(decimal_to_double("4.9406564584124654e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(decimal_to_double("2.4703282292062327e-324") == 0);
  CHECK(decimal_to_double("2.4703282292062328e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(decimal_to_double("1e-99999999999999999999") == 0);
  CHECK(std::signbit(decimal_to_double("-0.0")));
  CHECK(decimal_to_double("0." + std::string(400, '0') + "1e401") == 1);
}

TEST_CASE("a double becomes the fewest digits that read back as it", "[number]") {
  Random random(42);
  char text[64];
  for (int i = 0; i < kRounds; ++i) {
    const double value = random_double(random, i % 4);
    const std::string ours = shortest(value);
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    INFO(ours);
    REQUIRE(same(std::strtod(ours.c_str(), nullptr), value == 0 ? 0 : value));
    REQUIRE(digits_of(ours) == digits_of(std::string(text, end)));
  }
}

TEST_CASE("numbers are laid out as JavaScript lays them out", "[number]") {
  CHECK(shortest(0.5) == "0.5");
  CHECK(shortest(99.95) == "99.95");
  CHECK(shortest(-1234.5) == "-1234.5");
  CHECK(shortest(123456789012345680000.0) == "123456789012345680000");
  CHECK(shortest(1e21) == "1e+21");
  CHECK(shortest(1.5e300) == "1.5e+300");
  CHECK(shortest(0.000001) == "0.000001");
  CHECK(shortest(0.0000015) == "0.0000015");
  CHECK(shortest(0.00000015) == "1.5e-7");
  CHECK(shortest(5e-324) == "5e-324");
  CHECK(shortest(814524208992309.25) == "814524208992309.2");  // as near to .3: the even digit
  CHECK(shortest(9007199254740993.0) == "9007199254740992");
  CHECK(shortest(0.1 + 0.2) == "0.30000000000000004");
}
