// The two copying routines of the C library, eight bytes a step: for -Oz Emscripten 3.1.6 links its smallest ones, which go
// byte by byte, and a fifth of reading a list was copying. Compiled without LTO and without builtins (CMakeLists.txt), or
// the loops would be turned into calls of themselves.
#include <cstddef>
#include <cstdint>

namespace {

using Word [[gnu::aligned(1), gnu::may_alias]] = std::uint64_t;

}  // namespace

extern "C" {

void* memcpy(void* __restrict to, const void* __restrict from, std::size_t size) {
  auto* out = static_cast<char*>(to);
  const auto* in = static_cast<const char*>(from);
  for (; size >= sizeof(Word); size -= sizeof(Word), out += sizeof(Word), in += sizeof(Word)) {
    *reinterpret_cast<Word*>(out) = *reinterpret_cast<const Word*>(in);
  }
  for (; size != 0; --size) {
    *out++ = *in++;
  }
  return to;
}

void* memset(void* to, int value, std::size_t size) {
  auto* out = static_cast<char*>(to);
  const Word word = static_cast<std::uint8_t>(value) * 0x0101010101010101U;
  for (; size >= sizeof(Word); size -= sizeof(Word), out += sizeof(Word)) {
    *reinterpret_cast<Word*>(out) = word;
  }
  for (; size != 0; --size) {
    *out++ = static_cast<char>(value);
  }
  return to;
}
}
