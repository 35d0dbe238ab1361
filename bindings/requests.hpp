// Reads the small JSON requests that come over the binding into what the core takes. Decides nothing.
#pragma once

#include <optional>
#include <string_view>

#include "gate/document.hpp"
#include "plangate/decode.hpp"
#include "plangate/result.hpp"

namespace plangate::binding {

/// A wire format by its name: snapshot, stripe-list, stripe-summary, paygentic-list.
std::optional<Format> format_named(std::string_view name) noexcept;

/// Reads load()'s request, `{"customer"?, "source"?, "mode"?, "asOf"?, "customerIsAlias"?}`, whose text `out` then views.
/// Answers INVALID_OPTION with a pointer for a member that is unknown or of a wrong type: typos must be heard.
std::optional<Error> read_load_request(const json::Document& request, DecodeContext& out);

}  // namespace plangate::binding
