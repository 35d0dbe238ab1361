#include "fuzz_decode.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return plangate::fuzz::decode_once(plangate::Format::stripe_summary, data, size);
}
