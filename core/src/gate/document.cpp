#include "document.hpp"

#include "scanner.hpp"
#include "tape_builder.hpp"

namespace plangate::json {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error make_error(ErrorCode code, std::optional<std::size_t> offset = std::nullopt) {
  Error error;
  error.code = code;
  error.message = message_of(code);
  error.offset = offset;
  return error;
}

}  // namespace

Result<Document> Document::parse(std::string_view text, const Caps& caps) {
  constexpr std::size_t kAddressable = std::size_t{1} << 27U;  // cells count in 28 bits, text offsets in 32
  if (text.size() > caps.max_bytes || text.size() > kAddressable) {
    return make_error(ErrorCode::TOO_LARGE);
  }
  const std::size_t mark = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::size_t first = text.find_first_not_of(kSpace, mark);
  if (first == std::string_view::npos) {
    return make_error(ErrorCode::EMPTY_INPUT);
  }
  if (text[first] != '{' && text[first] != '[') {
    return make_error(ErrorCode::NOT_JSON, first);
  }
  const std::string_view body = text.substr(first);
  TapeBuilder builder(body, caps);
  Scanner scanner(builder, body.size());
  if (scanner.run()) {
    return builder.take();
  }
  Error error = make_error(scanner.code(), scanner.offset());
  error.pointer = builder.error().pointer;
  if (error.offset) {
    *error.offset += first;
  }
  return error;
}

Document Document::read_kept(std::string_view text) {
  if (text.empty()) {
    text = "{}";
  }
  const Caps caps{.max_bytes = text.size(), .max_depth = kDepthLimit, .max_entries = text.size()};
  auto document = parse(text, caps);
  return document ? std::move(document.value()) : Document{};
}

}  // namespace plangate::json
