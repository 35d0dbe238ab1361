#include "number.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "big_integer.hpp"

namespace plangate::json {
namespace {

constexpr int kMantissaBits = 53;
constexpr int kStoredBits = kMantissaBits - 1;
constexpr int kLeastExponent = -1022;  // of a normal double, as in 1.f * 2^e
constexpr std::uint64_t kInfinityBits = std::uint64_t{0x7FF} << kStoredBits;
constexpr double kExactInteger = 9007199254740992.0;  // 2^53
constexpr int kExactPower = 22;                       // 10^22 is the last power of ten that a double holds exactly
constexpr int kMostDigits = 770;                      // more cannot decide a rounding other than as "a little above"

double power_of_ten(int exponent) {
  double power = 1;
  for (; exponent > 0; --exponent) {
    power *= 10;  // exact up to 10^22
  }
  return power;
}

/// A JSON number taken apart: 0.d1d2d3... * 10^magnitude, leading zeros dropped.
struct Decimal {
  bool negative = false;
  std::uint64_t head = 0;  ///< The first 19 digits.
  int digits = 0;
  int magnitude = 0;
};

constexpr int kHeadDigits = 19;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int read_exponent(std::string_view text) {
  constexpr int kEnough = 100'000;  // past any exponent that matters; more digits change nothing
  const bool negative = text.starts_with('-');
  int exponent = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      exponent = std::min(exponent * 10 + (c - '0'), kEnough);
    }
  }
  return negative ? -exponent : exponent;
}

/// Calls `take(digit)` for each digit from the first that is not zero, up to the exponent.
template <class Take>
void each_digit(std::string_view text, Take take) {
  bool leading = true;
  for (const char c : text) {
    if ((c | 0x20) == 'e') {
      return;
    }
    leading = leading && (!is_digit(c) || c == '0');
    if (!leading && is_digit(c)) {
      take(static_cast<unsigned>(c - '0'));
    }
  }
}

Decimal take_apart(std::string_view text) {
  Decimal decimal;
  decimal.negative = text.starts_with('-');
  each_digit(text, [&](unsigned digit) {
    if (++decimal.digits <= kHeadDigits) {
      decimal.head = decimal.head * 10 + digit;
    }
  });
  const std::size_t exponent = std::min(text.find_first_of("eE"), text.size());
  const std::size_t point = std::min(text.find('.'), exponent);
  const std::size_t first = text.find_first_of("123456789");
  // How many digits stand between the first that counts and the point.
  decimal.magnitude = static_cast<int>(point) - static_cast<int>(first) + (first > point ? 1 : 0);
  if (exponent < text.size()) {
    decimal.magnitude += read_exponent(text.substr(exponent + 1));
  }
  return decimal;
}

/// All digits that can matter; a last 1 stands for whatever followed. Answers how many there are.
int gather(std::string_view text, const Decimal& decimal, BigInteger& all) {
  if (decimal.digits <= kHeadDigits) {
    all = BigInteger(decimal.head);
    return decimal.digits;
  }
  int taken = 0;
  bool more = false;
  each_digit(text, [&](unsigned digit) {
    if (taken < kMostDigits) {
      ++taken;
      all.multiply_add(10, digit);
    } else {
      more = more || digit != 0;
    }
  });
  if (more) {
    ++taken;
    all.multiply_add(10, 1);
  }
  return taken;
}

/// The bits of the double nearest to numerator / denominator, by long division.
std::uint64_t nearest_bits(BigInteger& numerator, BigInteger& denominator) {
  int exponent = numerator.bits() - denominator.bits();
  if (exponent < 0) {
    numerator.shift_left(-exponent);
  } else {
    denominator.shift_left(exponent);
  }
  if (numerator.compare(denominator) < 0) {
    numerator.shift_left(1);
    --exponent;
  }
  // Now 1 <= numerator / denominator < 2. Below the least exponent a double has fewer bits.
  const int bits = exponent < kLeastExponent ? kMantissaBits - (kLeastExponent - exponent) : kMantissaBits;
  if (bits < 0) {
    return 0;
  }
  std::uint64_t mantissa = 0;
  bool next = false;
  for (int i = 0; i <= bits; ++i) {
    mantissa = i == 0 ? 0 : mantissa * 2 + (next ? 1 : 0);
    next = numerator.compare(denominator) >= 0;
    if (next) {
      numerator.subtract(denominator);
    }
    if (i < bits) {
      numerator.shift_left(1);
    }
  }
  if (next && (!numerator.is_zero() || mantissa % 2 == 1)) {
    ++mantissa;  // a carry runs into the exponent, as it should
  }
  const int biased = exponent < kLeastExponent ? 0 : exponent - kLeastExponent;
  return std::min((static_cast<std::uint64_t>(biased) << kStoredBits) + mantissa, kInfinityBits);
}

double magnitude_of(std::string_view text, const Decimal& decimal) {
  const int exponent = decimal.magnitude - decimal.digits;
  if (decimal.digits <= kHeadDigits && decimal.head <= static_cast<std::uint64_t>(kExactInteger) &&
      exponent >= -kExactPower && exponent <= kExactPower) {
    // Both are exact, so one operation rounds once.
    const auto whole = static_cast<double>(decimal.head);
    return exponent < 0 ? whole / power_of_ten(-exponent) : whole * power_of_ten(exponent);
  }
  if (decimal.magnitude > 310 || decimal.magnitude < -330) {
    return decimal.magnitude > 0 ? std::numeric_limits<double>::infinity() : 0;
  }
  BigInteger numerator(0);
  const int scale = decimal.magnitude - gather(text, decimal, numerator);
  BigInteger denominator(1);
  (scale < 0 ? denominator : numerator).multiply_power_of_ten(scale < 0 ? -scale : scale);
  const std::uint64_t bits = nearest_bits(numerator, denominator);
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// Digits of a positive value without trailing zeros, and where the point goes: 0.digits * 10^magnitude.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): written before it is read.
struct Digits {
  char text[20];
  int count = 0;
  int magnitude = 0;

  void push(unsigned digit) { text[count++] = static_cast<char>('0' + digit); }
};

/// What few digits after the point say exactly: prices, percentages, quotas. Most numbers end here.
bool short_digits(double value, Digits& out) {
  constexpr int kMostPlaces = 6;
  double power = 1;
  for (int places = 0; places <= kMostPlaces; ++places, power *= 10) {
    const double scaled = value * power;
    if (scaled >= 1e15) {
      return false;
    }
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): a wrong rounding does not read back as the value.
    const auto whole = static_cast<std::uint64_t>(scaled + 0.5);
    // Fifteen digits are always told apart by doubles, so when they read back as the value they are the shortest.
    if (whole == 0 || static_cast<double>(whole) / power != value) {
      continue;
    }
    char reversed[16];
    int count = 0;
    for (std::uint64_t rest = whole; rest != 0; rest /= 10) {
      reversed[count++] = static_cast<char>('0' + rest % 10);
    }
    out.magnitude = count - places;
    while (count > 0) {
      out.text[out.count++] = reversed[--count];
    }
    return true;
  }
  return false;
}

/// Steele and White's free-format algorithm: digits until the rest of the value no longer matters.
void exact_digits(double value, Digits& out) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  const auto biased = static_cast<int>(bits >> kStoredBits);
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << kStoredBits) - 1);
  const std::uint64_t mantissa = biased == 0 ? fraction : fraction + (std::uint64_t{1} << kStoredBits);
  const int exponent = std::max(biased, 1) + kLeastExponent - 1 - kStoredBits;
  // At a power of two the neighbour below is half as far as the one above.
  const int uneven = fraction == 0 && biased > 1 ? 1 : 0;

  BigInteger rest(mantissa);  // value = rest / scale; above and below: half the way to the neighbours
  BigInteger scale(1);
  BigInteger above(1);
  BigInteger below(1);
  rest.shift_left(std::max(exponent, 0) + 1 + uneven);
  scale.shift_left(std::max(-exponent, 0) + 1 + uneven);
  above.shift_left(std::max(exponent, 0) + uneven);
  below.shift_left(std::max(exponent, 0));

  const int even = mantissa % 2 == 0 ? 1 : 0;  // then the half way itself reads back as the value
  const auto reaches_scale = [&] {
    BigInteger sum = rest;
    sum.add(above);
    return sum.compare(scale) >= 1 - even;
  };
  const auto next_place = [&] {
    rest.multiply_add(10);
    above.multiply_add(10);
    below.multiply_add(10);
  };
  for (; reaches_scale(); ++out.magnitude) {
    scale.multiply_add(10);
  }
  for (next_place(); !reaches_scale(); --out.magnitude) {
    next_place();
  }
  for (;; next_place()) {
    unsigned digit = 0;
    for (; rest.compare(scale) >= 0; ++digit) {
      rest.subtract(scale);
    }
    const bool low = rest.compare(below) < even;  // rest < below, or <= when even
    const bool high = reaches_scale();
    if (low || high) {
      BigInteger twice = rest;
      twice.shift_left(1);
      const int half = twice.compare(scale);
      const bool up = high && (!low || half > 0 || (half == 0 && digit % 2 == 1));  // a tie goes to the even digit
      out.push(digit + (up ? 1 : 0));
      return;
    }
    out.push(digit);
  }
}

void append_zeros(std::string& out, int count) { out.append(static_cast<std::size_t>(std::max(count, 0)), '0'); }

/// Number::toString of ECMAScript.
void lay_out(std::string& out, const Digits& digits) {
  constexpr int kLongestWhole = 21;
  constexpr int kLeastPlain = -6;
  const int magnitude = digits.magnitude;
  const bool plain = magnitude > kLeastPlain && magnitude <= kLongestWhole;
  const int before = plain ? std::clamp(magnitude, 0, digits.count) : 1;
  if (before == 0) {
    out += '0';
  }
  out.append(digits.text, static_cast<std::size_t>(before));
  if (plain) {
    append_zeros(out, magnitude - digits.count);
  }
  if (before < digits.count) {
    out += '.';
    append_zeros(out, plain ? -magnitude : 0);
    out.append(digits.text + before, static_cast<std::size_t>(digits.count - before));
  }
  if (!plain) {
    int exponent = magnitude - 1;
    out += exponent < 0 ? "e-" : "e+";
    exponent = exponent < 0 ? -exponent : exponent;
    if (exponent >= 100) {
      out += static_cast<char>('0' + exponent / 100);
    }
    if (exponent >= 10) {
      out += static_cast<char>('0' + exponent / 10 % 10);
    }
    out += static_cast<char>('0' + exponent % 10);
  }
}

}  // namespace

double decimal_to_double(std::string_view text) {
  const Decimal decimal = take_apart(text);
  const double magnitude = decimal.digits == 0 ? 0 : magnitude_of(text, decimal);
  return decimal.negative ? -magnitude : magnitude;
}

void append_shortest(std::string& out, double value) {
  if (value < 0) {
    out += '-';
    value = -value;
  }
  if (value == 0) {
    out += '0';
    return;
  }
  Digits digits;
  if (!short_digits(value, digits)) {
    exact_digits(value, digits);
  }
  lay_out(out, digits);
}

}  // namespace plangate::json
