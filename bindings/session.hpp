// One engine as seen from JavaScript: the engine and the buffers through which bytes come and go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plangate/engine.hpp"

namespace plangate::binding {

/// JavaScript's times are doubles. Clamped to what TimeMs holds; NaN reads as the far future, where whatever has an end
/// has ended, so that a broken clock never widens access.
TimeMs to_time(double ms) noexcept;
/// The way back: kNever is Infinity, kAlways is -Infinity.
double from_time(TimeMs ms) noexcept;

/// What one handle of the binding stands for.
class Session {
 public:
  Engine engine;

  /// Makes room for `size` bytes of input; nullptr and an error when that is over the engine's cap.
  std::uint8_t* input(std::size_t size);
  /// Decodes what was written to the input and frees it; 0 and an error when it is refused.
  SnapshotHandle load(std::string_view format_name, std::string_view request, SnapshotHandle replaces);
  /// Lays out `f64 nextChangeAt, u32 namesGeneration, u32 count, u8[count]`. Valid until the next call.
  const std::uint8_t* table(SnapshotHandle snapshot, TimeMs now);
  bool configure(std::string_view json);
  std::string unlocks(SnapshotHandle snapshot, std::string_view query);

  /// Cuts the input into pages and frees it; false and an error when the lengths do not add up. The pages view `bytes`.
  bool take_pages(std::string& bytes, std::vector<std::string_view>& pages);
  void fail(Error error) { error_ = std::move(error); }
  void fail(ErrorCode code) { error_ = Error{code, std::string(message_of(code)), "", std::nullopt, 0}; }
  void succeed() { error_.reset(); }

  /// The last error as JSON, "" when the last call that can fail did not.
  [[nodiscard]] std::string error() const;

 private:
  std::string input_;
  std::string table_;
  std::optional<Error> error_;
};

/// The session of an engine handle; nullptr for a handle that names no engine.
Session* session_of(int handle);

}  // namespace plangate::binding
