// decide() allocates nothing: servers ask it for every request.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>

#include "engine_support.hpp"

namespace {

std::size_t allocations = 0;

void* allocate(std::size_t size) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}

void* allocate_or_end(std::size_t size) {
  void* const memory = allocate(size);
  if (memory == nullptr) {
    std::abort();
  }
  return memory;
}

}  // namespace

// All of them: a sanitizer brings its own for those that are left out, and takes a mixture for a mistake.
void* operator new(std::size_t size) { return allocate_or_end(size); }
void* operator new[](std::size_t size) { return allocate_or_end(size); }
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t& /*tag*/) noexcept { std::free(memory); }

using namespace plangate;
using namespace plangate::test;

TEST_CASE("decide allocates nothing", "[decide]") {
  Random random(11);
  Engine engine;
  REQUIRE_FALSE(
      engine.configure(R"({"staleAfter":1,"expireAfter":900,"overrides":{"sso":false},"defaults":{"a":true}})"));
  const SnapshotHandle handle = engine.hold(list(random_rows(random, 150)));
  const std::size_t before = allocations;
  unsigned sum = 0;
  for (const SnapshotHandle asked : {handle, SnapshotHandle{0}}) {
    for (NameId name = -1; name < 10; ++name) {
      for (TimeMs now = kNow - 2000; now < kNow + 2000; now += 100) {
        sum += engine.decide(asked, name, now);
      }
    }
  }
  const std::size_t after = allocations;
  CHECK(after == before);
  CHECK(sum != 0);
  const Decision decision = engine.check(handle, "a longer key than fits into a small string", kNow);
  CHECK(allocations > after);  // the count counts
  CHECK_FALSE(decision.allowed);
}
