#include "big_integer.hpp"

#include <bit>

namespace plangate::json {

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): only the words in use are ever read.
BigInteger::BigInteger(std::uint64_t value) {
  for (; value != 0; value >>= kWordBits) {
    push(static_cast<std::uint32_t>(value));
  }
}

void BigInteger::push(std::uint32_t word) {
  if (size_ < kWords) {  // callers stay below; a wrong bound must not become a wrong write
    words_[size_++] = word;
  }
}

void BigInteger::trim() {
  while (size_ > 0 && words_[size_ - 1] == 0) {
    --size_;
  }
}

int BigInteger::bits() const { return size_ == 0 ? 0 : size_ * kWordBits - std::countl_zero(words_[size_ - 1]); }

void BigInteger::multiply_add(std::uint32_t factor, std::uint32_t summand) {
  std::uint64_t carry = summand;
  for (int i = 0; i < size_; ++i) {
    carry += static_cast<std::uint64_t>(words_[i]) * factor;
    words_[i] = static_cast<std::uint32_t>(carry);
    carry >>= kWordBits;
  }
  if (carry != 0) {
    push(static_cast<std::uint32_t>(carry));
  }
}

void BigInteger::multiply_power_of_ten(int exponent) {
  constexpr int kStep = 9;
  for (; exponent >= kStep; exponent -= kStep) {
    multiply_add(1'000'000'000);
  }
  for (; exponent > 0; --exponent) {
    multiply_add(10);
  }
}

void BigInteger::shift_left(int bits) {
  if (size_ == 0) {
    return;
  }
  multiply_add(1U << static_cast<unsigned>(bits % kWordBits));
  const int whole = bits / kWordBits;
  for (int i = 0; i < whole; ++i) {
    push(0);
  }
  for (int i = size_ - 1; i >= 0; --i) {
    words_[i] = i < whole ? 0 : words_[i - whole];
  }
}

void BigInteger::subtract(const BigInteger& other) {
  std::uint64_t borrow = 0;
  for (int i = 0; i < size_; ++i) {
    const std::uint64_t difference = std::uint64_t{words_[i]} - other.word(i) - borrow;
    words_[i] = static_cast<std::uint32_t>(difference);
    borrow = difference >> 63U;
  }
  trim();
}

void BigInteger::add(const BigInteger& other) {
  while (size_ < other.size_) {
    push(0);
  }
  std::uint64_t carry = 0;
  for (int i = 0; i < size_; ++i) {
    carry += std::uint64_t{words_[i]} + other.word(i);
    words_[i] = static_cast<std::uint32_t>(carry);
    carry >>= kWordBits;
  }
  if (carry != 0) {
    push(static_cast<std::uint32_t>(carry));
  }
}

int BigInteger::compare(const BigInteger& other) const {
  if (size_ != other.size_) {
    return size_ < other.size_ ? -1 : 1;
  }
  for (int i = size_ - 1; i >= 0; --i) {
    if (words_[i] != other.words_[i]) {
      return words_[i] < other.words_[i] ? -1 : 1;
    }
  }
  return 0;
}

}  // namespace plangate::json
