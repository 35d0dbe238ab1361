// The core's own speed, beside which bench/groups/native.mjs puts the WebAssembly's:
//   native <format> <asOf ms> <customer> <allowed> <key> <limit key> <limit field> <page file>...
// prints {"load":[ns],"decide":[ns],"check":[ns],"limit":[ns]}, one number for each round; exits 1 when an answer is
// wrong. A limit field `-` leaves out all but load.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plangate/engine.hpp"

namespace {

using plangate::Engine;

constexpr int kRounds = 30;
constexpr std::int64_t kRoundNs = 3'000'000;

/// Keeps a result alive without telling the optimiser what for.
volatile std::uint64_t g_sink = 0;

struct Question {
  plangate::Format format;
  plangate::DecodeContext context;
  std::size_t allowed;
  std::string_view key;
  std::string_view limit_key;
  std::string_view limit_field;
  std::vector<std::string_view> pages;
};

/// CPU time of this process, as the WebAssembly side takes it.
std::int64_t now_ns() { return static_cast<std::int64_t>(std::clock()) * (1'000'000'000 / CLOCKS_PER_SEC); }

template <class Work>
std::int64_t time_of(Work& work, std::int64_t loops) {
  const std::int64_t started = now_ns();
  std::uint64_t sum = 0;
  for (std::int64_t i = 0; i < loops; ++i)
    sum += work();
  g_sink = g_sink + sum;
  return now_ns() - started;
}

/// Nanoseconds for one call of `work`, once for each round.
template <class Work>
std::vector<double> rounds_of(Work work) {
  std::int64_t loops = 1;
  while (time_of(work, loops) < kRoundNs)
    loops *= 2;
  std::vector<double> rounds;
  for (int i = 0; i < kRounds; ++i)
    rounds.push_back(static_cast<double>(time_of(work, loops)) / static_cast<double>(loops));
  return rounds;
}

/// One list from bytes to table and names; how many names it allows, or nothing when it was refused.
std::optional<std::size_t> load_once(Engine& engine, const Question& question) {
  const auto loaded = engine.load(question.format, question.pages, question.context);
  if (!loaded)
    return std::nullopt;
  std::size_t allowed = 0;
  for (const auto byte : engine.table(loaded.value(), *question.context.as_of).decisions)
    allowed += byte & 1U;
  std::size_t names = 0;
  engine.each_name([](void* count, std::string_view, plangate::NameId) { ++*static_cast<std::size_t*>(count); },
                   &names);
  g_sink = g_sink + names;
  engine.release(loaded.value());
  return allowed;
}

void print(const char* name, const std::vector<double>& rounds, const char* separator) {
  std::printf("%s\"%s\":[", separator, name);
  for (std::size_t i = 0; i < rounds.size(); ++i)
    std::printf("%s%.1f", i == 0 ? "" : ",", rounds[i]);
  std::printf("]");
}

/// Times single questions about the list; false when one is answered wrongly.
bool measure_questions(Engine& engine, const Question& question) {
  const auto loaded = engine.load(question.format, question.pages, question.context);
  if (!loaded)
    return false;
  const auto held = loaded.value();
  const plangate::TimeMs now = *question.context.as_of;
  const auto id = engine.find_name(question.key);
  const plangate::LimitQuery query{.field = question.limit_field, .used = 3, .requested = 1, .product = {}};
  const auto decide = [&] { return std::uint64_t{engine.decide(held, id, now)} & 1U; };
  const auto check = [&] { return std::uint64_t{engine.check(held, question.key, now).allowed}; };
  const auto limit = [&] { return std::uint64_t{engine.limit(held, question.limit_key, query, now).allowed}; };
  if (decide() + check() + limit() != 3)
    return false;
  print("decide", rounds_of(decide), ",");
  print("check", rounds_of(check), ",");
  print("limit", rounds_of(limit), ",");
  return true;
}

int measure(const Question& question) {
  Engine engine;
  if (load_once(engine, question) != question.allowed) {
    std::fprintf(stderr, "the list was refused, or allows another number of features than %zu\n", question.allowed);
    return 1;
  }
  const auto load = rounds_of([&] { return load_once(engine, question).value_or(0); });
  print("load", load, "{");
  if (question.limit_field != "-" && !measure_questions(engine, question))
    return 1;
  std::printf("}\n");
  return 0;
}

std::optional<plangate::Format> format_of(std::string_view name) {
  if (name == "snapshot")
    return plangate::Format::snapshot;
  if (name == "stripe-list")
    return plangate::Format::stripe_list;
  if (name == "paygentic-list")
    return plangate::Format::paygentic_list;
  return std::nullopt;
}

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  const auto format = argc > 8 ? format_of(argv[1]) : std::nullopt;
  if (!format) {
    std::fprintf(stderr, "usage: native <format> <asOf> <customer> <allowed> <key> <limit key> <field> <page>...\n");
    return 1;
  }
  std::vector<std::string> texts;
  for (int i = 8; i < argc; ++i)
    texts.push_back(read_file(argv[i]));
  Question question{*format, {}, std::strtoull(argv[4], nullptr, 10), argv[5], argv[6], argv[7], {}};
  question.context.as_of = std::strtoll(argv[2], nullptr, 10);
  question.context.customer = argv[3];
  question.pages.assign(texts.begin(), texts.end());
  return measure(question);
}
