// Just enough integer arithmetic to convert between decimal text and doubles without error. Internal to core/.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plangate::json {

/// A natural number of up to 4096 bits: the largest that a conversion meets is 10^1100 (3655 bits) and a double's shift.
class BigInteger {
 public:
  explicit BigInteger(std::uint64_t value);

  [[nodiscard]] bool is_zero() const { return size_ == 0; }
  /// Position of the highest set bit plus one; 0 for zero.
  [[nodiscard]] int bits() const;

  /// *this = *this * factor + summand
  void multiply_add(std::uint32_t factor, std::uint32_t summand = 0);
  void multiply_power_of_ten(int exponent);
  void shift_left(int bits);
  /// *this must be at least `other`.
  void subtract(const BigInteger& other);
  void add(const BigInteger& other);

  /// Negative, zero, positive: *this is less than, equal to, greater than `other`.
  [[nodiscard]] int compare(const BigInteger& other) const;

 private:
  static constexpr int kWords = 128;
  static constexpr int kWordBits = 32;

  void push(std::uint32_t word);
  void trim();
  [[nodiscard]] std::uint32_t word(int index) const { return index < size_ ? words_[index] : 0; }

  int size_ = 0;  ///< Words in use; the highest is not zero.
  std::uint32_t words_[kWords];
};

}  // namespace plangate::json
