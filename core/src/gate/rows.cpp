#include "rows.hpp"

namespace plangate {
namespace {

// A row's body is: two flag bytes, then what the flags tell, and last the id up to the end.
enum RowFlag : std::uint32_t {
  kHasAccess = 1U << 4U,  // below: two bits type, two bits status
  kMalformed = 1U << 5U,
  kHasUsage = 1U << 6U,
  kConfig = 1U << 7U,
  kActiveFrom = 1U << 8U,
  kActiveTo = 1U << 9U,
  kFeature = 1U << 10U,
  kProduct = 1U << 11U,
  kSubscription = 1U << 12U,
};

enum UsageFlag : std::uint8_t {
  kBalance = 1U << 0U,
  kUsed = 1U << 1U,
  kOverage = 1U << 2U,
  kPeriodStart = 1U << 3U,
  kPeriodEnd = 1U << 4U,
  kSoft = 1U << 5U,
  kPool = 1U << 6U,
};

constexpr std::uint32_t when(bool holds, std::uint32_t flag) { return holds ? flag : 0; }

// Numbers that no JSON can say are told as unknown: they must not win a comparison.
bool is_known(const std::optional<double>& number) { return number && *number - *number == 0; }

std::uint32_t flags_of(const Entitlement& row, const RowTexts& texts) {
  return static_cast<std::uint32_t>(row.type) | static_cast<std::uint32_t>(row.status) << 2U |
         when(row.has_access, kHasAccess) | when(row.malformed, kMalformed) | when(row.usage.has_value(), kHasUsage) |
         when(texts.config != kNoText, kConfig) | when(row.active_from != kAlways, kActiveFrom) |
         when(row.active_to != kNever, kActiveTo) | when(texts.feature != kNoText, kFeature) |
         when(texts.product != kNoText, kProduct) | when(texts.subscription != kNoText, kSubscription);
}

void put_usage(std::string& out, const Usage& usage, std::uint32_t pool, TimeMs base) {
  const std::uint32_t flags =
      when(is_known(usage.balance), kBalance) | when(is_known(usage.usage_in_period), kUsed) |
      when(is_known(usage.overage), kOverage) | when(usage.period_start != kAlways, kPeriodStart) |
      when(usage.period_end != kNever, kPeriodEnd) | when(usage.soft, kSoft) | when(pool != kNoText, kPool);
  out += static_cast<char>(flags);
  for (const std::optional<double>* number : {&usage.balance, &usage.usage_in_period, &usage.overage}) {
    if (is_known(*number)) {
      put_number(out, **number);
    }
  }
  if ((flags & kPeriodStart) != 0) {
    put_time(out, usage.period_start, base);
  }
  if ((flags & kPeriodEnd) != 0) {
    put_time(out, usage.period_end, base);
  }
  if ((flags & kPool) != 0) {
    put_varint(out, pool);
  }
}

void read_usage(Unpacker& in, RowView& row, TimeMs base) {
  const std::uint8_t flags = in.byte();
  row.soft = (flags & kSoft) != 0;
  if ((flags & kBalance) != 0) {
    row.balance = in.number();
  }
  if ((flags & kUsed) != 0) {
    row.usage_in_period = in.number();
  }
  if ((flags & kOverage) != 0) {
    row.overage = in.number();
  }
  row.period_start = (flags & kPeriodStart) != 0 ? in.time(base) : kAlways;
  row.period_end = (flags & kPeriodEnd) != 0 ? in.time(base) : kNever;
  if ((flags & kPool) != 0) {
    row.texts.pool = in.id();
  }
}

// Sets every member: assigning a fresh RowView first would copy all of it for every row.
void read_row(Unpacker& in, RowView& row, TimeMs base) {
  const std::uint32_t flags = in.byte() | static_cast<std::uint32_t>(in.byte()) << 8U;
  row.type = static_cast<FeatureType>(flags & 3U);
  row.status = static_cast<Status>((flags >> 2U) & 3U);
  row.has_access = (flags & kHasAccess) != 0;
  row.malformed = (flags & kMalformed) != 0;
  row.has_usage = (flags & kHasUsage) != 0;
  row.active_from = (flags & kActiveFrom) != 0 ? in.time(base) : kAlways;
  row.active_to = (flags & kActiveTo) != 0 ? in.time(base) : kNever;
  row.texts.feature = (flags & kFeature) != 0 ? in.id() : kNoText;
  row.texts.product = (flags & kProduct) != 0 ? in.id() : kNoText;
  row.texts.subscription = (flags & kSubscription) != 0 ? in.id() : kNoText;
  row.texts.config = (flags & kConfig) != 0 ? in.id() : kNoText;
  row.texts.pool = kNoText;
  row.soft = false;
  row.balance.reset();
  row.usage_in_period.reset();
  row.overage.reset();
  if (row.has_usage) {
    read_usage(in, row, base);
  }
  row.id = in.rest();
}

}  // namespace

void PackedRows::add(const Entitlement& row, const RowTexts& texts, TimeMs base, std::size_t prefix_size) {
  std::string& out = bodies;
  const std::size_t start = out.size();
  const std::uint32_t flags = flags_of(row, texts);
  out += static_cast<char>(flags);
  out += static_cast<char>(flags >> 8U);
  if ((flags & kActiveFrom) != 0) {
    put_time(out, row.active_from, base);
  }
  if ((flags & kActiveTo) != 0) {
    put_time(out, row.active_to, base);
  }
  for (const std::uint32_t id : {texts.feature, texts.product, texts.subscription, texts.config}) {
    if (id != kNoText) {
      put_varint(out, id);
    }
  }
  if (row.usage) {
    put_usage(out, *row.usage, texts.pool, base);
  }
  out += row.id.substr(prefix_size);
  put_varint(heads, texts.key);
  put_varint(heads, out.size() - start);
}

bool Rows::next(RowView& row) {
  if (empty()) {
    return false;
  }
  Unpacker head(head_, end_);
  row.texts.key = head.id();
  const std::uint32_t size = head.id();
  head_ = head.at();
  Unpacker body(body_, body_ + size);
  body_ += size;
  read_row(body, row, base_);
  return true;
}

NameId Rows::key() const { return static_cast<NameId>(Unpacker(head_, end_).id()); }

void Rows::skip_to(NameId key) {
  while (head_ != end_) {
    Unpacker head(head_, end_);
    if (static_cast<NameId>(head.id()) >= key) {
      return;
    }
    body_ += head.id();
    head_ = head.at();
  }
}

Rows Rows::take_key() {
  Rows taken = *this;
  skip_to(key() + 1);
  taken.end_ = head_;
  return taken;
}

}  // namespace plangate
