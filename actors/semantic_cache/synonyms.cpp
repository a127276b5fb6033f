// The tables of synonyms and opposites. Groups end in a semicolon.

#include "actors/semantic_cache/stem.hpp"
#include "actors/semantic_cache/vocabulary.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <unordered_map>
#include <utility>

namespace troupe {

namespace {

constexpr auto synonyms = R"(
abroad overseas; ability capability; academic scholarly; accelerate speedup;
accident crash; accurate precise; achieve accomplish attain;
acquire obtain get; actor actress; ad advert advertisement; add append;
add include; advantage benefit pro upside; disadvantage drawback con downside;
advice tip recommendation suggestion; afraid scared; aid help assist;
aircraft airplane plane aeroplane; allow permit let; allow permit legal;
alter change modify edit; change update; change replace; amount quantity; ancient antique; angry mad; annual yearly; apartment flat;
application app program; appointment booking reservation; approximate rough;
attempt try; attorney lawyer; author write; autumn fall; awake wake;
baggage luggage; ban forbid prohibit; banknote bill; begin start commence;
begin originate; beginner newcomer novice newbie; bicycle bike; big large;
biggest largest; bill invoice; book reserve; border frontier; boss supervisor;
break fracture; buy purchase; calculate compute; call phone telephone;
phone smartphone cellphone cell mobile; phone telephone; call invoke;
cancel terminate; cancel call-off; capable able; car automobile vehicle;
cause reason; ceo chiefexecutive; certificate certification; change convert;
check verify; check test; check inspect; cheap inexpensive affordable;
cheapest least-expensive; child kid; choose pick select; cinema theater;
clean wash; client customer; close shut; closest nearest; nearby close near;
clothing clothes; cold chilly; colleague coworker; combine merge join;
commence start; compare diff; complete finish; computer pc;
concatenate join combine append; condition terms; connect link;
construct build; contact reach; continue proceed; convert transform;
convert cast; cook prepare; make create build; create generate; copy duplicate;
correct right; correct fix; cost price; cost charge; price fee; fee charge;
price rate; couch sofa; country nation; crash fail; custom tradition;
dangerous hazardous unsafe; daily everyday; dad father; mom mother mum;
decrease reduce lower; defective faulty broken; delete remove erase;
remove eliminate; delay postpone defer; deliver ship;
delivery shipping shipment; delivery ship; deposit downpayment; desire want;
destroy demolish; determine find; develop make; develop create; device gadget;
dictionary dict; die pass-away; difference distinction; differ difference;
differ different; different distinct; different another; difficult hard tough;
dinner supper; directory folder; disable deactivate turn-off;
enable activate turn-on; disappear vanish; discover find; display show;
dose dosage; doctor physician; donate give; dream nightmare;
drug medicine medication; duration length; e-mail email mail; earn salary;
salary pay wage; earth world; world globe; worldwide world; easiest simplest;
easy simple; effect impact; efficient effective; election vote; element item;
element entry; empty vacant; end finish; end conclude; enhance improve;
enjoy like; enough sufficient; enter input; entire whole full;
environment surrounding; equal same; evaluate assess; everyone everybody;
someone somebody; anyone anybody; examine inspect; exchange swap;
exercise workout; expand extend; extend prolong; expensive costly pricey;
explain describe; eyeglasses glasses; famous well-known; fast quick rapid;
fastest quickest; favorite preferred; feline cat; film movie; flat puncture;
founder found; frequent often; frequency often; friend buddy pal;
front-end frontend; fridge refrigerator; garbage trash rubbish waste;
get obtain; get retrieve fetch; get receive; get find; find locate; find see;
find search; gift present; supply provide; goal objective aim;
grandma grandmother; grandpa grandfather; grocery groceries;
guarantee warranty; guide tutorial; happen occur; harmful damaging;
healthy nutritious; heal recover; height tall; help support; home house; human person; hurt injure; ill sick; illness disease sickness;
important significant; improve better; improve raise; increase raise;
infect infection; inform notify; information detail; insert add;
instructor teacher; invent inventor; discover discoverer; paint painter;
compose composer; direct director; create creator; win winner; sing singer;
play player; own owner; write writer; teach teacher; speak speaker;
visit visitor; buy buyer; sell seller; drive driver; run runner;
explore explorer; design designer; manufacture manufacturer; rule ruler;
lead leader; iterate loop; journey trip; keep store; keep retain; keep stay;
language tongue; last final; laptop notebook; launch start; launch open;
law legislation; learn study; lecture talk; legal lawful; illegal unlawful;
length size; length long; lift elevator; like enjoy;
limit cap; login signin log-in; logout signout; logoff logout; lookup search;
look search; loss lose; loud noisy; main primary; manager supervisor;
marry wed; marriage wedding; maximum max; minimum min; mend repair fix;
merge combine; mistake error; mix blend; money cash; monitor screen;
most-populous most-populated; multiply times; need require; necessary require;
newest latest; normal usual typical; number count; obese overweight;
offspring child; old aged; order purchase; organization organisation;
package parcel; pan skillet; parameter argument; parent guardian; part piece;
part component; pause suspend; pay payment; penalty fine; phase stage;
photo photograph picture; image picture; physician doctor; pill tablet;
place location; place site; plane airplane; poor impoverished;
populous populated; possess own; potable drinkable; pregnancy pregnant;
prerequisite requirement; require requirement; prevent stop; prevent avoid;
prison jail; problem issue; problem trouble; product item; protect secure;
publish release; pull-request pr; pupil student; query question;
side-effect adverse-effect; throw raise; person human; quit exit leave;
quit stop; rain rainfall; reach contact; read interpret; real actual;
reboot restart; receipt proof-of-purchase; recommend advise; recommend suggest;
recover restore; recover recovery; recover retrieve; register signup subscribe;
register enroll; remember recall; remote distant; renew extend; rent lease;
repeat redo; replacement substitute; replace swap; requirement condition;
rescue save; resolve fix; resolve solve; result outcome; refund money-back;
reverse invert; revert undo; road street; route way; route path;
rule regulation; safe secure; safe safely; save store; save spend-less;
schedule timetable; second-hand used; seek search; send ship;
send transfer; serious severe; setting option;
setting preference; setup configure; setup set-up; sex gender; shop store;
shorten abbreviate; show see; show view; similar alike; sleep slumber;
slow sluggish; small little; smallest littlest; smart intelligent;
smart clever; sneakers trainers; song track; sound noise;
spouse partner; statement declaration; stay remain; steal theft; stop cease;
stop halt; strength power; strong powerful; subway metro underground;
succeed success; summarize summary; sum total; supper dinner; surname lastname;
switch change; switch toggle; tap faucet; task job; tax taxation;
terminate end; test check; tidy clean; total overall; tourist traveler;
travel trip; tumor tumour; tv television; type kind sort; unnecessary needless;
use utilize; use employ; variable var; vegetable veggie;
vehicle car; velocity speed; view see; view display; wait await; wash clean;
wealthy rich; website site; weight heavy; wide broad; width wide; depth deep;
speed fast; age old; size big; wifi wireless; wireless wifi-network;
world earth; wrong incorrect; young youthful; diet eat;
)";

constexpr auto opposites = R"(
able unable; above below; accept reject; accept decline; active inactive;
add remove; add subtract; add delete; admit deny; advantage disadvantage;
allow disallow; allow forbid; always never; arrive depart; arrive leave;
ascend descend; attach detach; begin end; big small; buy sell; cheap expensive; cheapest priciest;
check uncheck; clockwise counterclockwise; connect disconnect; create destroy;
create delete; deposit withdraw; disable enable; download upload; dry wet;
early late; earn spend; edible inedible; encrypt decrypt; encode decode;
enter exit; expand collapse; export import; fast slow; fastest slowest;
fewer more; find lose; first last; follow unfollow; formal informal;
full empty; gain lose; give take; grow shrink; healthy unhealthy; heavy light;
hide show; high low; highest lowest; hire fire; hot cold; include exclude;
increase decrease; increase reduce; indoor outdoor; inside outside;
install uninstall; largest smallest; left right; legal illegal; lend borrow;
like dislike; load unload; lock unlock; long short; longest shortest;
lower raise; maximum minimum; maximize minimize; more less; most least;
mount unmount; mute unmute; new old; newest oldest; open close; pack unpack;
plug unplug; positive negative; possible impossible; pro con;
publish unpublish; pull push; public private; read write; regular irregular;
safe unsafe; save spend; start stop; strong weak; subscribe unsubscribe;
success failure; tall short; turn-on turn-off; upper lower; upgrade downgrade;
vertical horizontal; win lose; wrap unwrap; zip unzip;
)";

using groups_by_stem =
    std::unordered_map<std::string, std::vector<std::uint16_t>>;

groups_by_stem read_groups() {
  groups_by_stem groups;
  std::istringstream lines{synonyms};
  std::uint16_t number = 0;
  for (std::string group; std::getline(lines, group, ';'); ++number) {
    std::istringstream words{group};
    for (std::string word; words >> word;) {
      auto& of_word = groups[stem_of(word)];
      if (of_word.empty() || of_word.back() != number)
        of_word.push_back(number);
    }
  }
  return groups;
}

std::set<std::pair<std::string, std::string>> read_opposites() {
  std::set<std::pair<std::string, std::string>> pairs;
  std::istringstream lines{opposites};
  for (std::string pair; std::getline(lines, pair, ';');) {
    std::istringstream words{pair};
    std::string one, other;
    words >> one >> other;
    pairs.emplace(stem_of(one), stem_of(other));
    pairs.emplace(stem_of(other), stem_of(one));
  }
  return pairs;
}

}  // namespace

const std::vector<std::uint16_t>& synonym_groups(std::string_view stem) {
  static const auto groups = read_groups();
  static const std::vector<std::uint16_t> none;
  const auto found = groups.find(std::string{stem});
  return found == groups.end() ? none : found->second;
}

bool are_opposite(std::string_view stem, std::string_view other) {
  static const auto pairs = read_opposites();
  return pairs.contains({std::string{stem}, std::string{other}});
}

}  // namespace troupe
