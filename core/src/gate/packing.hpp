// Numbers, times and texts in few bytes. What is packed here is read back here only, so readers trust the bytes. Internal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "plangate/time.hpp"

namespace plangate {

/// Seven bits a byte, the low ones first.
void put_varint(std::string& out, std::uint64_t value);
/// Whole numbers below 2^53 as varints, the rest as eight bytes.
void put_number(std::string& out, double value);
/// Relative to `base`, in seconds when it is whole seconds away: four bytes for most times. Times beyond
/// +-kTimeLimit are kept as that.
void put_time(std::string& out, TimeMs time, TimeMs base);
/// Length, then bytes.
void put_text(std::string& out, std::string_view text);

/// Some thirty million years: far beyond every calendar, and small enough to compute with.
inline constexpr TimeMs kTimeLimit = TimeMs{1} << 60U;
TimeMs clamp_time(TimeMs time);

/// Reads what the put functions wrote, in the same order.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool done() const { return at_ == end_; }
  [[nodiscard]] const char* at() const { return at_; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(*at_++); }
  std::uint64_t varint() {
    std::uint64_t value = byte();
    if (value >= 0x80U) {
      value = long_varint(value);
    }
    return value;
  }
  std::uint32_t id() { return static_cast<std::uint32_t>(varint()); }
  double number();
  TimeMs time(TimeMs base);
  std::string_view text() { return take(static_cast<std::size_t>(varint())); }
  std::string_view rest() { return take(static_cast<std::size_t>(end_ - at_)); }
  std::string_view take(std::size_t size) {
    at_ += size;
    return {at_ - size, size};
  }

 private:
  std::uint64_t long_varint(std::uint64_t first);

  const char* at_;
  const char* end_;
};

}  // namespace plangate
