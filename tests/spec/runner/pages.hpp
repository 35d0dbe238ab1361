// Turns what a vector says about input into bytes and moments. tests/spec/README.md describes the forms.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "json.hpp"

namespace spec {

/// What time a vector means: ms since 1970, from a number or from `YYYY-MM-DDThh:mm:ss[.mmm]Z`.
/// Written apart from the library's own reader, which is under test. Throws std::runtime_error on another form.
std::int64_t to_ms(const Json& value);

/// A number of a vector; the texts "NaN", "Infinity" and "-Infinity" stand for what JSON cannot say.
double to_number(const Json& value);

/// The moment a step is about when it names none: 2026-01-01T00:00:00Z.
inline constexpr std::int64_t kDefaultNow = 1767225600000;

/// Builds request bodies. Files it is referred to are read once, from the folder of the vectors.
class Pages {
 public:
  explicit Pages(std::string folder) : folder_(std::move(folder)) {}

  /// The bytes of one page: plain JSON, or one of the forms `$text`, `$base64`, `$concat`, `$file`.
  std::string bytes(const Json& page);

 private:
  std::string part(const Json& part);
  const Json& file(const std::string& path);

  std::string folder_;
  std::map<std::string, Json> files_;
};

/// Every order of the rows of a test that the rows' rotations, forwards and backwards, give: `turn` 0 is as written.
/// Changes the array `data` or `entitlements` of all plain pages of the test's load steps.
void reorder_rows(Json& test, std::size_t turn);
/// How many turns there are: twice the length of the longest list of rows.
std::size_t row_orders(const Json& test);

}  // namespace spec
