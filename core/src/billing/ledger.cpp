// The ledger: reads a command or question, finds who does it, and wraps up what comes of it.
#include "command.hpp"
#include "passing.hpp"
#include "plangate/billing.hpp"
#include "query.hpp"

namespace plangate::billing {
namespace {

using Code = BillingErrorCode;
using json::Document;
using json::Writer;

std::string message_for(const Refusal& refusal) {
  std::string message(message_of(refusal.code));
  if (!refusal.detail.empty()) {
    message.back() = ':';
    message.append(" ").append(refusal.detail).append(".");
  }
  return message;
}

void write_error(Writer& out, const Refusal& refusal) {
  out.member("ok").boolean(false).member("error").begin_object();
  out.member("code").string(name_of(refusal.code)).member("message").string(message_for(refusal));
  out.member("param").string(refusal.param).end_object();
}

// What begins every answer: the result, or why there is none.
void write_result(Writer& out, const Refusals& refusals, std::string_view result) {
  if (refusals.none()) {
    out.member("ok").boolean(true).member("result").raw(result.empty() ? "null" : result);
  } else {
    write_error(out, refusals.first());
  }
}

std::string outcome(Books& books, const Refusals& refusals, std::string_view result, Changes& changes) {
  // Questions change nothing, so what is out of date in the clocks' timelines goes now.
  for (Ref clock = 0; clock < books.clocks.size(); ++clock) {
    next_due(books, books.clocks[clock].timeline);
  }
  std::string text;
  Writer out(text);
  out.begin_object();
  write_result(out, refusals, result);
  out.member("changes").raw(changes.take()).member("nextAt");
  const TimeMs next = next_due(books, books.wall);
  next == kNever ? out.null() : out.integer(next);
  out.end_object();
  return text;
}

// The request's object; a missing one, with a refusal, when the text holds none.
Document read(std::string_view text, Refusals& refusals) {
  auto parsed = Document::parse(text, Caps{});
  if (parsed) {
    return std::move(parsed).value();
  }
  refusals.refuse(Code::INVALID_JSON, "", std::string(name_of(parsed.error().code)));
  return {};
}

// Runs the entry that the member `by` names. `context` is a Command or a Query.
template <class Entry, class Context, std::size_t N>
void dispatch(const std::span<const Entry> (&lists)[N], const char* by, Code unknown, const Context& context) {
  const std::string name = context.request.text(by);
  if (!context.request.ok()) {
    return;
  }
  for (const auto list : lists) {
    for (const Entry& entry : list) {
      if (entry.name != name) {
        continue;
      }
      if (context.request.only(std::string(by).append(" ").append(entry.members))) {
        entry.run(context);
      }
      return;
    }
  }
  context.request.refuse(unknown, by, "'" + name + "'");
}

bool is_moment(TimeMs now, Refusals& refusals) {
  return (now >= kFirstMoment && now <= kLastMoment) ||
         refusals.refuse(Code::INVALID_MEMBER, "now", "a moment from 1970 to 9999 in whole ms is wanted");
}

void write_counts(const Query& q) {
  q.result.begin_object().member("customers").integer(static_cast<std::int64_t>(q.books.customers.size()));
  q.result.member("subscriptions").integer(static_cast<std::int64_t>(q.books.subscriptions.size()));
  q.result.member("features").integer(static_cast<std::int64_t>(q.books.catalogue.features.size()));
  q.result.member("products").integer(static_cast<std::int64_t>(q.books.catalogue.products.size()));
  q.result.member("usage").integer(static_cast<std::int64_t>(q.books.usage.size())).end_object();
}

constexpr QueryEntry kOwnQueries[] = {
    {"state", "", [](const Query& q) { write_state(q.result, q.books); }},
    {"counts", "", write_counts},
};

}  // namespace

struct Ledger::State {
  Books books;
};

Ledger::Ledger() : state_(std::make_unique<State>()) {}
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;

std::string Ledger::apply(std::string_view command, TimeMs now) {
  Books& books = state_->books;
  Changes changes(books);
  Refusals refusals;
  std::string text;
  Writer result(text);
  if (is_moment(now, refusals)) {
    pass_time(books, books.wall, now, changes);
    const Document document = read(command, refusals);
    const Request request(document.root(), refusals);
    dispatch({catalogue_commands(), customer_commands(), subscription_commands()}, "do", Code::UNKNOWN_COMMAND,
             Command{books, request, books.wall.now, changes, result});
  }
  return outcome(books, refusals, text, changes);
}

std::string Ledger::advance(TimeMs now) {
  Books& books = state_->books;
  Changes changes(books);
  Refusals refusals;
  if (is_moment(now, refusals)) {
    pass_time(books, books.wall, now, changes);
  }
  return outcome(books, refusals, {}, changes);
}

std::string Ledger::query(std::string_view query) const {
  Refusals refusals;
  std::string result;
  Writer out(result);
  const Document document = read(query, refusals);
  const Request request(document.root(), refusals);
  dispatch({object_queries(), catalogue_queries(), entitlement_queries(), std::span<const QueryEntry>(kOwnQueries)},
           "query", Code::UNKNOWN_QUERY, Query{state_->books, request, out});
  std::string text;
  Writer answer(text);
  answer.begin_object();
  write_result(answer, refusals, result);
  answer.end_object();
  return text;
}

TimeMs Ledger::next_at() const { return next_due(state_->books, state_->books.wall); }

}  // namespace plangate::billing
