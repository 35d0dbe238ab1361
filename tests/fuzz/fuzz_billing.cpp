// The billing ledger under any commands and questions, one a line. A line that begins with digits says by how many hours
// time goes on before it. Whatever comes, a ledger made from its journal is the same, and every answer is JSON.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "document.hpp"
#include "fuzz_decode.hpp"
#include "plangate/billing.hpp"

namespace {

using plangate::TimeMs;
using plangate::billing::Ledger;
using plangate::fuzz::require;
using plangate::json::Document;

constexpr TimeMs kBegin = 1'706'659'200'000;
constexpr TimeMs kHour = 3'600'000;
constexpr std::size_t kMostLines = 64;
constexpr std::string_view kState = R"({"query":"state"})";

// What every run begins with: else little that is random would find anything to refer to.
constexpr std::string_view kShop[] = {
    R"({"do":"feature.create","id":"f","key":"f","name":"f"})",
    R"({"do":"feature.create","id":"m","key":"m","name":"m","type":"metered"})",
    R"({"do":"product.create","id":"p","name":"p"})",
    R"({"do":"price.create","id":"x","product":"p","currency":"usd","unitAmount":0,"interval":"month"})",
    R"({"do":"price.create","id":"y","product":"p","currency":"usd","unitAmount":1,"interval":"day"})",
    R"({"do":"attachment.create","id":"af","feature":"f","product":"p"})",
    R"({"do":"attachment.create","id":"am","feature":"m","price":"x","template":{"limit":3}})",
    R"({"do":"customer.create","id":"c"})",
    R"({"do":"subscription.create","id":"s","customer":"c","items":[{"id":"i","price":"x"}]})",
};

// Whether the command was accepted.
bool accepted(const std::string& answer) {
  const auto read = Document::parse(answer, {.max_bytes = answer.size(), .max_entries = answer.size()});
  require(read.ok());
  return read.value().root().find("ok").boolean();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Ledger ledger;
  std::vector<std::pair<std::string_view, TimeMs>> journal;
  TimeMs now = kBegin;
  const auto apply = [&](std::string_view command) {
    if (accepted(ledger.apply(command, now))) {
      journal.emplace_back(command, now);
    }
  };
  for (const std::string_view command : kShop) {
    apply(command);
  }
  for (std::size_t line = 0; line < kMostLines && !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    TimeMs hours = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      hours = (hours * 10 + (text.front() - '0')) % 10'000;
      text.remove_prefix(1);
    }
    now += hours * kHour;
    apply(text);
    accepted(ledger.query(text));
  }
  Ledger again;
  for (const auto& [command, at] : journal) {
    again.apply(command, at);
  }
  again.advance(now);
  ledger.advance(now);
  require(again.query(kState) == ledger.query(kState));
  return 0;
}
