#include "json_writer.hpp"

#include "number.hpp"

namespace plangate::json {
namespace {

constexpr double kExactInteger = 9007199254740992.0;  // 2^53: below it a whole double is one integer and no other

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '\\';
  switch (c) {
    case '"':
    case '\\':
      out += static_cast<char>(c);
      return;
    case '\b':
      out += 'b';
      return;
    case '\f':
      out += 'f';
      return;
    case '\n':
      out += 'n';
      return;
    case '\r':
      out += 'r';
      return;
    case '\t':
      out += 't';
      return;
    default:
      break;
  }
  out += "u00";
  out += kHex[c >> 4U];
  out += kHex[c & 15U];
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') {
      continue;
    }
    out.append(text.data() + done, i - done);
    append_escape(out, c);
    done = i + 1;
  }
  out.append(text.data() + done, text.size() - done);
  out += '"';
}

void append_integer(std::string& out, std::int64_t value) {
  char digits[20];
  std::size_t at = sizeof digits;
  // Negating as unsigned is defined for the least int64 too.
  auto rest = static_cast<std::uint64_t>(value);
  if (value < 0) {
    rest = 0 - rest;
  }
  do {
    digits[--at] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0) {
    out += '-';
  }
  out.append(digits + at, sizeof digits - at);
}

void append_number(std::string& out, double value) {
  if (!(value - value == 0)) {  // NaN and infinities
    out += "null";
    return;
  }
  if (value > -kExactInteger && value < kExactInteger &&
      value == static_cast<double>(static_cast<std::int64_t>(value))) {
    append_integer(out, static_cast<std::int64_t>(value));
    return;
  }
  append_shortest(out, value);
}

void Writer::separate() {
  if (comma_) {
    out_ += ',';
  }
  comma_ = true;
}

Writer& Writer::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

Writer& Writer::close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

Writer& Writer::member(std::string_view name) {
  separate();
  append_string(out_, name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::member(const char* name) { return member(std::string_view(name)); }

Writer& Writer::string(std::string_view text) {
  separate();
  append_string(out_, text);
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  separate();
  append_integer(out_, value);
  return *this;
}

Writer& Writer::number(double value) {
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::boolean(bool value) { return raw(value ? "true" : "false"); }

Writer& Writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

Writer& Writer::number_if_any(std::string_view name, const std::optional<double>& value) {
  return value ? member(name).number(*value) : *this;
}

Writer& Writer::raw_if_any(std::string_view name, std::string_view json) {
  return json.empty() ? *this : member(name).raw(json);
}

}  // namespace plangate::json
