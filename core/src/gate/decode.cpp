// decode(): pages in, snapshot out. Which format reads what is in the decode_*.cpp files.
#include "plangate/decode.hpp"

#include "decode_rows.hpp"

namespace plangate {
namespace {

// What can be told before anything is read.
void check_input(Decoding& decoding, Format format, std::span<const std::string_view> pages) {
  std::size_t bytes = 0;
  for (const std::string_view& page : pages) {
    bytes += page.size();
    if (bytes > decoding.context.caps.max_bytes) {
      return decoding.fail(ErrorCode::TOO_LARGE, {});
    }
    ++decoding.page;
  }
  const bool list = format == Format::stripe_list || format == Format::paygentic_list;
  decoding.page = !list && pages.size() > 1 ? 1 : 0;
  if (pages.empty()) {
    decoding.fail(ErrorCode::EMPTY_INPUT, {});
  } else if (decoding.page > 0 || (format != Format::snapshot && !decoding.context.as_of)) {
    decoding.fail(ErrorCode::INVALID_OPTION, {});
  }
}

void read_page(Decoding& decoding, Format format) {
  switch (format) {
    case Format::snapshot:
      return read_snapshot(decoding);
    case Format::stripe_list:
      return read_stripe_list(decoding);
    case Format::stripe_summary:
      return read_stripe_summary(decoding);
    case Format::paygentic_list:
      return read_paygentic_list(decoding);
  }
  decoding.fail(ErrorCode::INVALID_OPTION, {});
}

}  // namespace

Result<Decoded> decode(Format format, std::span<const std::string_view> pages, const DecodeContext& context) {
  Decoding decoding(context);
  check_input(decoding, format, pages);
  for (; !decoding.failed && decoding.page < pages.size(); ++decoding.page) {
    auto document = json::Document::parse(pages[decoding.page], context.caps);
    if (!document) {
      document.error().page = decoding.page;
      return std::move(document.error());
    }
    decoding.root = document.value().root();
    decoding.last_page = decoding.page + 1 == pages.size();
    read_page(decoding, format);
  }
  if (decoding.failed) {
    return std::move(decoding.error);
  }
  Snapshot& snapshot = decoding.out.snapshot;
  if (snapshot.source.empty()) {
    snapshot.source = format == Format::paygentic_list ? "paygentic" : "stripe";
  }
  snapshot.mode = decoding.mode.value_or(Mode::live);
  decoding.settle_duplicates();
  return std::move(decoding.out);
}

}  // namespace plangate
