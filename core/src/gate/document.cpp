#include "document.hpp"

#include "scanner.hpp"
#include "tape_builder.hpp"

namespace plangate::json {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view message_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::EMPTY_INPUT:
      return "The body is empty; check that the request got an answer.";
    case ErrorCode::NOT_JSON:
      return "The body is not a JSON object or array; check the address that answered.";
    case ErrorCode::INVALID_UTF8:
      return "The body is not valid UTF-8, or has a lone surrogate; send well-formed UTF-8.";
    case ErrorCode::NUMBER_OUT_OF_RANGE:
      return "A number is too large for a double; send it as a string.";
    case ErrorCode::TOO_LARGE:
      return "The body is larger than the maxBytes cap; page it, or raise the cap.";
    case ErrorCode::TOO_DEEP:
      return "The body is nested deeper than the maxDepth cap; flatten it, or raise the cap.";
    case ErrorCode::TOO_MANY_ENTRIES:
      return "The body has more values than maxEntries rows can have; raise the cap.";
    default:
      return "The body is malformed JSON or was cut short; fetch it again.";
  }
}

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
