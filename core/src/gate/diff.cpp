#include "diff.hpp"

#include "config_fields.hpp"
#include "json_writer.hpp"
#include "order.hpp"

namespace plangate {
namespace {

// Members are looked up one by one where their order differs: an odd config must not cost quadratic time.
constexpr std::size_t kMostInAnyOrder = 1000;

// Are two values of kept configs the same JSON value? The order of an object's members does not count.
bool is_same(json::Node a, json::Node b) {
  if (!a.is_container() || a.kind() != b.kind() || a.size() != b.size()) {
    std::string texts[2];
    json::append_canonical(texts[0], a);
    json::append_canonical(texts[1], b);
    return texts[0] == texts[1];
  }
  json::Node::Iterator beside = b.begin();
  for (const json::Node one : a) {
    json::Node other = *beside;
    ++beside;
    if (one.key() != other.key() && a.size() <= kMostInAnyOrder) {
      other = b.find(one.key());
    }
    if (one.key() != other.key() || !is_same(one, other)) {
      return false;
    }
  }
  return true;
}

// One list of the diff, written as it grows.
struct List {
  std::string text;
  json::Writer out{text};
};

class DiffWriter {
 public:
  DiffWriter(const Core& core, const View& before, const View& after) : core_(core), views_{before, after} {}

  void compare(std::uint32_t key) {
    key_ = core_.store.names.text(key);
    for (std::size_t i = 0; i < 2; ++i) {
      const Question question = ask(views_[i].snapshot, static_cast<NameId>(key), views_[i].now);
      decisions_[i] = decision_of(core_, question, key_, judge(core_, question));
    }
    const Decision& before = decisions_[0];
    const Decision& after = decisions_[1];
    if (before.allowed != after.allowed) {
      (after.allowed ? granted_ : revoked_).out.string(key_);
    }
    if (before.config != after.config) {
      add_config_changes();
    }
    if (before.limit != after.limit || before.remaining != after.remaining) {
      json::Writer& out = usage_.out;
      out.begin_object().member("key").string(key_);
      add_usage("from", before);
      add_usage("to", after);
      out.end_object();
    }
  }

  bool write(std::string& out) {
    std::size_t changes = 0;
    constexpr std::string_view kOpenings[] = {R"({"granted":[)", R"(],"revoked":[)", R"(],"configChanged":[)",
                                              R"(],"usageChanged":[)"};
    const List* const lists[] = {&granted_, &revoked_, &config_, &usage_};
    for (std::size_t i = 0; i < 4; ++i) {
      out += kOpenings[i];
      out += lists[i]->text;
      changes += lists[i]->text.size();
    }
    out += "]}";
    return changes != 0;
  }

 private:
  void add_config_changes() {
    const json::Document both = read_configs({decisions_[0].config, decisions_[1].config});
    const json::Node before = *both.root().begin();
    const json::Node after = *++both.root().begin();
    for (const std::string_view field : field_names(both.root())) {
      const json::Node was = before.find(field);
      const json::Node is = after.find(field);
      if (!is_same(was, is)) {
        std::string from;
        std::string to;
        json::append_canonical(from, was);
        json::append_canonical(to, is);
        config_.out.begin_object().member("key").string(key_).member("field").string(field);
        config_.out.raw_if_any("from", from).raw_if_any("to", to).end_object();
      }
    }
  }

  void add_usage(std::string_view name, const Decision& decision) {
    usage_.out.member(name).begin_object();
    usage_.out.number_if_any("limit", decision.limit).number_if_any("remaining", decision.remaining).end_object();
  }

  const Core& core_;
  const View views_[2];
  std::string_view key_;
  Decision decisions_[2];
  List granted_;
  List revoked_;
  List config_;
  List usage_;
};

}  // namespace

bool append_diff(const Core& core, const View& before, const View& after, std::string& out) {
  const TextPool& names = core.store.names;
  DiffWriter diff(core, before, after);
  for (const std::uint32_t key : sorted_order(
           names.size(), [&names](std::uint32_t a, std::uint32_t b) { return names.text(a) < names.text(b); })) {
    diff.compare(key);
  }
  return diff.write(out);
}

}  // namespace plangate
