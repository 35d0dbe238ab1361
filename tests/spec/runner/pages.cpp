#include "pages.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace spec {
namespace {

std::string decode_base64(const std::string& text) {
  static const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') {
      break;
    }
    const std::size_t value = alphabet.find(c);
    if (value == std::string::npos) {
      throw std::runtime_error("bad base64 in a vector");
    }
    bits = (bits << 6U) | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
    }
  }
  return out;
}

std::string repeat(const Json& form) {
  const std::string text = form.at("text");
  const std::string separator = form.value("separator", "");
  const std::size_t times = form.at("times");
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    if (i > 0) {
      out += separator;
    }
    std::size_t from = 0;
    for (std::size_t hole = 0; (hole = text.find("{i}", from)) != std::string::npos; from = hole + 3) {
      out.append(text, from, hole - from);
      out += std::to_string(i);
    }
    out.append(text, from);
  }
  return out;
}

// The rows of a page as a vector writes them, or null when the page has none.
Json* rows_of(Json& page) {
  if (!page.is_object()) {
    return nullptr;
  }
  for (const char* name : {"data", "entitlements"}) {
    const auto found = page.find(name);
    if (found != page.end() && found->is_array()) {
      return &*found;
    }
  }
  return nullptr;
}

template <class Visit>
void each_row_list(Json& test, Visit visit) {
  for (Json& step : test.at("steps")) {
    if (!step.contains("load")) {
      continue;
    }
    Json& load = step["load"];
    if (load.contains("given")) {
      if (Json* rows = rows_of(load["given"])) {
        visit(*rows);
      }
      continue;
    }
    for (Json& page : load.at("pages")) {
      if (Json* rows = rows_of(page)) {
        visit(*rows);
      }
    }
  }
}

}  // namespace

std::int64_t to_ms(const Json& value) {
  if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  const auto text = value.get<std::string>();  // YYYY-MM-DDThh:mm:ss[.mmm]Z, as schema.json demands
  if ((text.size() != 20 && text.size() != 24) || text.back() != 'Z') {
    throw std::runtime_error("not a time: " + text);
  }
  const auto part = [&text](std::size_t at, std::size_t size) { return std::stoi(text.substr(at, size)); };
  const std::chrono::sys_days date =
      std::chrono::year_month_day{std::chrono::year{part(0, 4)}, std::chrono::month{static_cast<unsigned>(part(5, 2))},
                                  std::chrono::day{static_cast<unsigned>(part(8, 2))}};
  const std::int64_t days = date.time_since_epoch().count();
  const int ms = text.size() == 24 ? part(20, 3) : 0;
  return (((days * 24 + part(11, 2)) * 60 + part(14, 2)) * 60 + part(17, 2)) * 1000 + ms;
}

double to_number(const Json& value) {
  if (value.is_number()) {
    return value.get<double>();
  }
  if (value == "NaN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double infinity = std::numeric_limits<double>::infinity();
  if (value == "Infinity") {
    return infinity;
  }
  if (value == "-Infinity") {
    return -infinity;
  }
  throw std::runtime_error("not a number: " + value.dump());
}

std::string Pages::part(const Json& part) {
  if (part.is_string()) {
    return part.get<std::string>();
  }
  if (part.contains("$repeat")) {
    return repeat(part["$repeat"]);
  }
  if (part.contains("$file")) {
    return bytes(part);
  }
  return decode_base64(part.at("$base64").get<std::string>());
}

std::string Pages::bytes(const Json& page) {
  if (page.is_object()) {
    if (page.contains("$text")) {
      return page["$text"].get<std::string>();
    }
    if (page.contains("$base64")) {
      return part(page);
    }
    if (page.contains("$concat")) {
      std::string out;
      for (const Json& piece : page["$concat"]) {
        out += part(piece);
      }
      return out;
    }
    if (page.contains("$file")) {
      return file(page["$file"]).at(Json::json_pointer(page.value("pointer", ""))).dump();
    }
  }
  return page.dump();
}

const Json& Pages::file(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) {
    return known->second;
  }
  std::ifstream in(folder_ + "/" + path, std::ios::binary);
  if (!in) {
    throw std::runtime_error("cannot read " + path);
  }
  return files_.emplace(path, Json::parse(in)).first->second;
}

std::size_t row_orders(const Json& test) {
  std::size_t longest = 0;
  Json copy = test;
  each_row_list(copy, [&longest](const Json& rows) { longest = std::max(longest, rows.size()); });
  return 2 * longest;
}

void reorder_rows(Json& test, std::size_t turn) {
  each_row_list(test, [turn](Json& rows) {
    if (rows.empty()) {
      return;
    }
    if (turn >= rows.size()) {
      std::reverse(rows.begin(), rows.end());
    }
    std::rotate(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(turn % rows.size()), rows.end());
  });
}

}  // namespace spec
