#include "scanner.hpp"

#include <cstdint>
#include <cstring>

#include "number.hpp"
#include "utf8.hpp"

namespace plangate::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// May stand in a string as it is: printable ASCII without quote and backslash.
bool is_plain(char c) { return static_cast<unsigned char>(c - 0x20) < 0x60 && c != '"' && c != '\\'; }

/// The same of the eight bytes here. Right as a whole: a byte below 0x20 borrows, but only what is not plain does.
bool are_plain(const char* at) {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  const std::uint64_t quote = bytes ^ (kEach * '"');
  const std::uint64_t backslash = bytes ^ (kEach * '\\');
  return ((bytes | (bytes - kEach * 0x20) | (quote - kEach) | (backslash - kEach)) & (kEach * 0x80)) == 0;
}

constexpr unsigned kHighHalf = 0xD800;
constexpr unsigned kLowHalf = 0xDC00;
constexpr unsigned kHalfMask = 0xFC00;

char* put_utf8(char* to, unsigned code) {
  const auto tail = [&](unsigned shift) { *to++ = static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    *to++ = static_cast<char>(code);
    return to;
  }
  if (code < 0x800) {
    *to++ = static_cast<char>(0xC0U | (code >> 6U));
  } else {
    if (code < 0x10000) {
      *to++ = static_cast<char>(0xE0U | (code >> 12U));
    } else {
      *to++ = static_cast<char>(0xF0U | (code >> 18U));
      tail(12);
    }
    tail(6);
  }
  tail(0);
  return to;
}

}  // namespace

bool Scanner::fail(ErrorCode code, const char* where) {
  code_ = code;
  offset_ = static_cast<std::size_t>(where - begin_);
  return false;
}

// A byte that is wrong here may be one that is wrong anywhere.
bool Scanner::fail_here() {
  const bool broken = at_ < end_ && sequence_length({at_, static_cast<std::size_t>(end_ - at_)}) == 0;
  return fail(broken ? ErrorCode::INVALID_UTF8 : ErrorCode::SYNTAX_ERROR, at_);
}

bool Scanner::refused(bool accepted) {
  if (!accepted) {
    code_ = tape_.error().code;
  }
  return accepted;
}

void Scanner::skip_space() {
  while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') {
    ++at_;
  }
}

bool Scanner::expect(char c) {
  skip_space();
  if (*at_ != c) {
    return fail_here();
  }
  ++at_;
  return true;
}

bool Scanner::run() {
  do {
    skip_space();
    if (!value() || !after_value()) {
      return false;
    }
  } while (tape_.inside());
  skip_space();
  return at_ == end_ || fail_here();
}

bool Scanner::value() {
  switch (*at_) {
    case '{':
    case '[':
      open_ = true;
      return refused(tape_.open(*at_++ == '{' ? Kind::object : Kind::array));
    case '"': {
      std::string_view text;
      return string(text) && refused(tape_.string(text));
    }
    case 't':
      return literal("true") && refused(tape_.boolean(true));
    case 'f':
      return literal("false") && refused(tape_.boolean(false));
    case 'n':
      return literal("null") && refused(tape_.null());
    default:
      return number();
  }
}

/// Closes what ends here and stops before the next value, its key read; or after the outermost container.
bool Scanner::after_value() {
  for (bool first = open_; tape_.inside(); first = false) {
    open_ = false;
    const bool object = tape_.inside_object();
    skip_space();
    if (*at_ == (object ? '}' : ']')) {
      ++at_;
      tape_.close();
      continue;
    }
    return (first || expect(',')) && (!object || key());
  }
  return true;
}

bool Scanner::key() {
  skip_space();
  std::string_view name;
  if (*at_ != '"') {
    return fail_here();
  }
  if (!string(name)) {
    return false;
  }
  tape_.key(name);
  return expect(':');
}

bool Scanner::literal(std::string_view word) {
  for (const char c : word) {
    if (*at_ != c) {
      return fail_here();
    }
    ++at_;
  }
  return true;
}

/// Reads from the opening to the closing quote. Unescaped text is never longer than its source: it goes over it.
bool Scanner::string(std::string_view& out) {
  char* const from = ++at_;
  while (are_plain(at_)) {
    at_ += sizeof(std::uint64_t);
  }
  while (is_plain(*at_)) {
    ++at_;
  }
  char* to = at_;
  while (*at_ != '"') {
    if (!unescape(to)) {
      return false;
    }
  }
  ++at_;
  out = {from, static_cast<std::size_t>(to - from)};
  return true;
}

/// Moves one character, escaped or not, to where the text has come to.
bool Scanner::unescape(char*& to) {
  if (*at_ == '\\') {
    return escaped_character(to);
  }
  const std::size_t length = sequence_length({at_, static_cast<std::size_t>(end_ - at_)});
  if (length == 0 || static_cast<unsigned char>(*at_) < 0x20) {
    return fail_here();
  }
  for (std::size_t i = 0; i < length; ++i) {
    *to++ = *at_++;
  }
  return true;
}

bool Scanner::escaped_character(char*& to) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  const char* const start = at_++;
  if (*at_ != 'u') {
    const std::size_t which = kLetters.find(*at_);
    if (which == std::string_view::npos) {
      return fail_here();
    }
    ++at_;
    *to++ = kMeant[which];
    return true;
  }
  unsigned code = 0;
  if (!code_unit(code)) {
    return false;
  }
  if ((code & kHalfMask) == kHighHalf) {
    // A text that ends before the other half could stand there was cut short, which is the grammar's business.
    if (at_ == end_ || (at_ + 1 == end_ && *at_ == '\\')) {
      return fail(ErrorCode::SYNTAX_ERROR, end_);
    }
    unsigned low = 0;
    if (at_[0] != '\\' || at_[1] != 'u') {
      return fail(ErrorCode::INVALID_UTF8, start);
    }
    ++at_;
    if (!code_unit(low)) {
      return false;
    }
    if ((low & kHalfMask) != kLowHalf) {
      return fail(ErrorCode::INVALID_UTF8, start);
    }
    code = 0x10000 + ((code - kHighHalf) << 10U) + (low - kLowHalf);
  } else if ((code & kHalfMask) == kLowHalf) {
    return fail(ErrorCode::INVALID_UTF8, start);
  }
  to = put_utf8(to, code);
  return true;
}

/// Four hexadecimal digits after the 'u' at the cursor.
bool Scanner::code_unit(unsigned& out) {
  ++at_;
  for (int i = 0; i < 4; ++i, ++at_) {
    const auto letter = static_cast<unsigned char>(static_cast<unsigned char>(*at_) | 0x20U);
    if (is_digit(*at_)) {
      out = out * 16 + static_cast<unsigned>(*at_ - '0');
    } else if (letter >= 'a' && letter <= 'f') {
      out = out * 16 + (letter - 'a' + 10U);
    } else {
      return fail_here();
    }
  }
  return true;
}

/// One digit or more.
bool Scanner::digits() {
  if (!is_digit(*at_)) {
    return fail_here();
  }
  while (is_digit(*at_)) {
    ++at_;
  }
  return true;
}

bool Scanner::number() {
  const char* const start = at_;
  const bool negative = *at_ == '-';
  at_ += negative ? 1 : 0;
  const char* const first = at_;
  if (*at_ == '0') {
    ++at_;
  } else if (!digits()) {
    return false;
  }
  const std::string_view whole(first, static_cast<std::size_t>(at_ - first));
  bool fraction = false;
  if (*at_ == '.') {
    fraction = true;
    ++at_;
    if (!digits()) {
      return false;
    }
  }
  if (*at_ == 'e' || *at_ == 'E') {
    fraction = true;
    ++at_;
    at_ += *at_ == '+' || *at_ == '-' ? 1 : 0;
    if (!digits()) {
      return false;
    }
  }
  constexpr std::size_t kAlwaysFits = 18;  // digits
  const std::string_view text(start, static_cast<std::size_t>(at_ - start));
  if (!fraction && whole.size() <= kAlwaysFits + 1) {
    std::uint64_t value = 0;
    for (const char c : whole) {
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    // The least int64 is one further from zero than the greatest.
    if (value <= static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1 : 0)) {
      return refused(tape_.integer(static_cast<std::int64_t>(negative ? 0 - value : value)));
    }
  }
  const double value = decimal_to_double(text);
  if (value - value != 0) {
    return fail(ErrorCode::NUMBER_OUT_OF_RANGE, start);
  }
  return refused(tape_.number(value, fraction ? std::string_view() : text));
}

}  // namespace plangate::json
