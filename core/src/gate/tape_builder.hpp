// Writes a Document's tape, value by value, within the caps. Internal to document.cpp and tape_builder.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "document.hpp"

namespace plangate::json {

/// The scanner says what it met; this writes it down. A false answer stops the scanner: see error().
class TapeBuilder {
 public:
  static constexpr std::size_t kPadding = 8;

  /// Copies the text: strings are unescaped in place, and the tape views them there.
  TapeBuilder(std::string_view text, const Caps& caps);

  /// The copied text, with NULs after it so that the scanner needs no bounds checks: not even for eight bytes at once.
  [[nodiscard]] char* text() { return document_.text_.get(); }

  bool null() { return add(Kind::null) != nullptr; }
  bool boolean(bool value);
  bool integer(std::int64_t value);
  /// `digits`: the source text of a whole number that neither an int64 nor a double holds exactly; else empty.
  bool number(double value, std::string_view digits);
  bool string(std::string_view text);
  void key(std::string_view name) { key_ = {name.data(), static_cast<std::uint32_t>(name.size())}; }
  bool open(Kind kind);
  void close();

  /// Whether a container is open, and whether it is an object.
  [[nodiscard]] bool inside() const { return depth_ > 0; }
  [[nodiscard]] bool inside_object() const { return top().kind == static_cast<std::uint32_t>(Kind::object); }

  /// Why an answer was false.
  [[nodiscard]] const Error& error() const { return error_; }
  [[nodiscard]] Document take() { return std::move(document_); }

 private:
  [[nodiscard]] const Cell& top() const { return document_.cells_[open_[depth_ - 1]]; }
  Cell* add(Kind kind);
  void refuse(ErrorCode code);

  Document document_;
  Error error_;
  Cell::Text key_{};
  std::size_t depth_ = 0;
  std::size_t max_depth_;
  std::size_t max_cells_;
  std::array<std::uint32_t, Document::kDepthLimit> open_{};
};

}  // namespace plangate::json
