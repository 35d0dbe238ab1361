#include "document.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>

#include "json_writer.hpp"
#include "source_iterator.hpp"
#include "utf8.hpp"

namespace plangate::json {

// nlohmann's SAX events, written down as cells. Answering false to an event stops the parser.
class TapeBuilder {
 public:
  using Json = nlohmann::json;

  TapeBuilder(std::string_view text, const Caps& caps)
      : max_depth_(std::min(caps.max_depth, Document::kDepthLimit)),
        max_cells_((caps.max_entries + 1) * Document::kValuesPerEntry) {
    document_.text_.reset(new char[text.size()]);
    std::memcpy(document_.text_.get(), text.data(), text.size());
    source_ = {document_.text_.get(), text.size()};
    document_.cells_.reserve(std::min(text.size() / 24 + 16, max_cells_));
  }

  /// Parses the text; false: see error().
  bool run() { return Json::sax_parse(SourceIterator(&source_), SourceIterator(&source_), this); }

  bool null() { return add(Kind::null) != nullptr; }

  bool boolean(bool value) {
    Cell* cell = add(Kind::boolean);
    if (cell == nullptr) {
      return false;
    }
    cell->boolean = value;
    return true;
  }

  bool number_integer(Json::number_integer_t value) {
    Cell* cell = add(Kind::integer);
    if (cell == nullptr) {
      return false;
    }
    cell->integer = value;
    return true;
  }

  bool number_unsigned(Json::number_unsigned_t value) {
    if (value <= static_cast<std::uint64_t>(INT64_MAX)) {
      return number_integer(static_cast<std::int64_t>(value));
    }
    std::string digits;
    append_integer(digits, static_cast<std::int64_t>(value / 10));
    digits += static_cast<char>('0' + value % 10);
    return add_number(static_cast<double>(value), digits);
  }

  bool number_float(Json::number_float_t value, const std::string& source) {
    // Only a whole number past int64 comes here without a fraction or an exponent: its digits say more than the double.
    const bool whole = source.find_first_not_of("-0123456789") == std::string::npos;
    return add_number(value, whole ? std::string_view(source) : std::string_view());
  }

  bool string(std::string& value) {
    Cell* cell = add(Kind::string);
    if (cell == nullptr) {
      return false;
    }
    cell->text = place_string(value);
    return true;
  }

  bool binary(Json::binary_t& /*value*/) { return false; }  // cannot come from text

  bool start_object(std::size_t /*unknown*/) { return open(Kind::object); }
  bool start_array(std::size_t /*unknown*/) { return open(Kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    key_ = place_string(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/, const nlohmann::detail::exception& error) {
    // 406 is nlohmann's documented id for a number that overflows a double.
    error_.code = error.id == 406 ? ErrorCode::NUMBER_OUT_OF_RANGE : ErrorCode::SYNTAX_ERROR;
    error_.offset = position + source_.passed_over - (position == 0 ? 0 : 1);
    return false;
  }

  Error& error() { return error_; }
  Document take() { return std::move(document_); }

 private:
  // Text stays where it is in the copy of the source: a plain string as it stands, an unescaped one, never longer than
  // what it was written as, over its own source.
  Cell::Text place_string(std::string_view unescaped) {
    const auto from = static_cast<std::uint32_t>(source_.string_from);
    if (source_.plain) {
      return {from, static_cast<std::uint32_t>(source_.string_end) - from};
    }
    std::memcpy(source_.text + from, unescaped.data(), unescaped.size());
    return {from, static_cast<std::uint32_t>(unescaped.size())};
  }

  // The lexer has just read one character past the number: no number ends a text that begins with a bracket.
  [[nodiscard]] Cell::Text place_number(std::string_view digits) const {
    return {static_cast<std::uint32_t>(source_.at - 1 - digits.size()), static_cast<std::uint32_t>(digits.size())};
  }

  Cell* add(Kind kind) {
    if (document_.cells_.size() >= max_cells_) {
      refuse(ErrorCode::TOO_MANY_ENTRIES);
      return nullptr;
    }
    if (depth_ > 0) {
      ++document_.cells_[open_[depth_ - 1]].count;
    }
    Cell& cell = document_.cells_.emplace_back();
    cell.kind = static_cast<std::uint32_t>(kind) & 0xFU;
    cell.skip = 1;
    cell.key = key_;
    cell.count = 0;
    key_ = {0, 0};
    return &cell;
  }

  bool add_number(double value, std::string_view digits) {
    Cell* cell = add(Kind::number);
    if (cell == nullptr) {
      return false;
    }
    cell->number = value;
    if (digits.empty()) {
      return true;
    }
    cell->skip = 2;
    Cell& hidden = document_.cells_.emplace_back();
    hidden.kind = static_cast<std::uint32_t>(Kind::string);
    hidden.skip = 1;
    hidden.key = {0, 0};
    hidden.text = place_number(digits);
    return true;
  }

  bool open(Kind kind) {
    if (depth_ >= max_depth_) {
      return refuse(ErrorCode::TOO_DEEP);
    }
    if (add(kind) == nullptr) {
      return false;
    }
    open_[depth_++] = static_cast<std::uint32_t>(document_.cells_.size() - 1);
    return true;
  }

  bool close() {
    const std::uint32_t opened = open_[--depth_];
    document_.cells_[opened].skip = (static_cast<std::uint32_t>(document_.cells_.size()) - opened) & 0x0FFFFFFFU;
    return true;
  }

  // Stops at the value that was about to be added, and says where it is.
  bool refuse(ErrorCode code) {
    error_.code = code;
    for (std::size_t level = 0; level < depth_; ++level) {
      const Cell& container = document_.cells_[open_[level]];
      const bool last = level + 1 == depth_;
      if (container.kind == static_cast<std::uint32_t>(Kind::object)) {
        const Cell::Text name = last ? key_ : document_.cells_[open_[level + 1]].key;
        append_pointer_token(error_.pointer, {document_.text_.get() + name.offset, name.size});
      } else {
        error_.pointer += '/';
        append_integer(error_.pointer, static_cast<std::int64_t>(container.count) - (last ? 0 : 1));
      }
    }
    return false;
  }

  Document document_;
  Error error_;
  Cell::Text key_{0, 0};
  Source source_{};
  std::size_t depth_ = 0;
  std::size_t max_depth_;
  std::size_t max_cells_;
  std::array<std::uint32_t, Document::kDepthLimit> open_{};
};

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

// Where the parser stopped is known; tells broken text from broken grammar by looking at the bytes there.
void classify(Error& error, std::string_view text) {
  if (error.code == ErrorCode::SYNTAX_ERROR) {
    const std::size_t stopped = std::min(error.offset.value_or(0), text.size());
    error.offset = stopped;
    std::size_t at = find_invalid_utf8(text.substr(0, stopped + 4));
    if (at > stopped) {
      at = find_lone_surrogate(text.substr(0, stopped + 1));
    }
    if (at <= stopped) {
      error.code = ErrorCode::INVALID_UTF8;
      error.offset = at;
    }
  }
  error.message = message_of(error.code);
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
  // To nlohmann a NUL byte is the end of the input; to JSON it is an error wherever it stands.
  const std::size_t end = std::min(text.find('\0'), text.size());
  const std::string_view body = text.substr(first, end - first);

  TapeBuilder builder(body, caps);
  if (!builder.run()) {
    Error& error = builder.error();
    classify(error, body);
    if (error.offset) {
      *error.offset += first;
    }
    return std::move(error);
  }
  if (end < text.size()) {
    return make_error(ErrorCode::SYNTAX_ERROR, end);
  }
  return builder.take();
}

}  // namespace plangate::json
