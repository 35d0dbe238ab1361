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
/// Relative to `base` (within the limit), in seconds when it is whole seconds away: four bytes for most times. Times
/// beyond +-kTimeLimit are kept as that.
void put_time(std::string& out, TimeMs time, TimeMs base);
/// Length, then bytes.
void put_text(std::string& out, std::string_view text);

/// Some thirty million years: far beyond every calendar, and small enough to compute with.
inline constexpr TimeMs kTimeLimit = TimeMs{1} << 60U;
TimeMs clamp_time(TimeMs time);

/// Reads what the put functions wrote, in the same order. The small steps are inlined even where size is what counts:
/// every decision takes hundreds of them.
class Unpacker {
 public:
  Unpacker(const char* begin, const char* end) : at_(begin), end_(end) {}
  explicit Unpacker(std::string_view bytes) : Unpacker(bytes.data(), bytes.data() + bytes.size()) {}

  [[nodiscard]] bool done() const { return at_ == end_; }
  [[nodiscard, gnu::always_inline]] const char* at() const { return at_; }
  [[gnu::always_inline]] std::uint8_t byte() { return static_cast<std::uint8_t>(*at_++); }
  [[gnu::always_inline]] std::uint32_t id() {
    const std::uint32_t first = byte();
    return first < 0x80U ? first : static_cast<std::uint32_t>(long_varint(first));
  }
  [[gnu::always_inline]] void skip(std::size_t size) { at_ += size; }
  std::uint64_t varint();
  double number();
  TimeMs time(TimeMs base);
  std::string_view text();
  std::string_view rest();

 private:
  std::uint64_t long_varint(std::uint64_t first);

  const char* at_;
  const char* end_;
};

}  // namespace plangate
