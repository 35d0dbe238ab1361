// Reading the tape that document.cpp writes.
#include <array>

#include "document.hpp"
#include "json_writer.hpp"
#include "text_set.hpp"

namespace plangate::json {
namespace {

constexpr double kExactInteger = 9007199254740992.0;  // 2^53
constexpr std::size_t kSmall = 16;                    // up to here comparing all pairs beats hashing

// Calls `found(earlier, later)` for every member whose name a later member of the object has too.
// Few members are compared in pairs; many are hashed, so that an odd input costs no quadratic time.
template <class Found>
void each_duplicate(Node object, Found found) {
  if (object.size() > kSmall) {
    std::vector<Node> members;
    members.reserve(object.size());
    TextSet names(object.size());
    for (const Node member : object) {
      const auto index = static_cast<std::uint32_t>(members.size());
      const std::uint32_t last = names.replace(member.key(), index);
      if (last != index) {
        found(members[last], member);
      }
      members.push_back(member);
    }
    return;
  }
  for (Node::Iterator at = object.begin(); at != object.end(); ++at) {
    for (Node::Iterator next = at; (++next) != object.end();) {
      if ((*next).key() != (*at).key()) {
        continue;
      }
      found(*at, *next);
      break;
    }
  }
}

}  // namespace

double Node::number() const {
  if (is(Kind::integer)) {
    return static_cast<double>(cell_->integer);
  }
  return is(Kind::number) ? cell_->number : 0;
}

std::optional<std::int64_t> Node::integer() const {
  if (is(Kind::integer)) {
    return cell_->integer;
  }
  if (!is(Kind::number)) {
    return std::nullopt;
  }
  const double value = cell_->number;
  if (!(value > -kExactInteger && value < kExactInteger)) {
    return std::nullopt;
  }
  const auto whole = static_cast<std::int64_t>(value);
  if (static_cast<double>(whole) != value) {
    return std::nullopt;
  }
  return whole;
}

std::string_view Node::raw_number() const {
  return is(Kind::number) && cell_->skip == 2 ? cell_[1].text.view() : std::string_view{};
}

Node Node::find(std::string_view name) const {
  Node found;
  if (!is(Kind::object)) {
    return found;
  }
  for (const Node member : *this) {
    if (member.key() == name) {
      found = member;
    }
  }
  return found;
}

Node Node::find(const char* name) const { return find(std::string_view(name)); }

Node Node::find_duplicate() const {
  Node second;
  if (!is(Kind::object)) {
    return second;
  }
  each_duplicate(*this, [&second](Node /*earlier*/, Node later) {
    if (!second) {
      second = later;
    }
  });
  return second;
}

// Walks the tape from front to back; a fixed stack of open containers stands in for recursion (parse() caps the depth).
class CanonicalWriter {
 public:
  CanonicalWriter(std::string& out, Node root) : out_(out), first_(root.cell_) {}

  void write() {
    const Cell* const end = first_ + first_->skip;
    for (const Cell* cell = first_; cell != end;) {
      while (depth_ > 0 && cell == open_[depth_ - 1] + open_[depth_ - 1]->skip) {
        close();
      }
      cell = shadowed(cell) ? cell + cell->skip : write_value(Node(cell));
    }
    while (depth_ > 0) {
      close();
    }
  }

 private:
  // Answers the next cell to look at: a container's first child, or what follows a plain value.
  const Cell* write_value(Node node) {
    if (comma_) {
      out_ += ',';
    }
    comma_ = true;
    if (depth_ > 0 && open_[depth_ - 1]->kind == static_cast<std::uint32_t>(Kind::object)) {
      append_string(out_, node.key());
      out_ += ':';
    }
    if (!node.is_container()) {
      append_scalar(node);
      return node.cell_ + node.cell_->skip;
    }
    if (node.is(Kind::object)) {
      shadow_duplicates(node);
    }
    out_ += node.is(Kind::object) ? '{' : '[';
    comma_ = false;
    open_[depth_++] = node.cell_;
    return node.cell_ + 1;
  }

  void append_scalar(Node node) {
    switch (node.kind()) {
      case Kind::boolean:
        out_ += node.boolean() ? "true" : "false";
        return;
      case Kind::integer:
        append_integer(out_, node.cell_->integer);
        return;
      case Kind::string:
        append_string(out_, node.string());
        return;
      case Kind::number:
        if (node.raw_number().empty()) {
          append_number(out_, node.cell_->number);
        } else {
          out_ += node.raw_number();
        }
        return;
      default:
        out_ += "null";
        return;
    }
  }

  void close() {
    --depth_;
    out_ += open_[depth_]->kind == static_cast<std::uint32_t>(Kind::object) ? '}' : ']';
    comma_ = true;
  }

  void shadow_duplicates(Node object) {
    each_duplicate(object, [this](Node earlier, Node /*later*/) {
      shadowed_.resize(first_->skip);  // one flag per cell below the root, and only for an input that needs it
      shadowed_[static_cast<std::size_t>(earlier.cell_ - first_)] = 1;
    });
  }

  [[nodiscard]] bool shadowed(const Cell* cell) const {
    return !shadowed_.empty() && shadowed_[static_cast<std::size_t>(cell - first_)] != 0;
  }

  std::string& out_;
  const Cell* first_;
  std::size_t depth_ = 0;
  bool comma_ = false;
  std::vector<char> shadowed_;
  std::array<const Cell*, Document::kDepthLimit> open_{};
};

void append_canonical(std::string& out, Node node) {
  if (node) {
    CanonicalWriter(out, node).write();
  }
}

void append_pointer_token(std::string& out, std::string_view token) {
  out += '/';
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

void append_pointer(std::string& out, Node ancestor, Node target) {
  while (!ancestor.same(target)) {
    std::int64_t index = 0;
    Node next;
    for (const Node child : ancestor) {
      if (child.cell_ <= target.cell_ && target.cell_ < child.cell_ + child.cell_->skip) {
        next = child;
        break;
      }
      ++index;
    }
    if (!next) {
      return;
    }
    if (ancestor.is(Kind::object)) {
      append_pointer_token(out, next.key());
    } else {
      out += '/';
      append_integer(out, index);
    }
    ancestor = next;
  }
}

std::string Document::pointer_to(Node node) const {
  std::string pointer;
  append_pointer(pointer, root(), node);
  return pointer;
}

}  // namespace plangate::json
