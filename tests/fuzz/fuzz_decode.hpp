// What every decoder must keep to, whatever the bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plangate/decode.hpp"

namespace plangate::fuzz {

/// Stops the fuzzer with a stack when a promise is broken.
inline void require(bool kept) {
  if (!kept)
    __builtin_trap();
}

/// Pages in heap blocks of exactly their size, so that a read past one is seen. The byte 0x1E parts pages.
class Pages {
 public:
  Pages(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    for (;;) {
      const std::size_t end = rest.find('\x1E');
      const std::string_view page = rest.substr(0, end);
      blocks_.emplace_back(new char[page.size()]);
      page.copy(blocks_.back().get(), page.size());
      views_.emplace_back(blocks_.back().get(), page.size());
      if (end == std::string_view::npos)
        return;
      rest.remove_prefix(end + 1);
    }
  }
  [[nodiscard]] const std::vector<std::string_view>& views() const { return views_; }

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::string_view> views_;
};

/// What was taken is written and read back as the same snapshot.
inline void require_round_trip(const Snapshot& snapshot) {
  const std::string written = encode(snapshot);
  const std::string_view page = written;
  const auto again = decode(Format::snapshot, {&page, 1}, DecodeContext{});
  require(again.ok());
  require(encode(again.value().snapshot) == written);
}

/// Decodes the bytes as this format: they are refused with a code and a message, or taken and stand the way back.
inline int decode_once(Format format, const std::uint8_t* data, std::size_t size) {
  std::optional<Decoded> decoded;
  {
    const Pages pages(data, size);
    DecodeContext context;
    context.as_of = 1'700'000'000'000;
    auto result = decode(format, pages.views(), context);
    if (!result.ok()) {
      require(!name_of(result.error().code).empty() && !result.error().message.empty());
      require(result.error().page < pages.views().size());
      const auto offset = result.error().offset;
      require(!offset || *offset <= pages.views()[result.error().page].size());
      return 0;
    }
    decoded.emplace(std::move(result).value());
  }
  for (const Entitlement& row : decoded->snapshot.entitlements)
    require(!row.feature_key.empty());
  for (const Warning& warning : decoded->warnings)
    require(warning.pointer.front() == '/');
  require_round_trip(decoded->snapshot);
  return 0;
}

}  // namespace plangate::fuzz
