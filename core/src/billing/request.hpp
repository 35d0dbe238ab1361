// Reads the members of a command or query, and says what is wrong with them. Internal to core/billing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "../gate/document.hpp"
#include "model.hpp"
#include "plangate/billing.hpp"

namespace plangate::billing {

/// Why a command or query is refused.
struct Refusal {
  BillingErrorCode code{};
  std::string param;   ///< Path of the offending member; empty: none.
  std::string detail;  ///< What exactly, after the code's own sentence; may be empty.
};

/// The first thing that is wrong; whatever follows from it is not told.
class Refusals {
 public:
  /// Always false, so that a check can end with it.
  bool refuse(BillingErrorCode code, std::string param, std::string detail = {});
  [[nodiscard]] bool none() const { return !first_; }
  [[nodiscard]] const Refusal& first() const { return *first_; }

 private:
  std::optional<Refusal> first_;
};

/// One object of a request. Readers answer a default when the member is wrong: look at ok() before acting on them.
class Request {
 public:
  Request(json::Node node, Refusals& refusals, std::string path = {});

  [[nodiscard]] bool ok() const { return refusals_->none(); }
  [[nodiscard]] json::Node node() const { return node_; }
  [[nodiscard]] Refusals& refusals() const { return *refusals_; }
  /// False, and UNKNOWN_MEMBER or INVALID_MEMBER: a member is not in the list (separated by spaces), or named twice.
  [[nodiscard]] bool only(std::string_view members) const;
  /// Always false, so that a check can end with it.
  // NOLINTNEXTLINE(modernize-use-nodiscard): often a statement
  bool refuse(BillingErrorCode code, std::string_view member, std::string detail = {}) const;
  [[nodiscard]] std::string path_of(std::string_view member) const;

  [[nodiscard]] bool has(std::string_view member) const { return static_cast<bool>(node_.find(member)); }
  /// Given as null.
  [[nodiscard]] bool is_null(std::string_view member) const { return node_.find(member).is(json::Kind::null); }
  /// Given, and not as null.
  [[nodiscard]] bool gives(std::string_view member) const { return !node_.find(member).is_nothing(); }

  /// A text of 1 to `most` characters that must be there.
  [[nodiscard]] std::string text(std::string_view member, std::size_t most = kMostText) const;
  /// The same, if it is there. With `least` 0 it may be empty.
  [[nodiscard]] std::optional<std::string> text_if(std::string_view member, std::size_t most = kMostText,
                                                   std::size_t least = 1) const;
  [[nodiscard]] TimeMs time(std::string_view member) const;
  [[nodiscard]] std::optional<TimeMs> time_if(std::string_view member) const;
  [[nodiscard]] std::optional<bool> flag_if(std::string_view member) const;
  /// A finite number >= 0.
  [[nodiscard]] std::optional<double> amount_if(std::string_view member) const;
  [[nodiscard]] std::int64_t integer(std::string_view member, std::int64_t least, std::int64_t most,
                                     std::int64_t otherwise) const;
  /// The place of the text in `names`; `otherwise` when it is absent.
  [[nodiscard]] std::size_t choice(std::string_view member, std::span<const std::string_view> names,
                                   std::size_t otherwise) const;

  /// The object that a member's id names, which must be there and not deleted. `noun` is for the message.
  template <class T>
  [[nodiscard]] Ref ref(std::string_view member, const Table<T>& table, std::string_view noun) const {
    const std::string id = text(member);
    return ok() ? found(table, id, member, noun) : kNone;
  }
  /// The same, if the member is given; else kNone.
  template <class T>
  [[nodiscard]] Ref ref_if(std::string_view member, const Table<T>& table, std::string_view noun) const {
    return gives(member) ? ref(member, table, noun) : kNone;
  }

  static constexpr std::size_t kMostText = 5000;
  static constexpr std::size_t kMostName = 80;
  static constexpr std::size_t kMostId = 255;

 private:
  template <class T>
  [[nodiscard]] Ref found(const Table<T>& table, std::string_view id, std::string_view member,
                          std::string_view noun) const {
    const Ref ref = table.find(id);
    if (ref != kNone && !table[ref].deleted) {
      return ref;
    }
    missing(id, member, noun);
    return kNone;
  }
  void missing(std::string_view id, std::string_view member, std::string_view noun) const;
  void invalid(std::string_view member, std::string detail) const;

  json::Node node_;
  Refusals* refusals_;
  std::string path_;
};

/// How many characters (code points) a UTF-8 text has.
std::size_t count_characters(std::string_view text);

}  // namespace plangate::billing
