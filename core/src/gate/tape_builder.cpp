#include "tape_builder.hpp"

#include <algorithm>
#include <cstring>

#include "json_writer.hpp"

namespace plangate::json {
namespace {

Cell::Text text_of(std::string_view text) { return {text.data(), static_cast<std::uint32_t>(text.size())}; }

}  // namespace

TapeBuilder::TapeBuilder(std::string_view text, const Caps& caps)
    : max_depth_(std::min(caps.max_depth, Document::kDepthLimit)),
      max_cells_((caps.max_entries + 1) * Document::kValuesPerEntry) {
  document_.text_.reset(new char[text.size() + kPadding]);
  std::memcpy(document_.text_.get(), text.data(), text.size());
  std::memset(document_.text_.get() + text.size(), 0, kPadding);
  document_.cells_.reserve(std::min(text.size() / 24 + 16, max_cells_));
}

Cell* TapeBuilder::add(Kind kind) {
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
  cell.integer = 0;
  key_ = {};
  return &cell;
}

bool TapeBuilder::boolean(bool value) {
  Cell* cell = add(Kind::boolean);
  if (cell == nullptr) {
    return false;
  }
  cell->boolean = value;
  return true;
}

bool TapeBuilder::integer(std::int64_t value) {
  Cell* cell = add(Kind::integer);
  if (cell == nullptr) {
    return false;
  }
  cell->integer = value;
  return true;
}

bool TapeBuilder::number(double value, std::string_view digits) {
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
  hidden.key = {};
  hidden.text = text_of(digits);
  return true;
}

bool TapeBuilder::string(std::string_view text) {
  Cell* cell = add(Kind::string);
  if (cell == nullptr) {
    return false;
  }
  cell->text = text_of(text);
  return true;
}

bool TapeBuilder::open(Kind kind) {
  if (depth_ >= max_depth_) {
    refuse(ErrorCode::TOO_DEEP);
    return false;
  }
  if (add(kind) == nullptr) {
    return false;
  }
  open_[depth_++] = static_cast<std::uint32_t>(document_.cells_.size() - 1);
  return true;
}

void TapeBuilder::close() {
  const std::uint32_t opened = open_[--depth_];
  document_.cells_[opened].skip = (static_cast<std::uint32_t>(document_.cells_.size()) - opened) & 0x0FFFFFFFU;
}

// Stops at the value that was about to be added, and says where it is.
void TapeBuilder::refuse(ErrorCode code) {
  error_.code = code;
  for (std::size_t level = 0; level < depth_; ++level) {
    const Cell& container = document_.cells_[open_[level]];
    const bool last = level + 1 == depth_;
    if (container.kind == static_cast<std::uint32_t>(Kind::object)) {
      const Cell::Text name = last ? key_ : document_.cells_[open_[level + 1]].key;
      append_pointer_token(error_.pointer, name.view());
    } else {
      error_.pointer += '/';
      append_integer(error_.pointer, static_cast<std::int64_t>(container.count) - (last ? 0 : 1));
    }
  }
}

}  // namespace plangate::json
