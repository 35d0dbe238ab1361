// The whole of the books as text, for comparing two ledgers. Objects as they are answered, and what no answer shows.
#include "balance.hpp"
#include "names.hpp"
#include "provision.hpp"
#include "query.hpp"
#include "write.hpp"

namespace plangate::billing {
namespace {

using json::Writer;

void write_window(Writer& out, const Window& window) {
  out.begin_array().integer(static_cast<std::int64_t>(window.kind)).integer(window.period.start);
  out.integer(window.period.end).integer(window.anchor).string(word(kUnits, window.interval.unit));
  out.integer(window.interval.count).end_array();
}

void write_row(Writer& out, const Row& row) {
  out.begin_object().member("id").string(row.id).member("created").integer(row.created).member("end");
  row.end == kNever ? out.null() : out.integer(row.end);
  out.member("status").string(word(kRowStatuses, row.ended_as)).member("told").integer(row.told);
  out.member("segments").begin_array();
  for (const Segment& segment : row.segments) {
    const Terms& terms = segment.terms;
    out.begin_object().member("from").integer(segment.from).member("access").boolean(terms.access);
    out.member("attachment").integer(terms.attachment).member("config").string(terms.config);
    out.member("limit").number(terms.limit).member("soft").boolean(terms.soft).member("pool").string(terms.pool);
    write_window(out.member("window"), terms.window);
    out.end_object();
  }
  out.end_array().end_object();
}

void write_customer(Writer& out, const Books& books, const Customer& customer) {
  out.begin_object().member("customer");
  write(out, books, customer);
  out.member("deleted").boolean(customer.deleted).member("features").begin_array();
  for (const auto& [feature, count] : customer.active_features) {
    out.begin_array().integer(feature).integer(count).end_array();
  }
  out.end_array().member("meters").begin_array();
  for (const Meter& meter : customer.meters) {
    out.begin_array().string(meter.id);
    for (const Meter::Entry& entry : meter.entries) {
      out.integer(entry.at).number(entry.quantity);
    }
    out.end_array();
  }
  out.end_array().end_object();
}

void write_subscription(Writer& out, const Books& books, const Subscription& subscription) {
  out.begin_object().member("subscription");
  write(out, books, subscription);
  out.member("grants").begin_array();
  for (const Item& item : subscription.items) {
    for (const Grant& grant : item.grants) {
      out.integer(grant.attachment);
      write_template(out, grant.gives);
    }
  }
  out.end_array().member("rows").begin_array();
  for (const Row& row : subscription.rows) {
    write_row(out, row);
  }
  out.end_array().end_object();
}

template <class T>
void write_table(Writer& out, const Books& books, const char* name, const Table<T>& table) {
  out.member(name).begin_array();
  for (const T& object : table) {
    write(out, books, object);
    out.boolean(object.deleted);
  }
  out.end_array();
}

}  // namespace

void write_state(Writer& out, const Books& books) {
  const Catalogue& catalogue = books.catalogue;
  out.begin_object().member("now").integer(books.wall.now);
  write_table(out, books, "features", catalogue.features);
  write_table(out, books, "products", catalogue.products);
  write_table(out, books, "plans", catalogue.plans);
  write_table(out, books, "prices", catalogue.prices);
  write_table(out, books, "attachments", catalogue.attachments);
  write_table(out, books, "clocks", books.clocks);
  write_table(out, books, "usage", books.usage);
  out.member("customers").begin_array();
  for (const Customer& customer : books.customers) {
    write_customer(out, books, customer);
  }
  out.end_array().member("subscriptions").begin_array();
  for (const Subscription& subscription : books.subscriptions) {
    write_subscription(out, books, subscription);
  }
  out.end_array().end_object();
}

}  // namespace plangate::billing
