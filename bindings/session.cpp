#include "session.hpp"

#include <cstring>
#include <limits>

#include "plangate/json.hpp"
#include "requests.hpp"

namespace plangate::binding {
namespace {

/// Page lengths come on top of the bytes that caps.maxBytes counts; load() counts those exactly.
constexpr std::size_t kHeaderRoom = 64 * 1024;
constexpr double kFirstUnrepresentable = 9223372036854775808.0;  // 2^63

std::uint32_t read_u32(const char* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);  // wasm is little endian, as the layout is
  return value;
}

/// Cuts `u32 pageCount, u32 length[pageCount], bytes...` into pages; false when the lengths do not add up.
bool split_pages(const std::string& input, std::vector<std::string_view>& pages) {
  constexpr std::size_t kWord = sizeof(std::uint32_t);
  if (input.size() < kWord) {
    return false;
  }
  const std::size_t count = read_u32(input.data());
  if (count > input.size() / kWord - 1) {
    return false;
  }
  std::size_t at = kWord * (count + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t length = read_u32(input.data() + kWord * (i + 1));
    if (length > input.size() - at) {
      return false;
    }
    pages.emplace_back(input.data() + at, length);
    at += length;
  }
  return at == input.size();
}

}  // namespace

TimeMs to_time(double ms) noexcept {
  if (ms <= -kFirstUnrepresentable) {
    return kAlways;
  }
  return ms < kFirstUnrepresentable ? static_cast<TimeMs>(ms) : kNever;  // a NaN compares false
}

double from_time(TimeMs ms) noexcept {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return ms == kNever ? kInfinity : ms == kAlways ? -kInfinity : static_cast<double>(ms);
}

std::uint8_t* Session::input(std::size_t size) {
  error_.reset();
  if (size > kHeaderRoom && size - kHeaderRoom > engine.caps().max_bytes) {
    fail(ErrorCode::TOO_LARGE);
    return nullptr;
  }
  input_.resize(size);
  return reinterpret_cast<std::uint8_t*>(input_.data());
}

bool Session::take_pages(std::string& bytes, std::vector<std::string_view>& pages) {
  error_.reset();
  bytes = std::move(input_);  // freed by the caller on every way out
  input_.clear();
  if (!split_pages(bytes, pages)) {
    fail(ErrorCode::INVALID_OPTION);
    return false;
  }
  return true;
}

SnapshotHandle Session::load(std::string_view format_name, std::string_view request_json, SnapshotHandle replaces) {
  std::string bytes;
  std::vector<std::string_view> pages;
  if (!take_pages(bytes, pages)) {
    return 0;
  }
  const std::optional<Format> format = format_named(format_name);
  if (!format) {
    fail(ErrorCode::INVALID_OPTION);
    return 0;
  }
  Result<json::Document> request = json::Document::parse(request_json.empty() ? "{}" : request_json, Caps{});
  if (!request) {
    fail(std::move(request).error());
    return 0;
  }
  DecodeContext context;
  context.caps = engine.caps();
  error_ = read_load_request(request.value(), context);
  if (error_) {
    return 0;
  }
  Result<SnapshotHandle> loaded = engine.load(*format, pages, context, replaces);
  if (!loaded) {
    fail(std::move(loaded).error());
    return 0;
  }
  return loaded.value();
}

const std::uint8_t* Session::table(SnapshotHandle snapshot, TimeMs now) {
  const Engine::Table table = engine.table(snapshot, now);
  const double next_change_at = from_time(table.next_change_at);
  const std::uint32_t words[] = {engine.names_generation(), static_cast<std::uint32_t>(table.decisions.size())};
  table_.resize(sizeof next_change_at + sizeof words + table.decisions.size());
  char* out = table_.data();  // too long to stand inside the string: as aligned as all new memory
  std::memcpy(out, &next_change_at, sizeof next_change_at);
  std::memcpy(out + sizeof next_change_at, words, sizeof words);
  if (!table.decisions.empty()) {
    std::memcpy(out + sizeof next_change_at + sizeof words, table.decisions.data(), table.decisions.size());
  }
  return reinterpret_cast<const std::uint8_t*>(out);
}

bool Session::configure(std::string_view json) {
  error_ = engine.configure(json);
  return !error_;
}

std::string Session::unlocks(SnapshotHandle snapshot, std::string_view query) {
  std::string answer;
  error_ = engine.unlocks(snapshot, query, answer);
  return answer;
}

std::string Session::error() const { return error_ ? to_json(*error_) : std::string{}; }

}  // namespace plangate::binding
