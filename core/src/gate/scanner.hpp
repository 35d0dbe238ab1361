// The grammar of JSON (RFC 8259), without recursion. Internal to document.cpp and scanner.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "tape_builder.hpp"

namespace plangate::json {

/// Reads one text and tells a TapeBuilder what is in it. The builder's copy of the text ends with a NUL, which is no
/// part of JSON: every loop stops there.
class Scanner {
 public:
  Scanner(TapeBuilder& tape, std::size_t size) : tape_(tape), begin_(tape.text()), end_(begin_ + size), at_(begin_) {}

  /// False: see code() and offset().
  bool run();

  [[nodiscard]] ErrorCode code() const { return code_; }
  /// Byte offset of the first byte that is wrong; absent when the builder refused, which says where by pointer.
  [[nodiscard]] std::optional<std::size_t> offset() const { return offset_; }

 private:
  bool value();
  bool after_value();
  bool key();
  bool string(std::string_view& out);
  bool unescape(char*& to);
  bool escaped_character(char*& to);
  bool code_unit(unsigned& out);
  bool number();
  bool digits();
  bool literal(std::string_view word);
  bool expect(char c);
  void skip_space();

  bool fail(ErrorCode code, const char* where);
  bool fail_here();
  bool refused(bool accepted);

  TapeBuilder& tape_;
  char* begin_;
  char* end_;
  char* at_;
  bool open_ = false;  ///< A container was opened and has no value yet.
  ErrorCode code_ = ErrorCode::SYNTAX_ERROR;
  std::optional<std::size_t> offset_;
};

}  // namespace plangate::json
