// The binding: the functions of CONTRACT.md, nothing else. The only file that includes Emscripten's headers.
// It marshals; every answer comes from core/.
#include <emscripten/bind.h>

#include <limits>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "gate/json_writer.hpp"
#include "plangate/json.hpp"
#include "session.hpp"

namespace {

using plangate::SnapshotHandle;
using plangate::binding::from_time;
using plangate::binding::Session;
using plangate::binding::session_of;
using plangate::binding::to_time;

/// The engines in use. Handles count up, so that a destroyed one never names somebody else's engine.
struct Entry {
  int handle = 0;
  Session session;
  std::unique_ptr<Entry> next;
};

std::unique_ptr<Entry> first;
int last_handle = 0;

/// What leads to the entry of a handle, or the end of the list. There are few engines: one per client or server.
std::unique_ptr<Entry>& entry_of(int handle) {
  std::unique_ptr<Entry>* at = &first;
  while (*at && (*at)->handle != handle) {
    at = &(*at)->next;
  }
  return *at;
}

int create() {
  std::unique_ptr<Entry> made(new (std::nothrow) Entry);
  if (!made || last_handle == std::numeric_limits<int>::max()) {
    return 0;
  }
  made->handle = ++last_handle;
  made->next = std::move(first);
  first = std::move(made);
  return last_handle;
}

void destroy(int e) {
  std::unique_ptr<Entry>& place = entry_of(e);
  if (place) {
    const std::unique_ptr<Entry> gone = std::move(place);
    place = std::move(gone->next);
  }
}

bool configure(int e, const std::string& json) {
  Session* s = session_of(e);
  return s != nullptr && s->configure(json);
}

/// Addresses go over as numbers: linear memory is the caller's to view.
std::uintptr_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

std::uintptr_t input(int e, double size) {
  Session* s = session_of(e);
  const bool countable = size >= 0 && size <= std::numeric_limits<std::uint32_t>::max();
  return s == nullptr || !countable ? 0 : address(s->input(static_cast<std::size_t>(size)));
}

SnapshotHandle load(int e, const std::string& format, const std::string& request, SnapshotHandle replaces) {
  Session* s = session_of(e);
  return s == nullptr ? 0 : s->load(format, request, replaces);
}

void release(int e, SnapshotHandle snapshot) {
  if (Session* s = session_of(e)) {
    s->engine.release(snapshot);
  }
}

std::string error(int e) {
  const Session* s = session_of(e);
  return s == nullptr ? std::string{} : s->error();
}

std::string warnings(int e) {
  const Session* s = session_of(e);
  return s == nullptr ? std::string{} : to_json(s->engine.warnings());
}

std::uintptr_t table(int e, SnapshotHandle snapshot, double now) {
  Session* s = session_of(e);
  return s == nullptr ? 0 : address(s->table(snapshot, to_time(now)));
}

std::string names(int e) {
  const Session* s = session_of(e);
  std::string out;
  plangate::json::Writer writer(out);
  writer.begin_object();
  if (s != nullptr) {
    s->engine.each_name(
        [](void* context, std::string_view name, plangate::NameId id) {
          static_cast<plangate::json::Writer*>(context)->member(name).integer(id);
        },
        &writer);
  }
  writer.end_object();
  return out;
}

int decide(int e, SnapshotHandle snapshot, int name, double now) {
  const Session* s = session_of(e);
  return s == nullptr ? 0 : s->engine.decide(snapshot, name, to_time(now));
}

std::string check(int e, SnapshotHandle snapshot, const std::string& key, double now, const std::string& product) {
  const Session* s = session_of(e);
  return s == nullptr ? std::string{} : to_json(s->engine.check(snapshot, key, to_time(now), product));
}

std::string limit(int e, SnapshotHandle snapshot, const std::string& key, const std::string& field, double used,
                  double requested, double now, const std::string& product) {
  const Session* s = session_of(e);
  if (s == nullptr) {
    return {};
  }
  plangate::LimitQuery query;
  query.field = field;
  if (used == used) {  // NaN: not given
    query.used = used;
  }
  query.requested = requested;
  query.product = product;
  return to_json(s->engine.limit(snapshot, key, query, to_time(now)));
}

std::string diff(int e, SnapshotHandle before, double before_now, SnapshotHandle after, double after_now) {
  const Session* s = session_of(e);
  std::string out;
  if (s != nullptr) {
    s->engine.diff(before, to_time(before_now), after, to_time(after_now), out);
  }
  return out;
}

std::string unlocks(int e, SnapshotHandle snapshot, const std::string& query) {
  Session* s = session_of(e);
  return s == nullptr ? std::string{} : s->unlocks(snapshot, query);
}

std::string encode(int e, SnapshotHandle snapshot, bool with_catalogue) {
  const Session* s = session_of(e);
  return s == nullptr ? std::string{} : s->engine.encode(snapshot, with_catalogue).value_or(std::string{});
}

std::string info(int e, SnapshotHandle snapshot) {
  const Session* s = session_of(e);
  const auto facts = s == nullptr ? std::nullopt : s->engine.info(snapshot);
  return facts ? to_json(*facts) : std::string{};
}

}  // namespace

Session* plangate::binding::session_of(int handle) {
  const std::unique_ptr<Entry>& entry = entry_of(handle);
  return entry ? &entry->session : nullptr;
}

EMSCRIPTEN_BINDINGS(plangate) {
  using emscripten::function;
  function("create", &create);
  function("destroy", &destroy);
  function("configure", &configure);
  function("input", &input);
  function("load", &load);
  function("release", &release);
  function("error", &error);
  function("warnings", &warnings);
  function("table", &table);
  function("names", &names);
  function("decide", &decide);
  function("check", &check);
  function("limit", &limit);
  function("diff", &diff);
  function("unlocks", &unlocks);
  function("encode", &encode);
  function("info", &info);
}
