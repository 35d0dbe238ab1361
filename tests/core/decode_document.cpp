#include <catch2/catch.hpp>
#include <cstdlib>
#include <limits>

#include "decode_support.hpp"
#include "json_writer.hpp"
#include "text_set.hpp"
#include "utf8.hpp"

using namespace plangate;
using namespace plangate::json;
using plangate::test::ExactText;

namespace {

Result<Document> parse(std::string_view text, const Caps& caps = {}) {
  return Document::parse(ExactText(text).view(), caps);
}

std::string canonical(std::string_view text) {
  auto document = parse(text);
  REQUIRE(document.ok());
  std::string out;
  append_canonical(out, document.value().root());
  return out;
}

// "CODE offset", "CODE -" without one; "ok" when it parses.
std::string refusal(std::string_view text, const Caps& caps = {}) {
  const auto document = parse(text, caps);
  if (document.ok())
    return "ok";
  const Error& error = document.error();
  CHECK_FALSE(error.message.empty());
  return std::string(name_of(error.code)) + " " + (error.offset ? std::to_string(*error.offset) : "-");
}

}  // namespace

TEST_CASE("a tape is walked by cursor", "[document]") {
  auto parsed = parse(R"({"a": 1, "b": [true, null, "x", 2.5, {}], "c": {"d": "e"}})");
  REQUIRE(parsed.ok());
  const Document document = std::move(parsed.value());  // nodes outlive moves
  const Node root = document.root();
  CHECK(root.is(Kind::object));
  CHECK(root.size() == 3);
  CHECK(root.find("a").integer() == 1);
  CHECK(root.find("a").number() == 1.0);
  CHECK(root.find("c").find("d").string() == "e");
  CHECK(root.find("c").key() == "c");
  const Node list = root.find("b");
  REQUIRE(list.size() == 5);
  std::vector<Kind> kinds;
  for (const Node element : list)
    kinds.push_back(element.kind());
  CHECK(kinds == std::vector<Kind>{Kind::boolean, Kind::null, Kind::string, Kind::number, Kind::object});
}

TEST_CASE("what is not there answers empty, however deep", "[document]") {
  const auto document = parse(R"({"a": "text"})");
  const Node absent = document.value().root().find("a").find("b").find("c");
  CHECK_FALSE(absent);
  CHECK(absent.is_nothing());
  CHECK(absent.string().empty());
  CHECK(absent.key().empty());
  CHECK(absent.size() == 0);
  CHECK_FALSE(absent.integer());
  for (const Node child : absent)
    FAIL(child.key());
  CHECK(document.value().root().find("a").number() == 0);
  CHECK_FALSE(document.value().root().find("a").boolean());
}

TEST_CASE("the last of several members of one name counts", "[document]") {
  const auto document = parse(R"({"a": 1, "b": 2, "a": 3})");
  const Node root = document.value().root();
  CHECK(root.find("a").integer() == 3);
  CHECK(root.find_duplicate().same(root.find("a")));
  CHECK_FALSE(parse(R"({"a": 1, "b": {"a": 2}})").value().root().find_duplicate());
}

TEST_CASE("duplicates are found among many members as well", "[document]") {
  std::string text = "{";
  for (int i = 0; i < 300; ++i)
    text += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  const auto unique = parse(text + "\"z\":0}");
  CHECK_FALSE(unique.value().root().find_duplicate());
  CHECK(canonical(text + "\"z\":0}") == text + "\"z\":0}");
  const auto twice = parse(text + "\"k7\":true,\"k7\":false}");
  CHECK(twice.value().root().find_duplicate().is(Kind::boolean));
  const std::string out = canonical(text + "\"k7\":true,\"k7\":false}");
  CHECK(out.find("\"k7\":7,") == std::string::npos);
  CHECK(out.find("true") == std::string::npos);
  CHECK(out.size() > 2);
  CHECK(out.substr(out.size() - 12) == ",\"k7\":false}");
}

TEST_CASE("numbers keep what they say", "[document]") {
  CHECK(canonical("[1.0, -0, -0.0, 1e3, 0.10, 1.5e-7]") == "[1,0,0,1000,0.1,1.5e-7]");
  CHECK(canonical("[9223372036854775807, -9223372036854775808]") == "[9223372036854775807,-9223372036854775808]");
  CHECK(canonical("[9223372036854775808, 18446744073709551615, 18446744073709551616]") ==
        "[9223372036854775808,18446744073709551615,18446744073709551616]");
  CHECK(canonical(R"({"n": -123456789012345678901234567890, "m": [1]})") ==
        R"({"n":-123456789012345678901234567890,"m":[1]})");
  const auto document = parse("[5.0, 5.5, 9007199254740993.0, 1e300, 12345678901234567890]");
  std::vector<std::optional<std::int64_t>> whole;
  for (const Node node : document.value().root())
    whole.push_back(node.integer());
  CHECK(whole == std::vector<std::optional<std::int64_t>>{5, {}, {}, {}, {}});
}

TEST_CASE("text is unescaped, and written with as few escapes as can be", "[document]") {
  CHECK(canonical(R"(["\u0000\b\f\n\r\t\"\\\/\u001f\u007f"])") == "[\"\\u0000\\b\\f\\n\\r\\t\\\"\\\\/\\u001f\x7f\"]");
  CHECK(canonical(R"(["\ud83d\ude00 \u00e9 é"])") == "[\"😀 é é\"]");
  CHECK(canonical(R"({"\u0061": "\u0062", "plain": "after \"an\" escape", "": ""})") ==
        R"({"a":"b","plain":"after \"an\" escape","":""})");
  const auto document = parse(R"({"a\u0000b": 1, "__proto__": 2, "constructor": 3})");
  CHECK(document.value().root().find(std::string_view("a\0b", 3)).integer() == 1);
  CHECK(document.value().root().find("__proto__").integer() == 2);
  CHECK(document.value().root().find("constructor").integer() == 3);
}

TEST_CASE("what is no JSON is told from what is broken", "[document]") {
  CHECK(refusal("") == "EMPTY_INPUT -");
  CHECK(refusal(" \r\n\t") == "EMPTY_INPUT -");
  CHECK(refusal("\xEF\xBB\xBF") == "EMPTY_INPUT -");
  CHECK(refusal("<html>") == "NOT_JSON 0");
  CHECK(refusal("  null") == "NOT_JSON 2");
  CHECK(refusal("\xEF\xBB\xBF\xEF\xBB\xBF{}") == "NOT_JSON 3");
  CHECK(refusal("\xEF\xBB\xBF {}") == "ok");
  CHECK(refusal("[1") == "SYNTAX_ERROR 2");
  CHECK(refusal(R"({"a":"bc)") == "SYNTAX_ERROR 8");
  CHECK(refusal(R"({"abcdef":"ghijkl"x})") == "SYNTAX_ERROR 18");
  CHECK(refusal("[1,]") == "SYNTAX_ERROR 3");
  CHECK(refusal("[01]") == "SYNTAX_ERROR 2");
  CHECK(refusal("[\"a\nb\"]") == "SYNTAX_ERROR 3");
  CHECK(refusal("{} x") == "SYNTAX_ERROR 3");
  CHECK(refusal("[1]/**/") == "SYNTAX_ERROR 3");
  CHECK(refusal("[NaN]") == "SYNTAX_ERROR 1");
}

TEST_CASE("a NUL byte is never part of JSON nor its end", "[document]") {
  CHECK(refusal(std::string("[1]\0", 4)) == "SYNTAX_ERROR 3");
  CHECK(refusal(std::string("[1]\0garbage", 11)) == "SYNTAX_ERROR 3");
  CHECK(refusal(std::string("[\"\0\"]", 5)) == "SYNTAX_ERROR 2");
  CHECK(refusal(std::string("[x]\0", 4)) == "SYNTAX_ERROR 1");
}

TEST_CASE("broken UTF-8 and lone surrogates are refused as such", "[document]") {
  CHECK(refusal("[\"ab\xff\"]") == "INVALID_UTF8 4");
  CHECK(refusal("[\"\xC0\x80\"]") == "INVALID_UTF8 2");
  CHECK(refusal("[\"\xED\xA0\x80\"]") == "INVALID_UTF8 2");
  CHECK(refusal("[\"\xF4\x90\x80\x80\"]") == "INVALID_UTF8 2");
  CHECK(refusal("[\"x\xE2\x82\"]") == "INVALID_UTF8 3");
  CHECK(refusal("{\"a\":\x80}") == "INVALID_UTF8 5");
  CHECK(refusal("[é]") == "SYNTAX_ERROR 1");
  CHECK(refusal(R"(["\ud800"])") == "INVALID_UTF8 2");
  CHECK(refusal(R"(["\ud800x"])") == "INVALID_UTF8 2");
  CHECK(refusal(R"(["\ud800\n"])") == "INVALID_UTF8 2");
  CHECK(refusal(R"(["\uD800\ud800"])") == "INVALID_UTF8 2");
  CHECK(refusal(R"(["ok","\udFFf"])") == "INVALID_UTF8 7");
  CHECK(refusal(R"(["\ud83d\ude00\udc00"])") == "INVALID_UTF8 14");
  CHECK(refusal(R"(["\ud8)") == "SYNTAX_ERROR 6");
  CHECK(refusal(R"(["\\ud800)") == "SYNTAX_ERROR 9");
  CHECK(refusal(R"(["\uzzzz"])") == "SYNTAX_ERROR 4");
}

TEST_CASE("numbers that no double holds are refused", "[document]") {
  CHECK(refusal("[1e400]").substr(0, 19) == "NUMBER_OUT_OF_RANGE");
  CHECK(refusal("[-1e400]").substr(0, 19) == "NUMBER_OUT_OF_RANGE");
  CHECK(refusal("[" + std::string(400, '9') + "]").substr(0, 19) == "NUMBER_OUT_OF_RANGE");
  CHECK(canonical("[1e-400]") == "[0]");
}

TEST_CASE("caps hold to the byte, the level and the value", "[document]") {
  Caps caps;
  caps.max_bytes = 4;
  CHECK(refusal("[10]", caps) == "ok");
  CHECK(refusal("[100]", caps) == "TOO_LARGE -");

  caps = {};
  caps.max_depth = 3;
  CHECK(refusal(R"({"a":[[]]})", caps) == "ok");
  const auto deep = parse(R"({"x":1,"a/b":[0,[[]]]})", caps);
  REQUIRE_FALSE(deep.ok());
  CHECK(deep.error().code == ErrorCode::TOO_DEEP);
  CHECK(deep.error().pointer == "/a~1b/1/0");

  caps = {};
  caps.max_depth = 100'000;  // whatever is asked for, a fixed stack holds the levels
  CHECK(refusal(std::string(256, '[') + std::string(256, ']'), caps) == "ok");
  CHECK(refusal(std::string(257, '['), caps) == "TOO_DEEP -");

  caps = {};
  caps.max_entries = 1;
  std::string many = "[0";
  for (int i = 0; i < 200; ++i)
    many += ",0";
  CHECK(refusal(many + "]", caps) == "TOO_MANY_ENTRIES -");
}

TEST_CASE("a node knows its pointer", "[document]") {
  const auto document = parse(R"({"a~b": [0, {"c/d": [1, 2]}], "": 3, "big": [12345678901234567890, 4]})");
  const Document& json = document.value();
  CHECK(json.pointer_to(json.root()).empty());
  Node inner;
  for (const Node element : json.root().find("a~b"))
    inner = element;
  CHECK(json.pointer_to(inner) == "/a~0b/1");
  for (const Node element : inner.find("c/d"))
    inner = element;
  CHECK(json.pointer_to(inner) == "/a~0b/1/c~1d/1");
  CHECK(json.pointer_to(json.root().find("")) == "/");
  for (const Node element : json.root().find("big"))
    inner = element;
  CHECK(json.pointer_to(inner) == "/big/1");
}

TEST_CASE("canonical text keeps order and the last of duplicates", "[document]") {
  CHECK(canonical(R"({ "b" : 1 , "a" : [ ] , "c" : { "z" : {} , "y" : [ { } , [ ] ] } })") ==
        R"({"b":1,"a":[],"c":{"z":{},"y":[{},[]]}})");
  CHECK(canonical(R"({"a":{"b":1,"b":[2]},"a":{"c":{"d":1,"d":2}}})") == R"({"a":{"c":{"d":2}}})");
  CHECK(canonical(R"({"a":1,"a":2,"a":3})") == R"({"a":3})");
}

TEST_CASE("written numbers read back as they were", "[writer]") {
  for (const double value : {0.1, 1e21, 5e-324, 1.7976931348623157e308, 123456.789, -2.5, 9007199254740993.0}) {
    std::string text;
    append_number(text, value);
    CHECK(std::strtod(text.c_str(), nullptr) == value);
  }
  const auto number = [](double value) {
    std::string text;
    append_number(text, value);
    return text;
  };
  CHECK(number(-0.0) == "0");
  CHECK(number(9007199254740991.0) == "9007199254740991");
  CHECK(number(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("the writer puts the commas", "[writer]") {
  std::string out;
  Writer writer(out);
  writer.begin_object().member("a").begin_array().integer(1).number(2.5).null().end_array();
  writer.member("b\n").boolean(true).member("c").begin_object().end_object().member("d").raw("{}").end_object();
  CHECK(out == R"({"a":[1,2.5,null],"b\n":true,"c":{},"d":{}})");
}

TEST_CASE("equal texts are found by their first index", "[text_set]") {
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i)
    texts.push_back("text-" + std::to_string(i));
  TextSet set(texts.size());
  for (std::uint32_t i = 0; i < texts.size(); ++i)
    CHECK(set.add(texts[i], i) == i);
  for (std::uint32_t i = 0; i < texts.size(); ++i)
    CHECK(set.add(std::string(texts[i]), 5000) == i);
}

TEST_CASE("arena text stays where it is", "[arena]") {
  TextArena arena;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 5000; ++i)
    kept.push_back(arena.keep(std::string(static_cast<std::size_t>(i % 97), 'x') + std::to_string(i)));
  const std::string large(200'000, 'y');
  const std::string_view big = arena.keep(large);
  TextArena moved = std::move(arena);
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(kept[static_cast<std::size_t>(i)] ==
            std::string(static_cast<std::size_t>(i % 97), 'x') + std::to_string(i));
  }
  CHECK(big == large);
  CHECK(moved.keep("").empty());
}

TEST_CASE("UTF-8 is checked sequence by sequence", "[utf8]") {
  CHECK(find_invalid_utf8("aé€😀") == std::string_view::npos);
  CHECK(find_invalid_utf8("a\xE2\x82") == 1);
  CHECK(find_invalid_utf8("\xE0\x9F\xBF") == 0);
  CHECK(find_invalid_utf8("\xF0\x8F\xBF\xBF") == 0);
  CHECK(find_invalid_utf8("\xF5\x80\x80\x80") == 0);
  CHECK(find_invalid_utf8("\xF4\x8F\xBF\xBF") == std::string_view::npos);
}
