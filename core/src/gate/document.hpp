// Parsed JSON as a flat, read-only tape. Internal to core/: every decoder and option reader walks this, nothing else
// parses. Read by scanner.cpp, written by tape_builder.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plangate/decode.hpp"
#include "plangate/result.hpp"

namespace plangate::json {

/// `integer` fits an int64; `number` is any other number. `missing` is what find() answers when there is no such member.
enum class Kind : std::uint8_t { missing, null, boolean, integer, number, string, array, object };

/// One value of the tape. Preorder: a container's children follow it, `skip` cells on is what comes after it.
/// A number whose digits fit neither int64 nor a double exactly carries its source text in one hidden string cell.
struct Cell {
  struct Text {
    const char* data;  ///< In the document's copy of the text.
    std::uint32_t size;
    [[nodiscard]] std::string_view view() const { return {data, size}; }
  };
  std::uint32_t kind : 4;
  std::uint32_t skip : 28;
  Text key;  ///< The member's name, when the value is a member.
  union {
    bool boolean;
    std::int64_t integer;
    double number;
    Text text;
    std::uint32_t count;  ///< Elements or members of a container.
  };
};

/// What a Node that is missing points to: no accessor needs to ask for a null.
inline constexpr Cell kMissingCell{static_cast<std::uint32_t>(Kind::missing), 1, {nullptr, 0}, {false}};

/// A cursor on one value: a pointer, passed in a register. Valid as long as its Document, moves of the Document included.
/// A default Node is `missing`; every accessor of a missing or differently typed value answers empty, so chains such as
/// root.find("a").find("b").string() need no checks in between.
class Node {
 public:
  Node() = default;
  explicit Node(const Cell* cell) : cell_(cell) {}

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(cell_->kind); }
  [[nodiscard]] bool is(Kind kind) const { return this->kind() == kind; }
  [[nodiscard]] bool is_number() const { return is(Kind::integer) || is(Kind::number); }
  /// Absent or null: most optional members treat both alike.
  [[nodiscard]] bool is_nothing() const { return kind() <= Kind::null; }
  explicit operator bool() const { return cell_ != &kMissingCell; }

  /// The member's name; empty for elements and the root.
  [[nodiscard]] std::string_view key() const { return cell_->key.view(); }
  [[nodiscard]] std::string_view string() const { return is(Kind::string) ? cell_->text.view() : std::string_view{}; }
  [[nodiscard]] bool boolean() const { return is(Kind::boolean) && cell_->boolean; }
  /// The nearest double; 0 when not a number.
  [[nodiscard]] double number() const;
  /// The value when it is a whole number that an int64 holds exactly (1e3 and 5.0 included).
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  /// The digits of a number that only its text holds exactly (whole, beyond int64); else empty.
  [[nodiscard]] std::string_view raw_number() const;
  /// How many elements or members (duplicates counted).
  [[nodiscard]] std::size_t size() const { return is_container() ? cell_->count : 0; }
  [[nodiscard]] bool is_container() const { return kind() >= Kind::array; }

  /// Walks elements or members in source order.
  class Iterator {
   public:
    explicit Iterator(const Cell* cell) : cell_(cell) {}
    Node operator*() const { return Node(cell_); }
    Iterator& operator++() {
      cell_ += cell_->skip;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return cell_ != other.cell_; }

   private:
    const Cell* cell_;
  };
  [[nodiscard]] Iterator begin() const { return Iterator(cell_ + 1); }
  [[nodiscard]] Iterator end() const { return Iterator(cell_ + (is_container() ? cell_->skip : 1)); }

  /// The member named `name`; the last one when it is named twice (as JSON.parse); missing when there is none.
  [[nodiscard]] Node find(std::string_view name) const;
  /// The same for a literal: what is passed is one pointer. find() is what core/ calls most.
  [[nodiscard, gnu::noinline]] Node find(const char* name) const;
  /// The second member of the first name that occurs twice; missing when all names differ.
  [[nodiscard]] Node find_duplicate() const;
  /// Same value in the same document (identity, not equality).
  [[nodiscard]] bool same(Node other) const { return cell_ == other.cell_; }

 private:
  friend class CanonicalWriter;
  friend void append_pointer(std::string& out, Node ancestor, Node target);

  const Cell* cell_ = &kMissingCell;
};

/// Owns a tape and its text. Movable; Nodes stay valid across moves.
class Document {
 public:
  /// Parses a whole text (a UTF-8 byte order mark is skipped). Answers EMPTY_INPUT, NOT_JSON, SYNTAX_ERROR, INVALID_UTF8,
  /// NUMBER_OUT_OF_RANGE, TOO_LARGE, TOO_DEEP, or TOO_MANY_ENTRIES when there are more values than max_entries rows
  /// could sensibly have (kValuesPerEntry each): what keeps memory within a small multiple of max_bytes.
  /// A max_depth above kDepthLimit counts as kDepthLimit.
  static Result<Document> parse(std::string_view text, const Caps& caps);
  /// Reads text that plangate keeps: it was within the caps when it was decoded. Empty: an empty object.
  static Document read_kept(std::string_view text);
  static constexpr std::size_t kValuesPerEntry = 64;
  static constexpr std::size_t kDepthLimit = 256;

  [[nodiscard]] Node root() const { return cells_.empty() ? Node{} : Node(cells_.data()); }
  /// RFC 6901 pointer to a node of this document; empty for the root.
  [[nodiscard]] std::string pointer_to(Node node) const;

 private:
  friend class TapeBuilder;
  std::vector<Cell> cells_;
  std::unique_ptr<char[]> text_;
};

/// Appends the value as JSON text with no spaces: member order kept, earlier duplicates left out, numbers in shortest
/// form (1.0 is 1), whole numbers beyond int64 digit by digit as they came.
void append_canonical(std::string& out, Node node);

/// Appends the JSON pointer that leads from `ancestor` to `target` below it (nothing when they are the same).
void append_pointer(std::string& out, Node ancestor, Node target);
/// Appends "/token" with RFC 6901 escapes.
void append_pointer_token(std::string& out, std::string_view token);

}  // namespace plangate::json
