// decode(): pages in, snapshot out. Which format reads what is in the decode_*.cpp files.
#include "plangate/decode.hpp"

#include "decode_rows.hpp"

namespace plangate {
namespace {

Error refuse(ErrorCode code, std::string_view message, std::size_t page = 0) {
  Error error;
  error.code = code;
  error.message = message;
  error.page = page;
  return error;
}

std::optional<Error> check_input(Format format, std::span<const std::string_view> pages, const DecodeContext& context) {
  if (pages.empty()) {
    return refuse(ErrorCode::EMPTY_INPUT, "No page was given; fetch at least one.");
  }
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    bytes += pages[i].size();
    if (bytes > context.caps.max_bytes) {
      return refuse(ErrorCode::TOO_LARGE, "The pages are larger than the maxBytes cap; raise the cap.", i);
    }
  }
  const bool list = format == Format::stripe_list || format == Format::paygentic_list;
  if (!list && pages.size() > 1) {
    return refuse(ErrorCode::INVALID_OPTION, "This format is one document; give one page.", 1);
  }
  if (format != Format::snapshot && !context.as_of) {
    return refuse(ErrorCode::INVALID_OPTION, "This format does not say when it was fetched; give asOf.");
  }
  return std::nullopt;
}

std::string_view list_pointer_of(Format format) { return format == Format::snapshot ? "/entitlements" : "/data"; }

std::string_view default_source_of(Format format) { return format == Format::paygentic_list ? "paygentic" : "stripe"; }

bool read_page(Format format, Decoding& decoding, PaygenticPages& pages, bool last_page) {
  switch (format) {
    case Format::snapshot:
      return read_snapshot(decoding);
    case Format::stripe_list:
      return read_stripe_list(decoding, last_page);
    case Format::stripe_summary:
      return read_stripe_summary(decoding);
    case Format::paygentic_list:
      return read_paygentic_list(decoding, pages, last_page);
  }
  return decoding.fail(ErrorCode::INVALID_OPTION, {}, "The format is unknown; use one of Format's.");
}

}  // namespace

Result<Decoded> decode(Format format, std::span<const std::string_view> pages, const DecodeContext& context) {
  if (auto error = check_input(format, pages, context)) {
    return std::move(*error);
  }
  Decoding decoding(context);
  decoding.list_pointer = list_pointer_of(format);
  PaygenticPages paygentic;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    decoding.page = i;
    auto document = json::Document::parse(pages[i], context.caps);
    if (!document) {
      document.error().page = i;
      return std::move(document.error());
    }
    decoding.root = document.value().root();
    if (!read_page(format, decoding, paygentic, i + 1 == pages.size())) {
      decoding.error.page = i;
      return std::move(decoding.error);
    }
  }
  Snapshot& snapshot = decoding.out.snapshot;
  if (snapshot.source.empty()) {
    snapshot.source = default_source_of(format);
  }
  snapshot.mode = decoding.mode.value_or(Mode::live);
  decoding.settle_duplicates();
  return std::move(decoding.out);
}

}  // namespace plangate
