#include "catalogue.hpp"

#include <string>

#include "document.hpp"
#include "json_writer.hpp"

namespace plangate {

void join_catalogue(Snapshot& snapshot, std::string_view other) {
  if (other.empty()) {
    return;
  }
  const json::Document before = json::Document::read_kept(snapshot.catalogue);
  const json::Document behind = json::Document::read_kept(other);
  std::string joined;
  json::Writer writer(joined);
  writer.begin_object();
  for (const std::string_view member : {"features", "products"}) {
    writer.member(member).begin_array();
    for (const json::Node catalogue : {before.root(), behind.root()}) {
      for (const json::Node entry : catalogue.find(member)) {
        writer.raw({});  // the value follows
        json::append_canonical(joined, entry);
      }
    }
    writer.end_array();
  }
  writer.end_object();
  snapshot.catalogue = snapshot.text.keep(joined);
}

}  // namespace plangate
