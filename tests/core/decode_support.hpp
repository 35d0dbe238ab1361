// Helpers of the decoding tests.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "plangate/decode.hpp"

namespace plangate::test {

/// A copy of a text in a heap block of exactly its size, so that sanitizers see a read one byte past it.
class ExactText {
 public:
  explicit ExactText(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
    std::copy(text.begin(), text.end(), bytes_.get());
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

inline constexpr TimeMs kFetched = 1'700'000'000'000;

/// A context that only says when the list was fetched.
inline DecodeContext fetched() {
  DecodeContext context;
  context.as_of = kFetched;
  return context;
}

/// Decodes copies that are freed before the result is looked at: nothing in it may point into the input.
inline Result<Decoded> decode_pages(Format format, const std::vector<std::string>& texts,
                                    const DecodeContext& context = fetched()) {
  std::vector<ExactText> copies;
  std::vector<std::string_view> pages;
  for (const std::string& text : texts) {
    copies.emplace_back(text);
    pages.push_back(copies.back().view());
  }
  return decode(format, pages, context);
}

/// "CODE /pointer" of a refused input; "ok" when it was taken.
inline std::string verdict(const Result<Decoded>& result) {
  if (result.ok())
    return "ok";
  return std::string(name_of(result.error().code)) + " " + result.error().pointer;
}

/// "CODE key /pointer", one per warning.
inline std::vector<std::string> warnings_of(const Result<Decoded>& result) {
  std::vector<std::string> lines;
  for (const Warning& warning : result.value().warnings) {
    lines.push_back(std::string(name_of(warning.code)) + " " + warning.feature_key + " " + warning.pointer);
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace plangate::test
