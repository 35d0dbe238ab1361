// Answers as JSON text, the same shape in TypeScript, HTTP and docs. Absent optionals are left out.
#pragma once

#include <string>

#include "plangate/decision.hpp"
#include "plangate/engine.hpp"
#include "plangate/result.hpp"

namespace plangate {

/// {"key","allowed","reason","config"?,"limit"?,"remaining"?,"grants":[],"validUntil":ms|null,"stale","fallback"}
std::string to_json(const Decision& decision);
/// {"allowed","reason","limit"?,"unlimited"?:true,"used","remaining"?}
std::string to_json(const LimitResult& result);
std::string to_json(const Counter& counter);
/// {"code","message","pointer","page","offset"?}
std::string to_json(const Error& error);
/// [{"code","featureKey","pointer","page"}]
std::string to_json(const std::vector<Warning>& warnings);
/// {"customer","source","mode","asOf","entries"}
std::string to_json(const Engine::Info& info);

}  // namespace plangate
