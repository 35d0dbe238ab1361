// What a ledger holds. Plain values; rules live in the files beside. Internal to core/billing.
#pragma once

#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "calendar.hpp"
#include "plangate/model.hpp"
#include "table.hpp"

namespace plangate::billing {

/// Members by name, in the order they came: metadata (texts) and data (JSON texts).
using Members = std::vector<std::pair<std::string, std::string>>;

/// What every object has.
struct Object {
  std::string id;
  TimeMs created = 0;
  Members metadata;
  Members data;
  bool deleted = false;
};

enum class FeatureKind : std::uint8_t { boolean, static_, metered };

struct Feature : Object {
  std::string key;
  std::string name;
  FeatureKind kind = FeatureKind::boolean;
  Ref product = kNone;  ///< The scope of the key.
  bool active = true;
};

struct Product : Object {
  std::string name;
  std::optional<std::string> description;
  Ref default_price = kNone;
  bool active = true;
};

struct Plan : Object {
  Ref product = kNone;
  std::string name;
  bool active = true;
};

struct Price : Object {
  Ref product = kNone;
  Ref plan = kNone;
  std::string currency;
  std::optional<double> unit_amount;
  std::optional<Interval> interval;  ///< None: paid once.
  std::optional<std::string> key;    ///< What the application calls it; one price's at a time.
  bool active = true;
};

/// When an allowance starts again.
enum class Reset : std::uint8_t { period, never, day, week, month, year };

/// What an attachment gives to whoever has it.
struct Template {
  bool given = false;
  std::string config;           ///< JSON object; empty: none.
  std::optional<double> limit;  ///< Metered: the allowance.
  bool soft = false;
  std::string pool;  ///< Empty: a balance of its own.
  bool per_unit = false;
  Reset reset = Reset::period;

  friend bool operator==(const Template&, const Template&) = default;
};

/// A feature attached to a product, or to one price of it.
struct Attachment : Object {
  Ref feature = kNone;
  Ref product = kNone;
  Ref price = kNone;
  Template gives;
};

/// When a metered allowance counts from and to.
struct Window {
  enum class Kind : std::uint8_t { fixed, anchored, open };
  Kind kind = Kind::open;
  Period period;      ///< fixed: the one period; open: it starts there.
  TimeMs anchor = 0;  ///< anchored: periods by calendar.
  Interval interval;

  friend bool operator==(const Window&, const Window&) = default;
};

/// What a row gives during one stretch of time.
struct Terms {
  bool access = true;  ///< False while the subscription is paused.
  Ref attachment = kNone;
  std::string config;
  double limit = 0;
  bool soft = false;
  std::string pool;
  Window window;

  friend bool operator==(const Terms&, const Terms&) = default;
};

struct Segment {
  TimeMs from = 0;
  Terms terms;
};

enum class RowStatus : std::uint8_t { active, expired, canceled };

/// A subscription's right to one feature of one product, with its whole history: what it is at any moment is read off it.
struct Row {
  std::string id;
  Ref feature = kNone;
  Ref product = kNone;
  TimeMs created = 0;  ///< When it was first known of: a scheduled row begins later, a backdated one earlier.
  std::vector<Segment> segments;
  TimeMs end = kNever;
  RowStatus ended_as = RowStatus::active;
  std::int32_t told = -1;  ///< The segment the last change told as granted; -1: none is.
};

/// A feature that an item's price brings, as it was when the item's period began: later edits of the catalogue wait.
struct Grant {
  Ref attachment = kNone;
  Ref feature = kNone;
  Template gives;

  friend bool operator==(const Grant&, const Grant&) = default;
};

struct Item {
  std::string id;
  Ref price = kNone;
  std::int64_t quantity = 1;
  TimeMs created = 0;
  std::vector<Grant> grants;
};

/// Items as they shall be, before anything is done about it.
struct ItemPlan {
  std::string id;
  Ref price = kNone;
  std::int64_t quantity = 1;
};

struct Pending {
  Ref plan = kNone;
  std::vector<ItemPlan> items;
};

enum class SubscriptionStatus : std::uint8_t { scheduled, trialing, active, paused, canceled };
enum class TrialEndBehavior : std::uint8_t { continue_, cancel, pause };

struct Subscription : Object {
  Ref customer = kNone;
  Ref plan = kNone;
  SubscriptionStatus status = SubscriptionStatus::active;
  std::vector<Item> items;
  TimeMs start_at = 0;
  TimeMs anchor = 0;
  Period period;
  std::optional<TimeMs> trial_start;
  std::optional<TimeMs> trial_end;
  TrialEndBehavior trial_end_behavior = TrialEndBehavior::continue_;
  std::optional<TimeMs> cancel_at;
  bool cancel_at_period_end = false;
  std::optional<TimeMs> canceled_at;
  std::optional<TimeMs> ended_at;
  std::optional<TimeMs> paused_at;
  std::optional<TimeMs> resumes_at;
  std::optional<Pending> pending;
  std::vector<Row> rows;
};

struct UsageRecord : Object {
  Ref customer = kNone;
  Ref feature = kNone;
  Ref subscription = kNone;  ///< As asked for; kNone: wherever there was balance.
  double quantity = 0;
  TimeMs at = 0;
};

/// What was used of one balance, in order of time.
struct Meter {
  struct Entry {
    TimeMs at = 0;
    double quantity = 0;
  };
  std::string id;  ///< The row's id, or the pool's name after "pool:".
  std::vector<Entry> entries;
};

struct Customer : Object {
  Ref clock = kNone;
  std::optional<std::string> name;
  std::optional<std::string> email;
  std::optional<std::string> external_id;
  std::vector<Ref> subscriptions;
  std::vector<std::pair<Ref, std::int32_t>> active_features;  ///< How many told rows grant each.
  Table<Meter> meters;
};

/// A stream of time with what is due in it. Entries that are out of date are dropped when they come up.
struct Timeline {
  using Due = std::pair<TimeMs, Ref>;  ///< When, and which subscription.
  TimeMs now = kFirstMoment;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due;
};

struct Clock : Object {
  std::optional<std::string> name;
  Timeline timeline;
};

/// What there is to sell.
struct Catalogue {
  Table<Feature> features;
  Table<Product> products;
  Table<Plan> plans;
  Table<Price> prices;
  Table<Attachment> attachments;
  std::vector<std::vector<Ref>> by_product;  ///< Attachments of each product, those to its prices included.
  ByText<std::vector<Ref>> by_key;           ///< Features of each key.
  ByText<Ref> price_by_key;
};

/// Everything.
struct Books {
  Catalogue catalogue;
  Table<Clock> clocks;
  Table<Customer> customers;
  ByText<Ref> by_external_id;
  Table<Subscription> subscriptions;
  ByText<std::pair<Ref, std::uint32_t>> row_index;  ///< Entitlement id -> subscription, and which of its rows.
  ByText<std::pair<Ref, Ref>> active_index;         ///< Active entitlement id -> customer, feature.
  Table<UsageRecord> usage;
  Timeline wall;

  [[nodiscard]] Timeline& timeline_of(const Customer& customer) {
    return customer.clock == kNone ? wall : clocks[customer.clock].timeline;
  }
  [[nodiscard]] const Timeline& timeline_of(const Customer& customer) const {
    return customer.clock == kNone ? wall : clocks[customer.clock].timeline;
  }
};

}  // namespace plangate::billing
