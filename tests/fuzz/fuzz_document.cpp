#include <nlohmann/json.hpp>

#include "document.hpp"
#include "fuzz_decode.hpp"
#include "utf8.hpp"

using plangate::fuzz::require;
using plangate::json::Document;

// The tape against nlohmann's own DOM: the same texts are taken, and canonical text says what the source says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const plangate::fuzz::Pages pages(data, size);
  const std::string_view text = pages.views().front();
  const auto document = Document::parse(text, plangate::Caps{});
  if (!document.ok()) {
    const plangate::ErrorCode code = document.error().code;
    if (code == plangate::ErrorCode::INVALID_UTF8) {
      const std::string_view rest = text.substr(*document.error().offset);
      require(plangate::find_invalid_utf8(text) != std::string_view::npos || rest.starts_with("\\u"));
    }
    if (code != plangate::ErrorCode::SYNTAX_ERROR)
      return 0;
    // What nlohmann takes and the tape does not must be a NUL byte, which nlohmann reads as the end.
    require(text.find('\0') != std::string_view::npos || !nlohmann::json::accept(text));
    return 0;
  }
  std::string canonical;
  append_canonical(canonical, document.value().root());
  require(plangate::find_invalid_utf8(canonical) == std::string_view::npos);
  require(nlohmann::json::parse(canonical) == nlohmann::json::parse(text));
  const auto again = Document::parse(canonical, plangate::Caps{});
  require(again.ok());
  std::string same;
  append_canonical(same, again.value().root());
  require(same == canonical);
  return 0;
}
