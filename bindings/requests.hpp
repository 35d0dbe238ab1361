// Reads the small JSON requests that come over the binding into the core's own structs. Decides nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plangate/decode.hpp"
#include "plangate/engine.hpp"
#include "plangate/result.hpp"

namespace plangate::binding {

/// A wire format by its name: snapshot, stripe-list, stripe-summary, paygentic-list.
std::optional<Format> format_named(std::string_view name) noexcept;

/// load()'s request, `{"customer"?, "source"?, "mode"?, "asOf"?, "customerIsAlias"?}`. Owns the text that context() views.
struct LoadRequest {
  std::string customer;
  std::string source;
  std::optional<Mode> mode;
  std::optional<TimeMs> as_of;
  bool customer_is_alias = false;

  [[nodiscard]] DecodeContext context(const Caps& caps) const {
    return {customer, source, mode, as_of, caps, customer_is_alias};
  }
};

/// Answers INVALID_OPTION with a pointer for a member that is unknown or of a wrong type: typos must be heard.
Result<LoadRequest> read_load_request(std::string_view json);

}  // namespace plangate::binding
