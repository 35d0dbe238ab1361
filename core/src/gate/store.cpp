#include "store.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <type_traits>

#include "order.hpp"

namespace plangate {
namespace {

// A handle is generation and slot + 1; the top bit stays clear, so that it is a positive int for callers.
constexpr std::uint32_t kSlotBits = 20;
constexpr std::uint32_t kSlotMask = (1U << kSlotBits) - 1;
constexpr std::uint32_t kGenerationMask = (1U << (31U - kSlotBits)) - 1;
constexpr std::uint32_t kFreeInLine = 16;  // freed slots that wait before the first of them is taken again

constexpr TimeMs kSecond = 1000;

constexpr std::uint32_t kRowsPerPlace = 16;
constexpr std::size_t kManyRows = 64;  // up to here reading past all rows is as fast as looking up a place

// NaN counts as unknown, as it does when a row is packed: it has no place in an order.
double or_zero(const std::optional<double>& number) { return number && *number == *number ? *number : 0; }

// Rows of one key stand together, within them rows of one pool. The rest of the order makes sums independent of the
// order in which the rows came.
bool is_row_before(const Entitlement& a, const Entitlement& b) {
  const Usage none;
  const Usage& left = a.usage ? *a.usage : none;
  const Usage& right = b.usage ? *b.usage : none;
  if (left.pool != right.pool) {
    return left.pool < right.pool;
  }
  if (a.id != b.id) {
    return a.id < b.id;
  }
  if (or_zero(left.balance) != or_zero(right.balance)) {
    return or_zero(left.balance) < or_zero(right.balance);
  }
  if (or_zero(left.usage_in_period) != or_zero(right.usage_in_period)) {
    return or_zero(left.usage_in_period) < or_zero(right.usage_in_period);
  }
  return or_zero(left.overage) < or_zero(right.overage);
}

std::uint32_t acquire_if_any(TextPool& pool, std::string_view text) {
  return text.empty() ? kNoText : pool.acquire(text);
}

// What all ids begin with, as those of one billing system do; of each at least one character is left over.
std::string_view shared_prefix(const std::vector<Entitlement>& rows) {
  std::string_view prefix = rows.empty() ? std::string_view{} : rows[0].id;
  for (const Entitlement& row : rows) {
    while (prefix.size() >= std::max<std::size_t>(row.id.size(), 1) || !row.id.starts_with(prefix)) {
      prefix.remove_suffix(1);
    }
  }
  return prefix;
}

std::uint32_t size_of(const std::string& text) { return static_cast<std::uint32_t>(text.size()); }

static_assert(std::is_trivially_destructible_v<HeldSnapshot>);  // its memory is freed as bytes

}  // namespace

RowTexts Store::acquire_texts(const Entitlement& row) {
  RowTexts texts;
  texts.key = names.acquire(row.feature_key);
  texts.feature = acquire_if_any(shared, row.feature_id);
  texts.product = acquire_if_any(shared, row.product_id);
  texts.subscription = acquire_if_any(shared, row.subscription_id);
  texts.config = acquire_if_any(configs, row.config);
  texts.pool = row.usage ? acquire_if_any(shared, row.usage->pool) : kNoText;
  return texts;
}

// Answers what stands behind the head, and tells the head where.
std::string Store::pack_rows(HeldSnapshot& head, const Snapshot& snapshot) {
  const std::vector<Entitlement>& rows = snapshot.entitlements;
  std::vector<RowTexts> texts(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    texts[i] = acquire_texts(rows[i]);
  }
  const auto order = sorted_order(rows.size(), [&](std::uint32_t a, std::uint32_t b) {
    return texts[a].key != texts[b].key ? texts[a].key < texts[b].key : is_row_before(rows[a], rows[b]);
  });
  const std::string_view prefix = shared_prefix(rows);
  PackedRows packed;
  std::string places;
  std::string positions;
  bool in_order = true;
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    if (order.size() > kManyRows && i % kRowsPerPlace == 0) {
      const HeldSnapshot::Place place{size_of(packed.heads), size_of(packed.bodies)};
      char bytes[sizeof place];
      std::memcpy(bytes, &place, sizeof place);
      places.append(bytes, sizeof bytes);
      ++head.places;
    }
    packed.add(rows[order[i]], texts[order[i]], head.base, prefix.size());
    put_varint(positions, order[i]);
    in_order = in_order && order[i] == i;
  }
  if (in_order) {
    positions.clear();
  }
  head.heads_size = size_of(packed.heads);
  head.bodies_size = size_of(packed.bodies);
  head.customer_size = static_cast<std::uint32_t>(snapshot.customer.size());
  head.prefix_size = static_cast<std::uint32_t>(prefix.size());
  head.order_size = size_of(positions);
  head.entries = static_cast<std::uint32_t>(rows.size());
  return packed.heads.append(places).append(packed.bodies).append(snapshot.customer).append(prefix).append(positions);
}

SnapshotHandle Store::hold(const Snapshot& snapshot) {
  const std::uint32_t index = take_slot();
  if (index == kNoText) {
    return 0;
  }
  HeldSnapshot head;
  head.mode = snapshot.mode;
  head.as_of = snapshot.as_of;
  head.base = clamp_time(snapshot.as_of);
  head.base -= head.base % kSecond;
  head.source = acquire_if_any(shared, snapshot.source);
  head.merge = acquire_if_any(configs, snapshot.merge);
  head.unlimited = acquire_if_any(configs, snapshot.unlimited_value);
  head.catalogue = acquire_if_any(shared, snapshot.catalogue);
  const std::string behind = pack_rows(head, snapshot);
  Slot& slot = slots_[index];
  slot.held.reset(new char[sizeof head + behind.size()]);
  new (slot.held.get()) HeldSnapshot(head);
  std::memcpy(slot.held.get() + sizeof head, behind.data(), behind.size());
  return slot.generation << kSlotBits | (index + 1);
}

void Store::release(SnapshotHandle handle) {
  const HeldSnapshot* held = find(handle);
  if (held == nullptr) {
    return;
  }
  RowView row;
  for (Rows rows = held->rows(); rows.next(row);) {
    names.release(row.texts.key);
    for (const std::uint32_t id : {row.texts.feature, row.texts.product, row.texts.subscription, row.texts.pool}) {
      shared.release(id);
    }
    configs.release(row.texts.config);
  }
  configs.release(held->merge);
  configs.release(held->unlimited);
  shared.release(held->source);
  shared.release(held->catalogue);
  free_slot((handle & kSlotMask) - 1);
}

const HeldSnapshot* Store::find(SnapshotHandle handle) const {
  const std::uint32_t index = (handle & kSlotMask) - 1;
  if (index >= slots_.size()) {
    return nullptr;
  }
  const Slot& slot = slots_[index];
  return slot.generation == handle >> kSlotBits ? reinterpret_cast<const HeldSnapshot*>(slot.held.get()) : nullptr;
}

std::uint32_t Store::take_slot() {
  if (free_count_ < kFreeInLine && slots_.size() < kSlotMask) {
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  if (free_count_ == 0) {
    return kNoText;
  }
  const std::uint32_t index = first_free_;
  first_free_ = slots_[index].next_free;
  --free_count_;
  return index;
}

void Store::free_slot(std::uint32_t index) {
  Slot& slot = slots_[index];
  slot.held.reset();
  slot.generation = (slot.generation + 1) & kGenerationMask;
  if (free_count_ == 0) {
    first_free_ = index;
  } else {
    slots_[last_free_].next_free = index;
  }
  last_free_ = index;
  ++free_count_;
}

}  // namespace plangate
