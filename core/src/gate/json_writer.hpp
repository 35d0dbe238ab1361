// Appends JSON text to a string. Puts the commas; the caller gives the nesting. Internal to core/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plangate::json {

/// Appends `text` quoted and escaped. `text` must be UTF-8; it is passed through.
void append_string(std::string& out, std::string_view text);
/// Appends a decimal integer.
void append_integer(std::string& out, std::int64_t value);
/// Appends the shortest text that reads back as the same double; whole numbers below 2^53 without fraction or
/// exponent, -0 as 0, NaN and infinities (which JSON lacks) as null.
void append_number(std::string& out, double value);

/// Append-only writer: begin_object().member("a").integer(1).end_object() -> {"a":1}
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  /// Names the next value.
  Writer& member(std::string_view name);
  /// The same for a literal, in fewer bytes of code.
  [[gnu::noinline]] Writer& member(const char* name);
  Writer& string(std::string_view text);
  Writer& integer(std::int64_t value);
  Writer& number(double value);
  Writer& boolean(bool value);
  Writer& null() { return raw("null"); }
  /// Appends a value that is JSON text already.
  Writer& raw(std::string_view json);
  /// Members that are left out when there is nothing to say.
  Writer& number_if_any(std::string_view name, const std::optional<double>& value);
  Writer& raw_if_any(std::string_view name, std::string_view json);

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void separate();

  std::string& out_;
  bool comma_ = false;  ///< A value was written at this level, so the next one needs a comma.
};

}  // namespace plangate::json
