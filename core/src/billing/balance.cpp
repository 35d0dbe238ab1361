#include "balance.hpp"

#include <algorithm>

#include "provision.hpp"

namespace plangate::billing {
namespace {

double used_in(const Customer& customer, const std::string& meter, const Period& window, TimeMs until) {
  const Ref ref = customer.meters.find(meter);
  double used = 0;
  if (ref != kNone) {
    for (const Meter::Entry& entry : customer.meters[ref].entries) {
      used += entry.at >= window.start && entry.at < window.end && entry.at <= until ? entry.quantity : 0;
    }
  }
  return used;
}

struct Pool {
  double limit = 0;
  const Row* first = nullptr;
  TimeMs first_from = kNever;
  Window window;
};

// What one subscription brings to a pool: its largest limit.
double share_of(const Subscription& subscription, const std::string& name, TimeMs at, Pool& pool) {
  double share = 0;
  for (const Row& row : subscription.rows) {
    const Segment* segment = segment_at(row, at);
    if (segment == nullptr || !segment->terms.access || segment->terms.pool != name) {
      continue;
    }
    share = std::max(share, segment->terms.limit);
    if (begin_of(row) < pool.first_from) {
      pool.first = &row;
      pool.first_from = begin_of(row);
      pool.window = segment->terms.window;
    }
  }
  return share;
}

}  // namespace

TimeMs within(const Row& row, TimeMs at) {
  const TimeMs from = begin_of(row);
  const TimeMs last = row.end == kNever ? at : std::max(from, row.end - 1);
  return std::clamp(at, from, std::max(from, last));
}

Period window_at(const Window& window, TimeMs at) {
  switch (window.kind) {
    case Window::Kind::fixed:
      return window.period;
    case Window::Kind::anchored:
      return period_containing(window.anchor, window.interval, at);
    case Window::Kind::open:
      break;
  }
  return {window.period.start, kNever};
}

std::string meter_of(const Row& row, const Terms& terms) { return terms.pool.empty() ? row.id : "pool:" + terms.pool; }

Balance balance_of(const Customer& customer, const Holdings& holdings, const Row& row, TimeMs at, Counted counted) {
  // A row of no length has no moment of its own: its last terms are told.
  const Segment* segment = segment_at(row, at);
  const Terms& terms = segment != nullptr ? segment->terms : row.segments.back().terms;
  Balance balance;
  balance.limit = terms.limit;
  balance.window = window_at(terms.window, at);
  if (!terms.pool.empty() && terms.access) {
    Pool pool;
    double limit = 0;
    for (const Subscription* subscription : holdings) {
      limit += share_of(*subscription, terms.pool, at, pool);
    }
    if (pool.first != nullptr) {
      balance.limit = limit;
      balance.window = window_at(pool.window, at);
    }
  }
  balance.used =
      used_in(customer, meter_of(row, terms), balance.window, counted == Counted::all ? balance.window.end : at);
  return balance;
}

void book(Customer& customer, const std::string& meter, TimeMs at, double quantity) {
  Ref ref = customer.meters.find(meter);
  if (ref == kNone) {
    ref = customer.meters.add({meter, {}});
  }
  auto& entries = customer.meters[ref].entries;
  const auto place = std::upper_bound(entries.begin(), entries.end(), at,
                                      [](TimeMs moment, const Meter::Entry& entry) { return moment < entry.at; });
  entries.insert(place, {at, quantity});
}

}  // namespace plangate::billing
