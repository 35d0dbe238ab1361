#include <catch2/catch.hpp>

#include "decode_support.hpp"
#include "plangate/time.hpp"

using plangate::parse_rfc3339;
using plangate::TimeMs;
using plangate::test::ExactText;

namespace {

std::optional<TimeMs> parse(std::string_view text) { return parse_rfc3339(ExactText(text).view()); }

}  // namespace

TEST_CASE("an instant is read to the millisecond", "[time]") {
  CHECK(parse("1970-01-01T00:00:00Z") == TimeMs{0});
  CHECK(parse("2024-01-01T00:00:00Z") == TimeMs{1'704'067'200'000});
  CHECK(parse("1969-12-31T23:59:59.999Z") == TimeMs{-1});
  CHECK(parse("2000-02-29T12:34:56Z") == TimeMs{951'827'696'000});
  CHECK(parse("0000-01-01T00:00:00Z") == TimeMs{-62'167'219'200'000});
  CHECK(parse("9999-12-31T23:59:59.999Z") == TimeMs{253'402'300'799'999});
}

TEST_CASE("fractions of any length are cut to milliseconds", "[time]") {
  CHECK(parse("1970-01-01T00:00:00.1Z") == TimeMs{100});
  CHECK(parse("1970-01-01T00:00:00.12Z") == TimeMs{120});
  CHECK(parse("1970-01-01T00:00:00.1239999999999999999999999Z") == TimeMs{123});
  CHECK(parse("1969-12-31T23:59:59.9999Z") == TimeMs{-1});
  CHECK(parse("1970-01-01T00:00:00.Z") == std::nullopt);
  CHECK(parse("1970-01-01T00:00:00,5Z") == std::nullopt);
}

TEST_CASE("offsets are applied", "[time]") {
  CHECK(parse("1970-01-01T01:00:00+01:00") == TimeMs{0});
  CHECK(parse("1969-12-31T18:30:00-05:30") == TimeMs{0});
  CHECK(parse("1970-01-01T00:00:00-00:00") == TimeMs{0});
  CHECK(parse("1970-01-01T23:59:00+23:59") == TimeMs{0});
  CHECK(parse("1970-01-01T00:00:00+24:00") == std::nullopt);
  CHECK(parse("1970-01-01T00:00:00+00:60") == std::nullopt);
  CHECK(parse("1970-01-01T00:00:00+0100") == std::nullopt);
  CHECK(parse("1970-01-01T00:00:00+01") == std::nullopt);
}

TEST_CASE("lower case and a space are accepted", "[time]") {
  CHECK(parse("1970-01-01t00:00:01z") == TimeMs{1000});
  CHECK(parse("1970-01-01 00:00:01Z") == TimeMs{1000});
  CHECK(parse("1970-01-01_00:00:01Z") == std::nullopt);
}

TEST_CASE("only dates of the calendar and times of the day are accepted", "[time]") {
  CHECK(parse("1990-02-31T00:00:00Z") == std::nullopt);
  CHECK(parse("1900-02-29T00:00:00Z") == std::nullopt);
  CHECK(parse("2023-02-29T00:00:00Z") == std::nullopt);
  CHECK(parse("2024-02-29T00:00:00Z").has_value());
  CHECK(parse("2024-04-31T00:00:00Z") == std::nullopt);
  CHECK(parse("2024-00-10T00:00:00Z") == std::nullopt);
  CHECK(parse("2024-13-10T00:00:00Z") == std::nullopt);
  CHECK(parse("2024-01-00T00:00:00Z") == std::nullopt);
  CHECK(parse("2024-01-01T24:00:00Z") == std::nullopt);
  CHECK(parse("2024-01-01T00:60:00Z") == std::nullopt);
  CHECK(parse("2024-01-01T00:00:61Z") == std::nullopt);
}

TEST_CASE("a leap second is the second after it, where one can be", "[time]") {
  CHECK(parse("2016-12-31T23:59:60Z") == parse("2017-01-01T00:00:00Z"));
  CHECK(parse("1990-12-31T15:59:60-08:00") == parse("1991-01-01T00:00:00Z"));
  CHECK(parse("2015-06-30T23:59:60.5Z") == parse("2015-07-01T00:00:00.5Z"));
  CHECK(parse("2024-02-29T23:59:60Z") == parse("2024-03-01T00:00:00Z"));
  CHECK(parse("1900-02-28T23:59:60Z") == parse("1900-03-01T00:00:00Z"));
  CHECK(parse("9999-12-31T23:59:60Z") == TimeMs{253'402'300'800'000});
  CHECK(parse("0000-01-31T23:59:60Z") == parse("0000-02-01T00:00:00Z"));
  CHECK(parse("2024-02-28T23:59:60Z") == std::nullopt);
  CHECK(parse("2016-12-30T23:59:60Z") == std::nullopt);
  CHECK(parse("2016-12-31T22:59:60Z") == std::nullopt);
  CHECK(parse("2016-12-31T23:59:60+01:00") == std::nullopt);
}

TEST_CASE("every first of a month of 400 years ends a month", "[time]") {
  for (int year = 1800; year < 2200; ++year) {
    for (int month = 1; month <= 12; ++month) {
      const auto date = [&](int day, std::string_view time) {
        const auto two = [](int n) {
          return std::string(1, static_cast<char>('0' + n / 10)) + static_cast<char>('0' + n % 10);
        };
        return std::to_string(year) + "-" + two(month) + "-" + two(day) + std::string(time);
      };
      int last = 31;
      while (!parse(date(last, "T00:00:00Z")))
        --last;
      REQUIRE(last >= 28);
      for (int day = 1; day <= last; ++day) {
        REQUIRE(parse(date(day, "T23:59:60Z")).has_value() == (day == last));
      }
    }
  }
}

TEST_CASE("whatever is cut short or followed by more is refused", "[time]") {
  const std::string whole = "2024-01-01T00:00:00.5+01:00";
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(parse(whole.substr(0, size)) == std::nullopt);
  CHECK(parse(whole).has_value());
  CHECK(parse(whole + " ") == std::nullopt);
  CHECK(parse(" " + whole) == std::nullopt);
  CHECK(parse("+2024-01-01T00:00:00Z") == std::nullopt);
  CHECK(parse("2024-01-01") == std::nullopt);
  CHECK(parse("20240101T000000Z") == std::nullopt);
}
