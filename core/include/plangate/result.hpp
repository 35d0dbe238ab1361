// Results, errors and warnings: how core/ says that something went wrong. Nothing here throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace plangate {

/// Why a whole input was refused. The list is closed; see errors.def for what each code means.
enum class ErrorCode : std::uint8_t {
#define X(name, gloss) name,
#include "errors.def"
#undef X
};

/// The code's name as it appears in JSON and in TypeScript, e.g. "SYNTAX_ERROR". Static storage.
std::string_view name_of(ErrorCode code) noexcept;

/// What the code means, in one sentence for a developer. Static storage.
std::string_view message_of(ErrorCode code) noexcept;

/// A refused input: what, where, and what to do. The previous snapshot, if any, is untouched.
struct Error {
  ErrorCode code{};
  std::string message;                ///< One sentence for a developer, ends with what to do about it.
  std::string pointer;                ///< RFC 6901 JSON pointer to the offending value; empty: the document.
  std::optional<std::size_t> offset;  ///< Byte offset into the page, for syntax errors.
  std::size_t page = 0;               ///< Index of the page the error is in.
};

/// Why one row was closed or dropped; see warnings.def.
enum class WarningCode : std::uint8_t {
#define X(name, gloss) name,
#include "warnings.def"
#undef X
};

std::string_view name_of(WarningCode code) noexcept;

/// One row that was closed (it denies) or dropped. The rest of the list is untouched.
struct Warning {
  WarningCode code{};
  std::string feature_key;  ///< The row's key, where it has one.
  std::string pointer;      ///< JSON pointer to the offending value within its page.
  std::size_t page = 0;
};

/// A value or an Error. Check `ok()` (or the bool conversion) before `value()`.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] T& value() & noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] const T& value() const& noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] T&& value() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] Error& error() & noexcept { return *std::get_if<1>(&state_); }
  [[nodiscard]] const Error& error() const& noexcept { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace plangate
