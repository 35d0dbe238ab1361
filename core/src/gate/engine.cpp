// The engine's face: finds what is asked about, and hands it to the rules.
#include "plangate/engine.hpp"

#include <algorithm>

#include "catalogue.hpp"
#include "counter.hpp"
#include "diff.hpp"
#include "json_writer.hpp"
#include "judge.hpp"
#include "limit.hpp"
#include "text_set.hpp"
#include "unlocks.hpp"

namespace plangate {
namespace {

const Caps kDefaultCaps;

Error refusal(ErrorCode code) {
  Error error;
  error.code = code;
  error.message = message_of(code);
  return error;
}

// May `next` take the place of what is held?
std::optional<Error> check_replacement(const Store& store, const HeldSnapshot* held, const Snapshot& next) {
  if (held == nullptr) {
    return refusal(ErrorCode::UNKNOWN_SNAPSHOT);
  }
  if (held->customer() != next.customer) {
    return refusal(ErrorCode::CUSTOMER_MISMATCH);
  }
  if (held->mode != next.mode) {
    return refusal(ErrorCode::MODE_MISMATCH);
  }
  if (store.shared.text(held->source) != next.source) {
    return refusal(ErrorCode::SOURCE_MISMATCH);
  }
  if (next.as_of < held->as_of) {
    return refusal(ErrorCode::OLDER_SNAPSHOT);
  }
  return std::nullopt;
}

// Billing systems share no ids: what two of them call by one id are two rows, or else reading the whole would close both.
void tell_ids_apart(const Snapshot& whole, Snapshot& part, std::size_t number) {
  TextSet taken(whole.entitlements.size() + part.entitlements.size());
  for (const Entitlement& row : whole.entitlements) {
    taken.add(row.id, 0);
  }
  std::string prefix;
  json::append_integer(prefix, static_cast<std::int64_t>(number));
  prefix += '/';
  for (Entitlement& row : part.entitlements) {
    if (!row.id.empty() && taken.add(row.id, 1) == 0) {
      row.id = part.text.keep(prefix + std::string(row.id));
    }
  }
}

void append_part(Snapshot& whole, const Snapshot& part) {
  whole.entitlements.insert(whole.entitlements.end(), part.entitlements.begin(), part.entitlements.end());
  join_policies(whole, part);
  join_catalogue(whole, part.catalogue);
}

}  // namespace

struct Engine::State : Core {
  std::vector<Warning> warnings;
  std::string table;  ///< Decision bytes.

  /// A question by text: of a key that is not interned only what does not depend on rows is known.
  [[nodiscard]] Question ask_by_text(SnapshotHandle handle, std::string_view key, TimeMs now,
                                     std::string_view product) const {
    // kNoText is kNoName.
    Question question = ask(*this, handle, static_cast<NameId>(store.names.find(key)), now);
    question.filter.all = product.empty();
    question.filter.product = product.empty() ? kNoText : store.shared.find(product);
    return question;
  }
};

Engine::Engine() : state_(std::make_unique<State>()) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

std::optional<Error> Engine::configure(std::string_view options_json) {
  return plangate::configure(state_->options, state_->store, options_json);
}

const Caps& Engine::caps() const { return state_->options.caps ? *state_->options.caps : kDefaultCaps; }

Result<SnapshotHandle> Engine::load(Format format, std::span<const std::string_view> pages,
                                    const DecodeContext& context, SnapshotHandle replaces) {
  state_->warnings.clear();
  DecodeContext with_caps = context;
  with_caps.caps = state_->options.caps.value_or(context.caps);
  if (context.customer_is_alias) {
    with_caps.customer = {};
  }
  Result<Decoded> decoded = decode(format, pages, with_caps);
  if (!decoded) {
    return std::move(decoded.error());
  }
  Snapshot& snapshot = decoded.value().snapshot;
  if (context.customer_is_alias) {
    snapshot.customer = snapshot.text.keep(context.customer);
  }
  if (replaces != 0) {
    if (auto error = check_replacement(state_->store, state_->store.find(replaces), snapshot)) {
      return std::move(*error);
    }
  }
  const SnapshotHandle handle = state_->store.hold(snapshot);
  if (handle == 0) {
    return refusal(ErrorCode::TOO_MANY_ENTRIES);
  }
  state_->warnings = std::move(decoded.value().warnings);
  return handle;
}

Result<SnapshotHandle> Engine::combine(std::span<const SnapshotHandle> parts, std::string_view customer,
                                       std::string_view source) {
  Snapshot whole;
  whole.customer = customer;
  whole.source = source;
  whole.as_of = kNever;
  std::vector<Snapshot> unpacked;  // keeps alive what the rows view
  for (const SnapshotHandle part : parts) {
    const HeldSnapshot* held = state_->store.find(part);
    if (held == nullptr) {
      return refusal(ErrorCode::UNKNOWN_SNAPSHOT);
    }
    if (!unpacked.empty() && held->mode != whole.mode) {
      return refusal(ErrorCode::MODE_MISMATCH);
    }
    whole.mode = held->mode;
    whole.as_of = std::min(whole.as_of, held->as_of);
    unpacked.push_back(state_->store.unpack(*held));
    tell_ids_apart(whole, unpacked.back(), unpacked.size());
    append_part(whole, unpacked.back());
  }
  if (unpacked.empty()) {
    return refusal(ErrorCode::INVALID_OPTION);
  }
  return state_->store.hold(whole);
}

SnapshotHandle Engine::hold(const Snapshot& snapshot) { return state_->store.hold(snapshot); }
void Engine::release(SnapshotHandle handle) { state_->store.release(handle); }
const std::vector<Warning>& Engine::warnings() const { return state_->warnings; }

Engine::Table Engine::table(SnapshotHandle handle, TimeMs now) {
  Question question = ask(*state_, handle, kNoName, now);
  Rows rest = question.snapshot != nullptr ? question.snapshot->rows() : Rows{};
  Table table;
  table.next_change_at = next_aging(*state_, question.snapshot, now);
  state_->table.resize(state_->store.names.size());
  for (NameId key = 0; key < static_cast<NameId>(state_->table.size()); ++key) {
    question.key = key;
    question.rows = !rest.empty() && rest.key() == key ? rest.take_key() : Rows{};
    const Judgement judgement = judge(*state_, question);
    state_->table[static_cast<std::size_t>(key)] = static_cast<char>(pack(judgement));
    if (!question.rows.empty()) {
      table.next_change_at = std::min(table.next_change_at, valid_until(*state_, question, judgement));
    }
  }
  table.decisions = {reinterpret_cast<const DecisionByte*>(state_->table.data()), state_->table.size()};
  return table;
}

std::uint32_t Engine::names_generation() const { return state_->store.names.generation(); }

NameId Engine::find_name(std::string_view name) const { return static_cast<NameId>(state_->store.names.find(name)); }

void Engine::each_name(void (*visit)(void* context, std::string_view name, NameId id), void* context) const {
  const TextPool& names = state_->store.names;
  for (std::uint32_t id = 0; id < names.size(); ++id) {
    if (names.is_kept(id)) {
      visit(context, names.text(id), static_cast<NameId>(id));
    }
  }
}

DecisionByte Engine::decide(SnapshotHandle handle, NameId key, TimeMs now) const {
  return pack(judge(*state_, ask(*state_, handle, key, now)));
}

Decision Engine::check(SnapshotHandle handle, std::string_view key, TimeMs now, std::string_view product) const {
  const Question question = state_->ask_by_text(handle, key, now, product);
  const Judgement judgement = judge(*state_, question);
  Decision decision = decision_of(*state_, question, key, judgement);
  decision.valid_until = valid_until(*state_, question, judgement);
  return decision;
}

LimitResult Engine::limit(SnapshotHandle handle, std::string_view key, const LimitQuery& query, TimeMs now) const {
  return limit_of(*state_, state_->ask_by_text(handle, key, now, query.product), key, query);
}

Counter Engine::counter(SnapshotHandle handle, std::string_view key, const CounterQuery& query, TimeMs now) const {
  return counter_of(*state_, state_->ask_by_text(handle, key, now, query.product), key, query);
}

bool Engine::diff(SnapshotHandle before, TimeMs before_now, SnapshotHandle after, TimeMs after_now,
                  std::string& out) const {
  return append_diff(*state_, {state_->store.find(before), before_now}, {state_->store.find(after), after_now}, out);
}

std::optional<Error> Engine::unlocks(SnapshotHandle handle, std::string_view query_json, std::string& out) const {
  auto query = json::Document::parse(query_json, Caps{});
  if (!query) {
    return std::move(query.error());
  }
  if (!append_unlocks(*state_, state_->store.find(handle), query.value().root(), out)) {
    return refusal(ErrorCode::INVALID_OPTION);
  }
  return std::nullopt;
}

std::optional<std::string> Engine::encode(SnapshotHandle handle, bool with_catalogue) const {
  const HeldSnapshot* held = state_->store.find(handle);
  if (held == nullptr) {
    return std::nullopt;
  }
  return plangate::encode(state_->store.unpack(*held), with_catalogue);
}

std::optional<Engine::Info> Engine::info(SnapshotHandle handle) const {
  const HeldSnapshot* held = state_->store.find(handle);
  if (held == nullptr) {
    return std::nullopt;
  }
  return Info{held->customer(), state_->store.shared.text(held->source), held->mode, held->as_of, held->entries};
}

}  // namespace plangate
