#include "actors/semantic_cache/guard.hpp"

#include "actors/semantic_cache/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

namespace {

using reason = std::optional<std::string>;
using strings = std::vector<std::string>;

reason differ_in(std::string_view rule, std::string_view one,
                 std::string_view other) {
  const auto shown = [](std::string_view text) {
    return text.empty() ? std::string{"nothing"} : std::string{text};
  };
  return std::string{rule} + ": " + shown(one) + " / " + shown(other);
}

std::string list(const strings& all) {
  std::string text;
  for (const auto& one : all)
    text += (text.empty() ? "" : ", ") + one;
  return text;
}

reason lists_differ(std::string_view rule, const strings& a, const strings& b) {
  if (a == b)
    return std::nullopt;
  return differ_in(rule, list(a), list(b));
}

// -- form ---------------------------------------------------------------------

bool either(const question& a, const question& b, wanted one, wanted other) {
  return (a.kind == one && b.kind == other)
         || (a.kind == other && b.kind == one);
}

// "Convert 5 miles to feet", "how many feet are 5 miles", "5 miles in feet".
bool converts(const question& q) {
  return q.units.size() > 1
         && (q.kind == wanted::request || q.kind == wanted::count
             || q.kind == wanted::thing || q.kind == wanted::manner);
}

reason kinds_differ(const question& a, const question& b) {
  if (a.kind == b.kind || either(a, b, wanted::request, wanted::thing)
      || either(a, b, wanted::request, wanted::manner)
      || (converts(a) && converts(b)))
    return std::nullopt;
  return differ_in("form", name_of(a.kind), name_of(b.kind));
}

bool contradict(std::uint8_t a, std::uint8_t b) {
  return a != 0 && b != 0 && (a & b) == 0;
}

template <std::size_t Size>
std::string bits(std::uint8_t set, const std::array<const char*, Size>& names) {
  std::string text;
  for (std::size_t bit = 0; bit < Size; ++bit)
    if (set >> bit & 1)
      text += (text.empty() ? "" : ", ") + std::string{names[bit]};
  return text;
}

reason forms_differ(const question& a, const question& b) {
  if (auto kind = kinds_differ(a, b))
    return kind;
  static constexpr std::array modalities{"can", "should", "must"};
  static constexpr std::array tenses{"past", "present", "future"};
  static constexpr std::array owners{"my", "your", "his", "her", "their"};
  static constexpr std::array parties{"I", "me", "you"};
  const bool truth = a.kind == wanted::truth;
  if (a.kind != wanted::manner
      && (truth ? a.modality != b.modality
                : contradict(a.modality, b.modality)))
    return differ_in("form", bits(a.modality, modalities),
                     bits(b.modality, modalities));
  if (contradict(a.tense, b.tense))
    return differ_in("form", bits(a.tense, tenses), bits(b.tense, tenses));
  if (contradict(a.owner, b.owner))
    return differ_in("form", bits(a.owner, owners), bits(b.owner, owners));
  if ((a.asks_object && b.asks_subject) || (a.asks_subject && b.asks_object))
    return differ_in("form", a.asks_object ? "whom" : "who",
                     b.asks_object ? "whom" : "who");
  if (contradict(a.party, b.party))
    return differ_in("form", bits(a.party, parties), bits(b.party, parties));
  return std::nullopt;
}

// -- words --------------------------------------------------------------------

bool share_a_group(const content_word& a, const content_word& b) {
  auto i = a.groups.begin();
  auto j = b.groups.begin();
  while (i != a.groups.end() && j != b.groups.end()) {
    if (*i == *j)
      return true;
    *i < *j ? ++i : ++j;
  }
  return false;
}

bool agree(const content_word& a, const content_word& b) {
  if (a.named && b.named ? a.text == b.text : a.stem == b.stem)
    return true;
  return share_a_group(a, b) && !are_opposite(a.stem, b.stem);
}

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

// Where each of `a`'s words has its counterpart in `b`: the same word, or else
// the first that agrees.
std::vector<std::size_t> counterparts(const question& a, const question& b) {
  std::vector<std::size_t> places;
  for (const auto& w : a.words) {
    const auto same =
        std::find_if(b.words.begin(), b.words.end(),
                     [&](const content_word& v) { return v.text == w.text; });
    const auto found =
        same != b.words.end()
            ? same
            : std::find_if(b.words.begin(), b.words.end(),
                           [&](const content_word& v) { return agree(w, v); });
    places.push_back(found == b.words.end()
                         ? nowhere
                         : static_cast<std::size_t>(found - b.words.begin()));
  }
  return places;
}

std::vector<const content_word*>
lonely(const question& q, const std::vector<std::size_t>& places) {
  std::vector<const content_word*> found;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i] == nowhere)
      found.push_back(&q.words[i]);
  return found;
}

bool is_heavy(const content_word* w) {
  return !w->light;
}

reason opposites_among(const std::vector<const content_word*>& a,
                       const std::vector<const content_word*>& b) {
  for (const auto* one : a)
    for (const auto* other : b)
      if (are_opposite(one->stem, other->stem))
        return differ_in("opposite", one->text, other->text);
  return std::nullopt;
}

reason words_differ(const std::vector<const content_word*>& a,
                    const std::vector<const content_word*>& b) {
  if (auto opposite = opposites_among(a, b))
    return opposite;
  // Shown is what weighs most: a name, or the first that may not be missing.
  const auto heaviest = [](const std::vector<const content_word*>& of) {
    auto found = std::find_if(of.begin(), of.end(),
                              [](const auto* w) { return w->named; });
    if (found == of.end())
      found = std::find_if(of.begin(), of.end(), is_heavy);
    if (found == of.end())
      found = of.begin();
    return found == of.end() ? nullptr : *found;
  };
  const auto* one = heaviest(a);
  const auto* other = heaviest(b);
  const bool heavy = (one && is_heavy(one)) || (other && is_heavy(other));
  // Two light words in each other's place are a substitution all the same.
  if (!heavy && !(one && other))
    return std::nullopt;
  const bool named = (one && one->named) || (other && other->named);
  return differ_in(named ? "name" : "word", one ? one->text : "",
                   other ? other->text : "");
}

// -- order --------------------------------------------------------------------

// Under these, to change places is to change the question.
constexpr std::array<std::string_view, 16> strong_roles{
    "from", "to", "than", "before", "after",   "over",    "under",   "with",
    "for",  "by", "if",   "when",   "because", "against", "without", "of"};

std::vector<std::size_t> under(const question& q, std::string_view role) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < q.words.size(); ++i)
    if (q.words[i].role == role)
      found.push_back(i);
  return found;
}

std::string phrase_of(const question& q, std::size_t i) {
  const auto& w = q.words[i];
  return w.role.empty() ? w.text : w.role + " " + w.text;
}

// From Paris here, and to Paris there; or from Paris here, and from Rome there.
reason roles_differ(const question& a, const question& b,
                    const std::vector<std::size_t>& places) {
  for (const std::string_view role : {"from", "to"})
    for (const auto i : under(a, role)) {
      const auto j = places[i];
      const std::string_view other = role == "from" ? "to" : "from";
      if (j != nowhere && b.words[j].role == other)
        return differ_in("order", phrase_of(a, i), phrase_of(b, j));
    }
  for (const auto role : strong_roles) {
    const auto here = under(a, role), there = under(b, role);
    if (here.empty() || there.empty())
      continue;
    const bool met = std::any_of(here.begin(), here.end(), [&](std::size_t i) {
      return std::any_of(there.begin(), there.end(), [&](std::size_t j) {
        return agree(a.words[i], b.words[j]);
      });
    });
    if (!met)
      return differ_in("order", phrase_of(a, here[0]), phrase_of(b, there[0]));
  }
  return std::nullopt;
}

bool same_strong_role(const content_word& a, const content_word& b) {
  return !a.role.empty() && a.role == b.role;
}

// Two names in turn, or two words around a third: Alice owes Bob, dogs chase
// cats. What stands under the same preposition in both may stand anywhere.
reason turned_round(const question& a, const question& b,
                    const std::vector<std::size_t>& places) {
  const auto free = [&](std::size_t i) {
    return places[i] == nowhere
           || same_strong_role(a.words[i], b.words[places[i]]);
  };
  // "Are squares rectangles": nothing but their order tells which is which.
  const auto both_bare = [&](std::size_t i) {
    return a.kind == wanted::truth && a.words[i].role.empty()
           && b.words[places[i]].role.empty();
  };
  const auto in_one_clause = [&](std::size_t i, std::size_t k) {
    return a.words[i].clause == a.words[k].clause
           && b.words[places[i]].clause == b.words[places[k]].clause;
  };
  for (std::size_t i = 0; i < places.size(); ++i)
    for (std::size_t k = i + 1; k < places.size(); ++k) {
      if (free(i) || free(k) || places[i] <= places[k])
        continue;
      bool turned = (a.words[i].named && a.words[k].named)
                    || (both_bare(i) && both_bare(k));
      for (auto j = i + 1; j < k && !turned && in_one_clause(i, k); ++j)
        turned = places[j] != nowhere && places[k] < places[j]
                 && places[j] < places[i];
      if (turned)
        return differ_in("order", a.words[i].text + " ... " + a.words[k].text,
                         a.words[k].text + " ... " + a.words[i].text);
    }
  return std::nullopt;
}

// "Was A bitten by B" asks what "did B bite A" asks: the doer comes first in
// the active voice.
reason deed_differs(const question& passive, const question& active) {
  const auto agent = static_cast<std::size_t>(passive.agent);
  const auto places = counterparts(passive, active);
  for (std::size_t i = 0; i < agent && places[agent] != nowhere; ++i)
    if (places[i] != nowhere && places[i] < places[agent])
      return differ_in("order", "by " + passive.words[agent].text,
                       passive.words[agent].text);
  return std::nullopt;
}

reason order_differs(const question& a, const question& b,
                     const std::vector<std::size_t>& places) {
  if (a.agent >= 0 && b.agent < 0)
    return deed_differs(a, b);
  if (b.agent >= 0 && a.agent < 0)
    return deed_differs(b, a);
  if (auto roles = roles_differ(a, b, places))
    return roles;
  if (a.symmetric && b.symmetric)
    return std::nullopt;
  return turned_round(a, b, places);
}

reason sequences_differ(const question& a, const question& b) {
  const auto size = std::max(a.words.size(), b.words.size());
  for (std::size_t i = 0; i < size; ++i) {
    const auto text = [&](const question& q) {
      return i < q.words.size() ? q.words[i].text : std::string{};
    };
    if (text(a) != text(b))
      return differ_in("word", text(a), text(b));
  }
  return std::nullopt;
}

double weight(const content_word& w) {
  return w.light ? 0.25 : 1;
}

// "Does not it work" and "it does not work": where one leaves open what is
// denied, it is what the other says.
reason negations_differ(const strings& a, const strings& b) {
  const auto open = [](const strings& all) {
    return all.size() == 1 && all[0] == "not";
  };
  const auto single = [](const strings& all) {
    return all.size() == 1 && all[0].starts_with("not");
  };
  if ((open(a) && single(b)) || (open(b) && single(a)))
    return std::nullopt;
  return lists_differ("negation", a, b);
}

}  // namespace

reason differs(const question& asked, const question& kept) {
  if (asked.plain == kept.plain && !asked.plain.empty())
    return std::nullopt;
  if (asked.whole || kept.whole)
    return differ_in("word", "a long text", "another");
  for (const auto& [rule, part] : {std::pair{"quote", &question::quotes},
                                   {"code", &question::code},
                                   {"number", &question::numbers},
                                   {"unit", &question::units},
                                   {"order", &question::hinges}})
    if (auto difference = lists_differ(rule, asked.*part, kept.*part))
      return difference;
  if (auto negation = negations_differ(asked.negations, kept.negations))
    return negation;
  if (auto form = forms_differ(asked, kept))
    return form;
  if (!asked.english || !kept.english)
    return sequences_differ(asked, kept);
  if (asked.words.empty() || kept.words.empty())
    return differ_in("word", asked.plain, kept.plain);
  const auto places = counterparts(asked, kept);
  if (auto words = words_differ(lonely(asked, places),
                                lonely(kept, counterparts(kept, asked))))
    return words;
  return order_differs(asked, kept, places);
}

double agreement(const question& asked, const question& kept) {
  double all = 0, agreed = 0;
  const auto count = [&](const question& a, const question& b) {
    const auto places = counterparts(a, b);
    for (std::size_t i = 0; i < places.size(); ++i) {
      all += weight(a.words[i]);
      agreed += places[i] == nowhere ? 0 : weight(a.words[i]);
    }
  };
  if (asked.plain == kept.plain)
    return 1;
  count(asked, kept);
  count(kept, asked);
  return all > 0 ? agreed / all : 0;
}

double semantic_score(double cosine, const question& asked,
                      const question& kept) {
  const auto words = agreement(asked, kept) * words_weight_max;
  return 1 - (1 - cosine) * (1 - words);
}

}  // namespace troupe
