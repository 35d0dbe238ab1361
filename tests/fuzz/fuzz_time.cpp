#include <cstdint>
#include <memory>
#include <string_view>

#include "plangate/time.hpp"

// An instant is refused, or lies in the years RFC 3339 can write and reads the same in lower case.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::unique_ptr<char[]> text(new char[size]);
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>(data[i]);
  const auto time = plangate::parse_rfc3339({text.get(), size});
  if (!time)
    return 0;
  constexpr plangate::TimeMs kDay = 86'400'000;
  if (*time < -62'167'219'200'000 - kDay || *time > 253'402'300'800'000 + kDay)
    __builtin_trap();
  for (std::size_t i = 0; i < size; ++i) {
    if (text[i] == 'T' || text[i] == 'Z')
      text[i] = static_cast<char>(text[i] + ('a' - 'A'));
  }
  if (plangate::parse_rfc3339({text.get(), size}) != time)
    __builtin_trap();
  return 0;
}
