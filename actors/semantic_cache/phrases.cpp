// The tables of phrases: what is taken off, and what is folded.
//
// An entry of `rewriting` reads: the phrase = what stands for it. `@name` is
// one word of the class of that name; `[word]` may be missing; `.` is the end
// of a clause; `>word` has to follow and stays.

#include "actors/semantic_cache/vocabulary.hpp"

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

namespace troupe {

namespace {

constexpr auto classes = R"(
@i i you we they one people someone somebody
@do do can could should would might may
@can can could would will
@is is are was were
@best best easiest simplest right correct proper good easy simple recommended
@the the a an my your our
@wh what which who whom whose when where why how if whether
@task summarize write rewrite translate list compare calculate convert draft generate suggest recommend rephrase proofread solve
@tell tell show explain give remind teach
)";

constexpr auto opening = R"(
please; kindly; hi [there]; hello [there]; hey [there]; hi team; hello team;
good morning .; good afternoon .; good evening .; dear support; dear team;
dear sir or madam; ok [so]; okay [so]; so; well .; right .; basically; actually;
just curious; just wondering; quick question; a quick question; a question .;
but; and; help .; i need help .; i need some help .; cheers .; regards;
thanks .; thanks in advance .; thanks a lot .; thanks again .;
thanks for your help .; many thanks .; thank you .;
thank you very much .; thank you so much .; thank you in advance .;
best regards; kind regards; best wishes; sorry .; sorry to bother you [but];
excuse me; can you help me .; can you help me with; @can you [please] help me;
help me; help me to; @can you [please] [kindly] @tell me;
@can you [please] [kindly] @tell >@wh; @can someone [please] @tell me;
@can anyone [please] @tell me; @can you [please] explain [to] [me]; @can you [please] >@task;
@can someone explain [to] [me]; please @tell me; do you know >@wh;
does anyone know >@wh; does anybody know >@wh; do you happen to know >@wh;
any idea >@wh; any ideas .; any ideas >@wh; any help .; i was wondering [if];
i am wondering [if]; i wonder [if]; i would like to know [if]; i want to know;
i need to know; i would love to know; i am curious [about];
i am trying to find out; i am trying to understand; i am trying to figure out;
@tell me; let me know; let us know; i would like to; i want to; i need to;
i am trying to; i do not know >@wh; do not know >@wh; i am not sure >@wh;
i have a question [about]; i have a quick question [about]; my question is;
may i ask; may i know; @can i ask; is it okay if i ask; is it ok if i ask;
would you mind telling me; would you mind explaining; explain [to] [me];
would it be possible to tell me; is it possible to tell me; describe;
)";

constexpr auto rewriting = R"(
how @do @i need to = how; how @do @i go about = how; how @do @i = how; how @i @do = how; how to =
how; how are @i supposed to = how;
what @is [the] @best way to = how; what @is [the] way to = how;
what @is [the] @best way of = how; what @do @i need to do to = how;
what @do @i have to do to = how; what is the process [for] [of] [to] = how;
what is the procedure [for] [to] = how; what are the steps to = how;
steps to = how; the steps to = how; instructions [for] [to] = how;
is there [a] [any] @best way to = how; is there [a] [any] way to = how;
is there @the option to = how; the @best way to = how; @best way to = how;
give me a recipe for = how make; a recipe for = how make; recipe for = how make;
how come = why; what is the reason why = why; what is the reason [that] = why;
what is the reason for = why; for what reason = why; what causes = what cause;
what is the cause of = what cause; what was the cause of = what cause;
how tall = what height; how high = what height; how long = what length;
how much time = what length; how deep = what depth; how wide = what width;
how old = what age; how far away = what distance; how far = what distance;
how heavy = what weight; how big = what size; how large = what size;
how fast = what speed; how expensive = what price; how hot = what temperature;
how cold = what temperature; how often = what frequency;
how frequently = what frequency; what is the number of = how many;
number of people living = population; how many people live = what population;
how many inhabitants @do = what population; what does it cost = what price;
how much money = how much; what kind of = what kind; what sort of = what kind;
what type of = what kind; how many people are there in = what population of;
in what year = when year; in which year = when year; what year = when year;
at what time = when; at which time = when; what time = when; what day = when day;
on what day = when day; what date = when day; what month = when month;
in which city = where city; what is the location of = where;
at what = what; at which = what; in what = what; in which = what;
which = what; whose = who; whom = who; who is the author of = who write;
who was the author of = who write; the name of the person who = who;
boiling point = temperature boil; melting point = temperature melt;
freezing point = temperature freeze; stand for = mean; stands for = mean;
what do i do if = what do if; what should i do if = what do if;
what should i do when = what do if; what can i do if = what do if;
what should i do = what do; what can i do = what do; what happens when = what happens if; occurs when = occurs if;
need to = must; what is the definition of = what is; define = what is;
what is the meaning of = what is; is used in = is in; is spoken in = speak in;
people speak in = speak in; what now = what do; does it take to = ;
does it take = ; do i have to pay = pay; top speed = speed;
maximum speed = speed; log in = login; log into = login to; log on = login;
sign in = login; sign into = login to; sign on = login; log out = logout;
log off = logout; sign out = logout; sign up = register; signup = register;
turn on = enable; switch on = enable; turn off = disable; switch off = disable;
turned on = enabled; turned off = disabled; power off = shutdown;
shut down = shutdown; turn up = increase; turn down = decrease; set up = setup;
back up = backup; speed up = make faster; get rid of = remove;
get in touch with = contact; figure out = determine; find out = determine;
look for = find; look up = find; give up = quit; carry out = perform;
throw away = discard; check in = check-in; check out = check-out;
pick up = collect; fill in = fill-out; fill out = fill-out; hand in = submit;
put off = postpone; call off = cancel; take off = takeoff; run out = run-out;
let know = inform; make sure = ensure; such as = like; lots of = many;
a lot of = many; plenty of = many; in order to = to; due to = because of;
prior to = before; in front of = before; next to = beside;
at the moment = currently; right now = currently; these days = currently;
at present = currently; as well as = and; wi fi = wifi;
wireless network = wifi; second hand = used; per cent = percent;
multiplied by = times; divided by = divided by; side effects = side-effect;
side effect = side-effect; adverse effects = side-effect;
adverse effect = side-effect; credit card = creditcard; e mail = email;
web site = website; web page = webpage; customer service = customer-service;
customer support = customer-service; customer care = customer-service;
chief executive officer = ceo; chief executive = ceo; chief financial officer =
cfo; united states of america = usa; united states = usa; the us = usa;
united kingdom = uk; great britain = uk; new york city = nyc; new york = nyc;
european union = eu; artificial intelligence = ai; machine learning = ml;
world war two = ww 2; second world war = ww 2; 2th world war = ww 2;
first world war = ww 1; 1th world war = ww 1; world war = ww; wwii = ww 2;
wwi = ww 1; ww2 = ww 2; ww1 = ww 1; pull request = pull-request;
merge request = pull-request; least expensive = cheapest;
most expensive = priciest; most populated = most populous;
in the world = on earth; of the world = on earth; worldwide = on earth;
is it possible to = can i; is it possible for = can; am i allowed to = can i;
are you allowed to = can i; may i = can i; is it allowed to = can i;
is it okay to = can i; is it ok to = can i; do i have to = must i;
do i need to = must i; am i required to = must i; is it necessary to = must i;
have to = must; has to = must; is it a good idea to = should i;
is it advisable to = should i; unable to = can not; not able to = can not;
able to = can; fails to = do not; failed to = did not; refuses to = do not;
degree fahrenheit = fahrenheit; degrees fahrenheit = fahrenheit;
degree celsius = celsius; degrees celsius = celsius; years old = age;
year old = age; business hours = opening hours; hours of operation =
opening hours; office hours = opening hours; opening times = opening hours;
phone number = phone-number; telephone number = phone-number;
cell phone = smartphone; mobile phone = smartphone; e book = ebook;
my money back = a refund; money back = refund; shipping address =
delivery address; brand new = new; double sided = double-sided;
two sided = double-sided; zip code = postcode; postal code = postcode;
post code = postcode; movie theater = cinema; in advance = beforehand;
internet connection = internet; go back = return; as soon as = once;
)";

std::vector<std::string> split(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(word);
  return words;
}

// Every way of reading a phrase with words that may be missing.
void spell_out(const std::vector<std::string>& words, std::size_t at,
               phrase& so_far, std::vector<phrase>& phrases) {
  if (at == words.size()) {
    if (!so_far.words.empty())
      phrases.push_back(so_far);
    return;
  }
  auto word = words[at];
  if (word.starts_with('[')) {
    spell_out(words, at + 1, so_far, phrases);
    word = word.substr(1, word.size() - 2);
  }
  so_far.words.push_back(word);
  spell_out(words, at + 1, so_far, phrases);
  so_far.words.pop_back();
}

// The longest come first, so that the first that fits is the best.
std::vector<phrase> read_phrases(const char* text) {
  std::vector<phrase> phrases;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line, ';');) {
    const auto equals = line.find(" =");
    phrase pattern;
    if (equals != line.npos)
      pattern.instead = split(line.substr(equals + 2));
    spell_out(split(line.substr(0, equals)), 0, pattern, phrases);
  }
  std::stable_sort(phrases.begin(), phrases.end(),
                   [](const phrase& a, const phrase& b) {
                     return a.words.size() > b.words.size();
                   });
  return phrases;
}

std::unordered_map<std::string, std::unordered_set<std::string>>
read_classes() {
  std::unordered_map<std::string, std::unordered_set<std::string>> known;
  std::istringstream lines{classes};
  for (std::string line; std::getline(lines, line);) {
    const auto words = split(line);
    if (!words.empty())
      known[words[0]].insert(words.begin() + 1, words.end());
  }
  return known;
}

}  // namespace

const std::vector<phrase>& openers() {
  static const auto phrases = read_phrases(opening);
  return phrases;
}

const std::vector<phrase>& rewrites() {
  static const auto phrases = read_phrases(rewriting);
  return phrases;
}

bool fits(std::string_view pattern, std::string_view word) {
  if (!pattern.starts_with('@'))
    return pattern == word;
  static const auto known = read_classes();
  const auto found = known.find(std::string{pattern});
  return found != known.end() && found->second.contains(std::string{word});
}

}  // namespace troupe
