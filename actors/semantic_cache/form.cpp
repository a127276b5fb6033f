#include "actors/semantic_cache/form.hpp"

#include "actors/semantic_cache/vocabulary.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace troupe {

namespace {

using words = std::vector<word>;

bool is_one_of(std::string_view word,
               std::initializer_list<std::string_view> of) {
  return std::find(of.begin(), of.end(), word) != of.end();
}

bool is_plain(const word& w, std::initializer_list<std::string_view> of) {
  return w.kind == word_kind::plain && is_one_of(w.text, of);
}

// -- what is wanted
// -------------------------------------------------------------

std::optional<wanted> wanted_by(const words& all, std::size_t at) {
  const auto& w = all[at];
  if (w.kind != word_kind::plain)
    return std::nullopt;
  if (w.text == "how") {
    const auto next = at + 1 < all.size() ? all[at + 1].text : "";
    return next == "many"   ? wanted::count
           : next == "much" ? wanted::amount
                            : wanted::manner;
  }
  if (w.text == "what")
    return wanted::thing;
  if (w.text == "who")
    return wanted::person;
  if (w.text == "why")
    return wanted::reason;
  if (!w.opens)  // Amid a clause these only join: "... when it rains".
    return std::nullopt;
  if (w.text == "when")
    return wanted::time;
  if (w.text == "where")
    return wanted::place;
  if (is_one_of(w.text, {"is", "are", "do", "does", "did", "can", "could",
                         "should", "must", "may", "will", "would", "was",
                         "were", "has", "have", "am"}))
    return wanted::truth;
  return std::nullopt;
}

// What opens a clause asks; else the first word that could.
std::pair<wanted, std::size_t> find_wanted(const words& all) {
  for (const bool opening : {true, false})
    for (std::size_t at = 0; at < all.size(); ++at)
      if (!opening || all[at].opens)
        if (const auto kind = wanted_by(all, at))
          return {*kind, at};
  return {wanted::request, all.size()};
}

// "How much does it cost" asks for a thing: the price.
void name_amount(words& all, question& q, std::size_t at) {
  if (q.kind != wanted::amount)
    return;
  const auto rename = [&](word& w, const char* name) {
    w.text = name;
    q.kind = wanted::thing;
  };
  for (auto& w : all)
    if (w.kind == word_kind::plain) {
      if (w.text == "cost" || w.text == "costs")
        rename(w, "price");
      else if (w.text == "weigh" || w.text == "weighs")
        rename(w, "weight");
      else if (w.text == "earn" || w.text == "earns")
        rename(w, "salary");
    }
  if (q.kind == wanted::amount && at + 3 < all.size()
      && is_plain(all[at + 2], {"is", "are", "was"})) {
    q.kind = wanted::thing;
    // "How much is 5 miles in feet" asks for no price.
    const auto is_number = [](const word& w) {
      return w.kind == word_kind::number || w.kind == word_kind::unit;
    };
    if (std::none_of(all.begin(), all.end(), is_number))
      all[at + 1].text = "price";
  }
  if (q.kind == wanted::thing) {
    all[at].text = "what";
    if (all[at + 1].text == "much")
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(at + 1));
  }
}

// "Who taught Plato" and "who did Plato teach" have the same words.
void note_side(const words& all, std::size_t at, question& q) {
  if ((q.kind != wanted::person && q.kind != wanted::thing)
      || at + 1 >= all.size())
    return;
  const auto& next = all[at + 1];
  q.asks_object = is_plain(next, {"do", "does", "did"});
  q.asks_subject = !q.asks_object && next.kind == word_kind::plain
                   && !is_function_word(next.text);
}

}  // namespace

std::string_view name_of(wanted w) noexcept {
  switch (w) {
  case wanted::request:
    return "request";
  case wanted::thing:
    return "thing";
  case wanted::manner:
    return "manner";
  case wanted::person:
    return "person";
  case wanted::time:
    return "time";
  case wanted::place:
    return "place";
  case wanted::reason:
    return "reason";
  case wanted::count:
    return "count";
  case wanted::amount:
    return "amount";
  case wanted::truth:
    return "truth";
  case wanted::count_:
    break;
  }
  return "unknown";
}

void read_form(std::vector<word>& all, question& q) {
  const auto [kind, at] = find_wanted(all);
  q.kind = kind;
  name_amount(all, q, at);
  note_side(all, at, q);
}

}  // namespace troupe
