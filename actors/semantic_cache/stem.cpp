#include "actors/semantic_cache/stem.hpp"

#include <sstream>
#include <unordered_map>

namespace troupe {

namespace {

// Each line: the plain form, then those it stands for.
constexpr auto irregular_forms = R"(
ask asked
be been being
become became
begin began begun
bite bit bitten
bleed bled
blow blew blown
break broke broken
bring brought
build built
burn burnt
buy bought
catch caught
choose chose chosen
come came
deal dealt
die dying died dies
draw drew drawn
dream dreamt
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feed fed
feel felt
fight fought
find found
flee fled
fly flew flown
forbid forbade forbidden
forget forgot forgotten
freeze froze frozen
get got gotten
give gave given
go went gone goes
grow grew grown
hang hung
hear heard
hide hid hidden
hold held
keep kept
know knew known
lead led
learn learnt
leave left
lend lent
lose lost
make made
mean meant
meet met
pay paid
ride rode ridden
ring rang rung
rise rose risen
run ran
say said
see saw seen
seek sought
sell sold
send sent
shake shook shaken
shine shone
shoot shot
sing sang sung
sink sank sunk
sit sat
sleep slept
speak spoke spoken
spend spent
spoil spoilt
stand stood
steal stole stolen
stick stuck
strike struck
swear swore sworn
swim swam swum
take took taken
teach taught
tear tore torn
tell told
think thought
throw threw thrown
understand understood
wake woke woken
wear wore worn
win won
write wrote written
bacterium bacteria
child children
criterion criteria
foot feet
goose geese
half halves
knife knives
leaf leaves
life lives
man men
mouse mice
phenomenon phenomena
tooth teeth
vertex vertices
matrix matrices
index indices
wife wives
woman women
)";

// Looked up before the rules, so that these keep what looks like an ending.
constexpr auto unbending_words = R"(
address always analysis bass bias bus campus canvas census chaos christmas
class compass corpus cosmos css dns during ethics gas glass gps grass hardly
https ios kubernetes lens likely less loss mass mathematics mattress mechanics
nearly lately barely news os pancreas pass physics plus process series species
status sms tennis texas thermos this thus tls us various virus wifi yes
evening morning nothing something anything everything ceiling king ring spring
string thing wing bring sing sibling red bed shed hundred sacred speed feed seed
need weed breed reply family july italy daily supply multiply apply only early
paris athens brussels wales netherlands philippines texas kansas arkansas
beijing reading united
)";

std::unordered_map<std::string, std::string> read_exceptions() {
  std::unordered_map<std::string, std::string> known;
  std::istringstream forms{irregular_forms};
  for (std::string line; std::getline(forms, line);) {
    std::istringstream words{line};
    std::string plain, form;
    words >> plain;
    known.emplace(plain, plain);
    while (words >> form)
      known.emplace(form, plain);
  }
  std::istringstream words{unbending_words};
  for (std::string word; words >> word;)
    known.insert_or_assign(word, word);
  return known;
}

bool has_vowel(std::string_view word) {
  return word.find_first_of("aeiouy") != std::string_view::npos;
}

bool cut(std::string& word, std::string_view ending, std::size_t rest_min) {
  if (word.size() < ending.size() + rest_min || !word.ends_with(ending))
    return false;
  const auto rest =
      std::string_view{word}.substr(0, word.size() - ending.size());
  if (!has_vowel(rest))
    return false;
  word.resize(rest.size());
  return true;
}

// "stopp" -> "stop"; but "fill", "pass" and "buzz" end like that by themselves.
void undouble(std::string& word) {
  constexpr std::string_view single = "bdgkmnprtv";
  if (word.size() > 3 && word.back() == word[word.size() - 2]
      && single.find(word.back()) != std::string_view::npos)
    word.pop_back();
}

void cut_plural(std::string& word) {
  if (word.size() > 4 && word.ends_with("ies")) {
    word.replace(word.size() - 3, 3, "y");
    return;
  }
  for (const std::string_view sibilant : {"sses", "shes", "ches", "xes", "zes"})
    if (word.ends_with(sibilant)) {
      word.resize(word.size() - 2);
      return;
    }
  if (word.size() > 3 && word.back() == 's' && !word.ends_with("ss")
      && !word.ends_with("us") && !word.ends_with("is"))
    word.pop_back();
}

void cut_tense(std::string& word) {
  if (word.size() > 4 && word.ends_with("ied")) {
    word.replace(word.size() - 3, 3, "y");
  } else if (!word.ends_with("eed")
             && (cut(word, "ing", 3) || cut(word, "ed", 3))) {
    undouble(word);
    // Both "cancelled" and "canceled", but not "filled".
    if (word.size() > 5 && word.ends_with("ell"))
      word.pop_back();
  }
}

void cut_adverb(std::string& word) {
  if (word.size() > 5 && word.ends_with("ily"))
    word.replace(word.size() - 3, 3, "y");
  else if (word.size() > 5)
    cut(word, "ly", 4);
}

const std::string* exception_to_rules(const std::string& word) {
  static const auto known = read_exceptions();
  const auto found = known.find(word);
  return found == known.end() ? nullptr : &found->second;
}

}  // namespace

std::string stem_of(std::string_view word) {
  std::string stem{word};
  if (const auto* plain = exception_to_rules(stem)) {
    stem = *plain;
  } else {
    cut_adverb(stem);
    cut_plural(stem);
    if (const auto* of_singular = exception_to_rules(stem))
      stem = *of_singular;
    else
      cut_tense(stem);
  }
  // "make" and "mak(ing)" meet here.
  if (stem.size() > 3 && stem.back() == 'e')
    stem.pop_back();
  return stem;
}

}  // namespace troupe
