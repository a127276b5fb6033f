// Reads the members of an object, and knows which of them nobody read.
//
// The first thing that is wrong is remembered with its field; reading goes on
// with something usable, and whoever began asks `findings` once, at the end.
// What was not asked for is either an error (`refuse_rest`, where an unknown
// member may change the answer's meaning) or noted as dropped (`drop_rest`).
//
// null is absent, as it is to the providers. Gemini's members are found in both
// spellings that Google reads, `topK` and `top_k`.

#pragma once

#include "http/wire/request_facts.hpp"
#include "http/wire/translate/tree.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::wire::dialogue {

/// Dropped names that are kept at most: they may go into a header.
inline constexpr std::size_t dropped_max = 32;

/// What reading and writing one request has come to.
struct findings {
  config::protocol client = config::protocol::openai;
  std::optional<refusal> refused = std::nullopt;  ///< The first.
  std::vector<std::string> dropped = {};          ///< Each name once.

  void refuse(std::string param, std::string message);
  /// A name that is no plain word is left out.
  void drop(std::string_view name);
};

/// The field `name` within `at`; and the `i`th element of an array.
std::string inside(std::string_view at, std::string_view name);
std::string element(std::string_view at, std::size_t i,
                    config::protocol client);

class object_reader {
public:
  /// Refuses what is no object. `at` is empty for the body itself.
  object_reader(const tree& object, std::string at, findings& found);

  const tree* any(std::string_view name);
  const tree* array(std::string_view name);
  const tree* object(std::string_view name);
  std::optional<std::string> text(std::string_view name);
  std::optional<bool> flag(std::string_view name);
  std::optional<double> number(std::string_view name, double min, double max);
  std::optional<std::uint64_t> whole(std::string_view name, std::uint64_t min);
  std::optional<std::int64_t> integer(std::string_view name);

  /// As the others, but refuses where it is absent.
  const tree* need(std::string_view name);
  const tree* needed_array(std::string_view name);
  std::string needed_text(std::string_view name);

  /// Notes `names` as dropped where they are given.
  void drop(std::initializer_list<std::string_view> names);
  /// Takes `names` as read: they say nothing here.
  void skip(std::initializer_list<std::string_view> names);
  void drop_rest();
  void refuse_rest();

  void refuse(std::string_view name, std::string_view why);
  void expected(std::string_view name, std::string_view what);

  std::string path_of(std::string_view name) const;
  std::string path_of(std::string_view name, std::size_t i) const;
  const std::string& at() const { return at_; }
  findings& found() { return found_; }

private:
  const tree& object_;
  std::string at_;
  findings& found_;
  std::vector<bool> seen_;
};

/// Calls `f(element, path)` for each element of the array `name`, if there is
/// one.
template <class F>
void each_in(object_reader& from, std::string_view name, F&& f) {
  const auto* list = from.array(name);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
    f((*list)[i], from.path_of(name, i));
}

}  // namespace troupe::http::wire::dialogue
