#include "counter.hpp"

#include <algorithm>

#include "json_writer.hpp"
#include "limit.hpp"
#include "plangate/json.hpp"

namespace plangate {
namespace {

// A part of a counter's name. '#' begins what comes behind the key, so that one within a part is doubled.
void append_part(std::string& name, std::string_view tag, std::string_view part) {
  name += tag;
  for (const char c : part) {
    name += c;
    if (c == '#') {
      name += c;
    }
  }
}

std::string name_of_counter(std::string_view key, const CounterQuery& query) {
  std::string name;
  append_part(name, "", key);
  if (!query.field.empty()) {
    append_part(name, "#field=", query.field);
  }
  if (!query.product.empty()) {
    append_part(name, "#product=", query.product);
  }
  return name;
}

// The period and pool of the metered rows: the period that ends first, and the pool if all are of one.
class Meters {
 public:
  // Reads the rows that take part in the balance, or with `all`, every metered row.
  void read(const Question& question, bool all) {
    RowView row;
    for (Rows rows = question.rows; rows.next(row);) {
      const Part part = standing_of(row, question.now).part;
      const bool takes_part = part == Part::meters || part == Part::used_up;
      if (row.has_usage && question.filter.matches(row) && (all || takes_part)) {
        add(row);
      }
    }
  }

  [[nodiscard]] bool any() const { return any_; }

  void describe(const Core& core, Counter& counter) const {
    counter.period_start = first_.period_start == kAlways ? 0 : first_.period_start;
    counter.period_end = first_.period_end;
    if (one_pool_) {
      counter.pool = core.store.shared.text(first_.texts.pool);
    }
  }

 private:
  void add(const RowView& row) {
    one_pool_ = one_pool_ && (!any_ || row.texts.pool == first_.texts.pool);
    const bool earlier = row.period_end < first_.period_end ||
                         (row.period_end == first_.period_end && row.period_start < first_.period_start);
    if (!any_ || earlier) {
      first_ = row;
    }
    any_ = true;
  }

  RowView first_;
  bool any_ = false;
  bool one_pool_ = true;
};

// The list is of a period that is over: the next one counts, from zero, until a new list tells its own.
void begin_next_period(Counter& counter, TimeMs now) {
  if (counter.period_end != kNever && counter.period_end <= now) {
    counter.period_start = counter.period_end;
    counter.period_end = kNever;
    counter.used = 0;
  }
}

}  // namespace

Counter counter_of(const Core& core, const Question& question, std::string_view key, const CounterQuery& query) {
  LimitQuery nothing_more;
  nothing_more.field = query.field;
  nothing_more.requested = 0;
  const LimitResult allowance = limit_of(core, question, key, nothing_more);
  Counter counter;
  counter.name = name_of_counter(key, query);
  counter.reason = allowance.reason;
  counter.limit = allowance.limit;
  counter.unlimited = allowance.unlimited;
  counter.countable = allowance.limit || allowance.unlimited;
  if (!query.field.empty()) {
    return counter;  // a limit of the config has no period: what is counted stays until it is given back
  }
  counter.soft = judge(core, question).verdict.soft;
  counter.used = allowance.used;
  Meters meters;
  meters.read(question, false);
  if (!meters.any()) {
    meters.read(question, true);
  }
  meters.describe(core, counter);
  begin_next_period(counter, question.now);
  return counter;
}

std::string to_json(const Counter& counter) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("name").string(counter.name);
  if (!counter.pool.empty()) {
    out.member("pool").string(counter.pool);
  }
  out.member("periodStart").integer(counter.period_start).member("periodEnd");
  counter.period_end == kNever ? out.null() : out.integer(counter.period_end);
  out.member("used").number(counter.used).member("countable").boolean(counter.countable);
  out.member("reason").string(name_of(counter.reason)).number_if_any("limit", counter.limit);
  out.member("unlimited").boolean(counter.unlimited).member("soft").boolean(counter.soft).end_object();
  return text;
}

}  // namespace plangate
