// What every list can be narrowed by. Internal to core/billing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "request.hpp"

namespace plangate::billing {

/// A stretch of time, `{"from"?, "before"?}`; without it every moment fits.
class Stretch {
 public:
  Stretch() = default;
  /// Reads a member; look at request.ok() before using it.
  Stretch(const Request& request, std::string_view member);
  [[nodiscard]] bool holds(TimeMs moment) const { return moment >= from_ && moment < before_; }

 private:
  TimeMs from_ = kFirstMoment;
  TimeMs before_ = kNever;
};

/// Texts that a member lists; without it every text fits.
class AnyOf {
 public:
  AnyOf(const Request& request, std::string_view member);
  [[nodiscard]] bool holds(std::string_view text) const;

 private:
  bool given_ = false;
  std::vector<std::string_view> texts_;
};

/// What any object has: when it was made (`created`), and what is kept with it (`data`, member by member).
class ObjectFilter {
 public:
  explicit ObjectFilter(const Request& request);
  [[nodiscard]] bool holds(const Object& object) const;

 private:
  Stretch created_;
  std::vector<std::pair<std::string_view, std::string>> data_;
};

/// Members that every list of objects takes, for Request::only().
#define PLANGATE_BILLING_OBJECT_FILTER " created data"

}  // namespace plangate::billing
