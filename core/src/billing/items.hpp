// Reads which items a subscription shall have. Internal to core/billing.
#pragma once

#include <optional>

#include "command.hpp"

namespace plangate::billing {

/// The items a command asks for: its `items` laid over the `current` ones (none when the subscription is new), or those of
/// its `plan`. None: refused, or neither is given (look at the request's ok()). Checked as a whole: recurring prices of one
/// interval, each once, active where they are new.
std::optional<Pending> read_items(const Command& command, const Subscription& subscription);

}  // namespace plangate::billing
