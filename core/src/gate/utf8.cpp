#include "utf8.hpp"

#include <algorithm>

namespace plangate {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kEscape = "\\u";

// Length of the well-formed sequence at the start of `text`; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
    return 0;
  }
  // The second byte's range is narrower where overlong forms, surrogates or values past U+10FFFF would begin.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) {
    return 0;
  }
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) {
      return 0;
    }
  }
  return length;
}

// Value of the \uXXXX escape at `at`; -1 when there is none.
int escape_value(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') {
    return -1;
  }
  int value = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const int c = static_cast<unsigned char>(text[i]) | 0x20;
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) {
      return -1;
    }
    value = value * 16 + (digit ? c - '0' : c - 'a' + 10);
  }
  return value;
}

// A backslash begins an escape when an even number of backslashes stands before it.
bool begins_escape(std::string_view text, std::size_t at) {
  std::size_t before = 0;
  while (before < at && text[at - 1 - before] == '\\') {
    ++before;
  }
  return before % 2 == 0;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text.substr(at));
    if (length == 0) {
      return at;
    }
    at += length;
  }
  return kNone;
}

std::size_t find_lone_surrogate(std::string_view text) noexcept {
  // The longest way to be wrong is a high half, six bytes, and an escape after it that is no low half.
  for (std::size_t at = text.size() - std::min<std::size_t>(text.size(), 12); at < text.size(); ++at) {
    const int value = escape_value(text, at);
    if ((value & ~0x7FF) != 0xD800 || !begins_escape(text, at)) {
      continue;
    }
    if (value >= 0xDC00) {
      const int before = at < 6 ? -1 : escape_value(text, at - 6);
      if ((before & ~0x3FF) == 0xD800) {
        continue;  // the other half is out of sight
      }
      return at;
    }
    const int next = escape_value(text, at + 6);
    // A text that ends before the other half could stand there was cut short, which is the grammar's business.
    if (next < 0 && kEscape.starts_with(text.substr(at + 6, kEscape.size()))) {
      continue;
    }
    if (next < 0xDC00 || next > 0xDFFF) {
      return at;
    }
    at += 11;
  }
  return kNone;
}

}  // namespace plangate
