// Metadata and data: what objects carry for their callers. Internal to core/billing.
#pragma once

#include "../gate/json_writer.hpp"
#include "request.hpp"

namespace plangate::billing {

/// Members that every create and update takes, for Request::only().
#define PLANGATE_BILLING_EXTRA " metadata data"

/// Takes the request's `metadata` and `data` into the object's: members are merged; null (and, of metadata, "") unsets.
/// False: refused, the object may be half changed; give it a copy.
bool merge_extra(const Request& request, Object& object);

/// "created", "metadata" and "data".
void write_extra(json::Writer& out, const Object& object);

}  // namespace plangate::billing
