// Options: features, policies and caps, straight from the application.
#include "fuzz_decode.hpp"
#include "plangate/engine.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const plangate::fuzz::Pages pages(data, size);
  plangate::Engine engine;
  if (const auto error = engine.configure(pages.views().front())) {
    plangate::fuzz::require(!error->message.empty());
    plangate::fuzz::require(engine.names_generation() == 0);
  }
  return 0;
}
