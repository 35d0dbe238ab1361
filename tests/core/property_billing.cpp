// Properties of the billing ledger over random commands and times.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plangate/billing.hpp"
#include "reference_rules.hpp"

using namespace plangate;
using namespace plangate::test;
using plangate::billing::Ledger;
using Json = nlohmann::json;

namespace {

constexpr TimeMs kDay = 86'400'000;
constexpr TimeMs kBegin = 1'706'659'200'000;  // 2024-01-31
constexpr std::uint64_t kWorlds = 16;
constexpr int kCommands = 60;
const char* const kCustomers[] = {"cus_1", "cus_2", "cus_clock"};

// A ledger under random use, with its journal and what its changes told.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {
    for (const char* key : {"a", "b", "c", "m"}) {
      const std::string type = *key == 'm' ? "metered" : "boolean";
      does({{"do", "feature.create"}, {"id", std::string("feat_") + key}, {"key", key}, {"name", key}, {"type", type}});
    }
    for (const char* product : {"p", "q"}) {
      does({{"do", "product.create"}, {"id", product}, {"name", product}});
      for (const char* unit : {"month", "year", "day"}) {
        does({{"do", "price.create"},
              {"id", std::string(product) + unit},
              {"product", product},
              {"currency", "usd"},
              {"unitAmount", 0},
              {"interval", unit}});
      }
    }
    const char* const places[][2] = {{"feat_a", "p"}, {"feat_b", "q"}, {"feat_c", "p"}, {"feat_c", "q"}};
    for (const auto& [feature, product] : places) {
      does({{"do", "attachment.create"}, {"id", any("att_", 40)}, {"feature", feature}, {"product", product}});
    }
    does({{"do", "attachment.create"},
          {"id", "att_m"},
          {"feature", "feat_m"},
          {"product", "p"},
          {"template", {{"limit", 9}}}});
    does({{"do", "clock.create"}, {"id", "clk"}, {"time", kBegin}});
    for (const char* customer : kCustomers) {
      Json command = {{"do", "customer.create"}, {"id", customer}};
      if (customer == std::string("cus_clock")) {
        command["clock"] = "clk";
      }
      does(command);
    }
  }

  Ledger ledger;
  TimeMs now = kBegin;
  std::set<std::pair<std::string, std::string>> active;  ///< Customer and feature, as the changes told.

  /// Does something, likely or not to be refused.
  void act() {
    now += random_.below(3) == 0 ? static_cast<TimeMs>(random_.below(40)) * kDay : 0;
    does(any_command());
  }

  /// How many commands were not refused, and how many changes of entitlements were told.
  std::size_t accepted = 0;
  std::size_t told = 0;

  [[nodiscard]] TimeMs any_moment() {
    return kBegin + static_cast<TimeMs>(random_.below(500)) * kDay + static_cast<TimeMs>(random_.below(3)) - 1;
  }

  [[nodiscard]] Ledger replayed() const {
    Ledger again;
    for (const auto& [command, at] : journal_) {
      command.empty() ? again.advance(at) : again.apply(command, at);
    }
    return again;
  }

 private:
  void does(const Json& command) {
    const Json answer = Json::parse(ledger.apply(command.dump(), now));
    if (answer["ok"]) {
      journal_.emplace_back(command.dump(), now);
      ++accepted;
    } else if (!answer["changes"].empty()) {
      journal_.emplace_back("", now);
    }
    for (const Json& change : answer["changes"]) {
      if (change["kind"] == "activeEntitlements.changed") {
        hear(change);
        ++told;
      }
    }
  }

  void hear(const Json& change) {
    const std::string customer = change["customer"];
    for (const std::string feature : change["granted"]) {
      REQUIRE(active.emplace(customer, feature).second);
    }
    for (const std::string feature : change["revoked"]) {
      REQUIRE(active.erase({customer, feature}) == 1);
    }
  }

  std::string any(const char* prefix, std::uint64_t count) { return prefix + std::to_string(random_.below(count)); }
  std::string any_price() {
    const char* const units[] = {"month", "year", "day"};
    return std::string(random_.below(2) == 0 ? "p" : "q") + units[random_.below(3)];
  }
  std::string any_feature() { return std::string("feat_") + "abcm"[random_.below(4)]; }
  TimeMs ahead() { return now + static_cast<TimeMs>(1 + random_.below(80)) * kDay; }

  Json any_command() {
    switch (random_.below(4)) {
      case 0:
        return catalogue_command();
      case 1:
        return new_subscription();
      default:
        return random_.below(6) == 0 ? clock_or_use() : subscription_change();
    }
  }

  Json catalogue_command() {
    if (random_.below(3) == 0) {
      return {{"do", "attachment.delete"}, {"id", any("att_", 40)}};
    }
    if (random_.below(12) == 0) {
      return {{"do", "feature.update"}, {"id", any_feature()}, {"active", false}};
    }
    Json command = {{"do", "attachment.create"}, {"id", any("att_", 40)}, {"feature", any_feature()}};
    command[random_.below(2) == 0 ? "product" : "price"] = "";
    if (command.contains("product")) {
      command["product"] = random_.below(2) == 0 ? "p" : "q";
    } else {
      command["price"] = any_price();
    }
    if (command["feature"] == "feat_m") {
      const char* const resets[] = {"period", "never", "day", "month"};
      command["template"] = {
          {"limit", random_.below(20)}, {"soft", random_.below(2) == 0}, {"reset", resets[random_.below(4)]}};
      if (random_.below(2) == 0) {
        command["template"]["pool"] = "pu";
      }
    }
    return command;
  }

  Json new_subscription() {
    Json command = {{"do", "subscription.create"},
                    {"id", any("sub_", 30)},
                    {"customer", kCustomers[random_.below(3)]},
                    {"items", Json::array({{{"id", "si"}, {"price", any_price()}}})}};
    switch (random_.below(7)) {
      case 0:
        command["trialDays"] = 1 + random_.below(40);
        command["trialEndBehavior"] = random_.below(2) == 0 ? "cancel" : "pause";
        break;
      case 1:
        command["cancelAt"] = ahead();
        break;
      case 2:
        command["startAt"] = ahead();
        break;
      case 3:
        command["startAt"] = now - 50 * kDay;
        break;
      case 4:
        command["trialEnd"] = ahead();
        break;
      default:
        break;
    }
    return command;
  }

  Json subscription_change() {
    const std::string id = any("sub_", 30);
    switch (random_.below(8)) {
      case 0:
        return {{"do", "subscription.cancel"}, {"id", id}, {"when", random_.below(2) == 0 ? "now" : "period_end"}};
      case 1:
        return {{"do", "subscription.pause"}, {"id", id}};
      case 2:
        return {{"do", "subscription.pause"}, {"id", id}, {"resumesAt", ahead()}};
      case 3:
        return {{"do", "subscription.resume"}, {"id", id}, {"anchor", random_.below(2) == 0 ? "now" : "unchanged"}};
      case 4:
        return {{"do", "subscription.update"}, {"id", id}, {"cancelAtPeriodEnd", random_.below(2) == 0}};
      case 5:
        return {{"do", "subscription.update"}, {"id", id}, {"trialEnd", ahead()}};
      default:
        return {{"do", "subscription.update"},
                {"id", id},
                {"items", Json::array({{{"id", "si"}, {"price", any_price()}}})},
                {"when", random_.below(2) == 0 ? "now" : "period_end"}};
    }
  }

  Json clock_or_use() {
    if (random_.below(2) == 0) {
      clock_ += static_cast<TimeMs>(random_.below(60)) * kDay;
      return {{"do", "clock.advance"}, {"id", "clk"}, {"to", clock_}};
    }
    return {{"do", "usage.record"},
            {"id", any("use_", 1000)},
            {"customer", kCustomers[random_.below(2)]},
            {"featureKey", "m"},
            {"quantity", random_.below(8)}};
  }

  Random random_;
  TimeMs clock_ = kBegin;
  std::vector<std::pair<std::string, TimeMs>> journal_;
};

std::string ask(const Ledger& ledger, const char* list, const char* customer, std::optional<TimeMs> at) {
  Json query = {{"query", list}, {"customer", customer}, {"limit", 100}};
  if (at) {
    query["at"] = *at;
  }
  if (list == std::string("entitlements")) {
    query["scope"] = "all";
  }
  return ledger.query(query.dump());
}

Json rows_of(const std::string& answer) { return Json::parse(answer).at("result").at("data"); }

// A row's members agree with each other and with the moment.
void check_row(const Json& row, TimeMs at) {
  CAPTURE(row.dump(), at);
  const TimeMs from = row["activeFrom"];
  const TimeMs to = row["activeTo"].is_null() ? kNever : row["activeTo"].get<TimeMs>();
  REQUIRE(from <= to);
  REQUIRE((row["status"] == "active") == (at < to));
  REQUIRE((!row["hasAccess"].get<bool>() || (from <= at && at < to)));
  if (!row["usage"].is_null()) {
    const Json& usage = row["usage"];
    const double limit =
        usage["balance"].get<double>() + usage["usageInPeriod"].get<double>() - usage["overage"].get<double>();
    REQUIRE(limit == usage["limit"].get<double>());
    const bool used_up = usage["balance"].get<double>() <= 0 && !usage["soft"].get<bool>();
    REQUIRE((!row["hasAccess"].get<bool>() || !used_up));
  }
}

void check_moment(const Ledger& ledger, const char* customer, TimeMs at) {
  std::set<std::string> accessible;
  std::set<std::string> current;
  for (const Json& row : rows_of(ask(ledger, "entitlements", customer, at))) {
    check_row(row, at);
    if (row["hasAccess"]) {
      accessible.insert(row["featureId"]);
    }
    if (row["status"] == "active" && row["activeFrom"] <= at) {
      current.insert(row["featureId"]);
    }
  }
  std::set<std::string> active;
  for (const Json& one : rows_of(ask(ledger, "activeEntitlements", customer, at))) {
    REQUIRE(one["activeFrom"].get<TimeMs>() <= at);
    REQUIRE(active.insert(one["feature"]["id"]).second);
  }
  REQUIRE(std::includes(active.begin(), active.end(), accessible.begin(), accessible.end()));
  REQUIRE(std::includes(current.begin(), current.end(), active.begin(), active.end()));
}

const char* const kState = R"({"query":"state"})";

}  // namespace

TEST_CASE("the journal makes the same ledger again", "[property][billing]") {
  std::size_t accepted = 0;
  std::size_t told = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    for (int i = 0; i < kCommands; ++i) {
      world.act();
    }
    CAPTURE(seed);
    Ledger again = world.replayed();
    again.advance(world.now);
    REQUIRE(again.query(kState) == world.ledger.query(kState));
    accepted += world.accepted;
    told += world.told;
  }
  // Else the worlds would be too poor to find anything.
  CHECK(accepted > kWorlds * kCommands / 2);
  CHECK(told > kWorlds * 5);
}

TEST_CASE("what changes tell adds up to what is listed", "[property][billing]") {
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    for (int i = 0; i < kCommands; ++i) {
      world.act();
      CAPTURE(seed, i);
      std::set<std::pair<std::string, std::string>> listed;
      for (const char* customer : kCustomers) {
        for (const Json& one : rows_of(ask(world.ledger, "activeEntitlements", customer, {}))) {
          listed.emplace(customer, one["feature"]["id"]);
        }
      }
      REQUIRE(listed == world.active);
    }
  }
}

TEST_CASE("an answer about a moment does not depend on when it is asked", "[property][billing]") {
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    for (int i = 0; i < kCommands; ++i) {
      world.act();
    }
    for (int i = 0; i < 12; ++i) {
      const TimeMs at = world.any_moment();
      Ledger then = world.replayed();
      then.advance(at);
      Ledger later = world.replayed();
      later.advance(at + 300 * kDay);
      for (const char* customer : {"cus_1", "cus_2"}) {
        CAPTURE(seed, at, customer);
        check_moment(world.ledger, customer, at);
        for (const char* list : {"entitlements", "activeEntitlements"}) {
          const std::string now = ask(world.ledger, list, customer, at);
          REQUIRE(ask(then, list, customer, at) == now);
          REQUIRE(ask(later, list, customer, at) == now);
        }
      }
    }
  }
}

TEST_CASE("time may pass in steps or at once", "[property][billing]") {
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    for (int i = 0; i < kCommands; ++i) {
      world.act();
    }
    Ledger at_once = world.replayed();
    at_once.advance(world.now + 400 * kDay);
    for (TimeMs at = world.now; at <= world.now + 400 * kDay; at += 8 * kDay) {
      world.ledger.advance(at);
      CAPTURE(seed, at);
      REQUIRE(world.ledger.next_at() > at);
    }
    world.ledger.advance(world.now + 400 * kDay);
    REQUIRE(at_once.query(kState) == world.ledger.query(kState));
  }
}
