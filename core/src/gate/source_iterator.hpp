// Feeds nlohmann's lexer from a text in memory, and takes plain strings off its hands. Internal to document.cpp.
#pragma once

#include <cstddef>
#include <cstring>
#include <iterator>
#include <string_view>

namespace plangate::json {

/// The text being parsed and how far the lexer has read. nlohmann handles every character of a string on its own, in two
/// buffers; most strings of a billing system are printable ASCII without escapes. Those are passed over in one go: the
/// lexer sees "" and the tape takes the string from here. All other strings, and all grammar, are the lexer's.
struct Source {
  char* text;
  std::size_t size;
  std::size_t at = 0;           ///< The next character the lexer gets.
  std::size_t string_from = 0;  ///< Where the last string's characters begin.
  std::size_t string_end = 0;   ///< Its closing quote, or the end of the text when there is none.
  bool plain = false;           ///< The last string was passed over.
  std::size_t passed_over = 0;  ///< Characters the lexer has not seen, for its count to be put right.

  void advance() {
    if (text[at] == '"' && (at > string_end || string_end == 0)) {
      enter_string();
    } else {
      ++at;
    }
  }

 private:
  void enter_string() {
    string_from = ++at;
    while (at < size && is_plain(text[at])) {
      ++at;
    }
    plain = at < size && text[at] == '"';
    if (plain) {
      string_end = at;
      passed_over += at - string_from;
      return;
    }
    string_end = at;
    while (string_end < size && text[string_end] != '"') {
      string_end += text[string_end] == '\\' ? 2 : 1;
    }
    if (string_end > size) {
      string_end = size;
    }
    at = string_from;
  }

  // 0x20 to 0x7E without the quote and the backslash.
  static bool is_plain(char c) { return static_cast<unsigned char>(c - 0x20) < 0x5F && c != '"' && c != '\\'; }
};

/// An input iterator over a Source; all copies share its position.
class SourceIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  explicit SourceIterator(Source* source) : source_(source) {}
  reference operator*() const { return source_->text[source_->at]; }
  SourceIterator& operator++() {
    source_->advance();
    return *this;
  }
  /// Only ever compared with the end.
  bool operator!=(const SourceIterator& /*end*/) const { return source_->at < source_->size; }
  bool operator==(const SourceIterator& end) const { return !(*this != end); }

 private:
  Source* source_;
};

}  // namespace plangate::json
