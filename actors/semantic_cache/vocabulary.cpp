#include "actors/semantic_cache/vocabulary.hpp"

#include <sstream>
#include <unordered_map>
#include <unordered_set>

namespace troupe {

namespace {

// Words of grammar that only English has, or has most of all.
constexpr auto english_marks = R"(
the is are what which how why when where who whom whose does do did can could
should would my your his her its our their i you he she they we it of to from
with and for this that these those there been being have has had will shall
must may might if not by at as be than
)";

// Grammar besides. "no" and "not" are read as negations before that.
constexpr auto grammar = R"(
a an am was were me him us them mine yours hers ours theirs in on or into onto
about so then here such some any while because though although whether ok
people someone somebody anyone anybody whom myself yourself got been one
s t re ve ll d m as through
)";

// They restrict nothing: who asks what something is exactly asks what it is.
constexpr auto light_words = R"(
exactly actually really precisely properly correctly currently usually generally
definitely literally simply located called explain define definition meaning
)";

// Canonical name first.
constexpr auto units = R"(
kilometer km kms kilometers kilometre kilometres
meter m meters metre metres
centimeter cm centimeters centimetre centimetres
millimeter mm millimeters millimetre millimetres
mile mi miles
yard yd yards
foot ft feet
inch in inches
kilogram kg kgs kilo kilos kilograms
gram g grams gramme
milligram mg milligrams
microgram mcg micrograms
tonne t tonnes
ton tons
pound lb lbs pounds
ounce oz ounces
stone
liter l liters litre litres
milliliter ml milliliters millilitre millilitres
gallon gal gallons
quart quarts
pint pints
cup cups
tablespoon tbsp tablespoons
teaspoon tsp teaspoons
celsius °c c centigrade
fahrenheit °f f
kelvin k
degree ° degrees deg
percent %
millisecond ms milliseconds
second s sec secs seconds
minute min mins minutes
hour h hr hrs hours
day d days
week wk weeks
month months
year yr yrs
decade decades
century centuries
byte b bytes
kilobyte kb kilobytes
megabyte mb megabytes
gigabyte gb gigabytes
terabyte tb terabytes
bit bits
kmh km/h kph
mph mi/h
watt w watts
kilowatt kw kilowatts
kwh
volt v volts
amp amps ampere amperes
hertz hz
calorie calories kcal
dollar $ usd dollars bucks
euro € eur euros
sterling £ gbp quid
yen ¥ jpy
rupee ₹ inr rupees
franc chf francs
am
pm
acre acres
hectare hectares ha
)";

// Without a number before them these mean something else.
constexpr auto needing_number = R"(
m g t l c f k s h d b w v in mi min sec ms am pm stone deg mb ha amp bit bits
kw gal stone ° % degree percent yard mark
)";

constexpr auto numbers = R"(
zero 0 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10 eleven 11
twelve 12 thirteen 13 fourteen 14 fifteen 15 sixteen 16 seventeen 17 eighteen 18
nineteen 19 twenty 20 thirty 30 forty 40 fifty 50 sixty 60 seventy 70 eighty 80
ninety 90 hundred 100 thousand 1000 million 1000000 billion 1000000000
dozen 12 half 1/2 quarter 1/4 twice 2 first 1th second 2th third 3th fourth 4th
fifth 5th sixth 6th seventh 7th eighth 8th ninth 9th tenth 10th eleventh 11th
twelfth 12th twentieth 20th hundredth 100th
ii 2 iii 3 iv 4 vi 6 vii 7 viii 8 ix 9 xi 11 xii 12 xiii 13 xiv 14 xv 15 xvi 16
)";

// Contractions, misspellings, British spellings: the word, then what it stands
// for, up to the semicolon. Misspellings are those found in every list of the
// commonest; a rule for others would make "causal" of "casual".
constexpr auto spellings = R"(
what's what is; whats what is; where's where is; wheres where is; who's who is;
whos who is; how's how is; hows how is; when's when is; why's why is;
that's that is; thats that is; it's it is; there's there is; here's here is;
he's he is; she's she is; let's let us; i'm i am; im i am; i'd i would;
i'll i will; i've i have; ive i have; you're you are; youre you are;
you've you have; you'd you would; you'll you will; we're we are; we've we have;
we'd we would; we'll we will; they're they are; they've they have;
they'd they would; they'll they will; don't do not; dont do not;
doesn't does not; doesnt does not; didn't did not; didnt did not;
isn't is not; isnt is not; aren't are not; arent are not; wasn't was not;
wasnt was not; weren't were not; haven't have not; havent have not;
hasn't has not; hasnt has not; hadn't had not; can't can not; cant can not;
cannot can not; couldn't could not; couldnt could not; won't will not;
wont will not; wouldn't would not; shouldn't should not; shouldnt should not;
mustn't must not; mightn't might not; needn't need not; ain't is not;
u you; ur your; pls please; plz please; thx thanks; wanna want to;
gonna going to; gotta have to; teh the; wich which; waht what; hwo how;
recieve receive; recieved received; seperate separate; seperated separated;
definately definitely; occured occurred; accomodate accommodate; untill until;
adress address; adresses addresses; pasword password; passwrod password;
acount account; goverment government; enviroment environment;
calender calendar; tommorow tomorrow; tomorow tomorrow; begining beginning;
beleive believe; buisness business; bussiness business; catagory category;
commitee committee; concious conscious; dissapear disappear;
embarass embarrass; existance existence; foriegn foreign; freind friend;
grammer grammar; gaurd guard; happend happened; immediatly immediately;
independant independent; knowlege knowledge; langauge language;
languge language; lenght length; heigth height; hieght height;
libary library; maintainance maintenance; manuever maneuver;
millenium millennium; neccessary necessary; necesary necessary;
nieghbor neighbor; noticable noticeable; occassion occasion; peice piece;
posession possession; prefered preferred; priviledge privilege;
probaly probably; publically publicly; questionaire questionnaire;
realy really; reciept receipt; recomend recommend; refered referred;
remeber remember; resturant restaurant; rythm rhythm; shedule schedule;
sucessful successful; suprise surprise; temperture temperature;
temprature temperature; thier their; tounge tongue; truely truly;
vaccum vacuum; vegatable vegetable; wether whether; wierd weird; writting writing;
instal install; isntall install; insatll install; chnage change; cahnge change;
differnce difference; diffrence difference; captial capital; capitol capital;
wrold world; fucntion function; funciton function; functoin function;
asynchronus asynchronous; asyncronous asynchronous; pyhton python;
phyton python; javscript javascript; unsubcribe unsubscribe;
subcribe subscribe; eclispe eclipse; delte delete; updaet update;
dowload download; donwload download; conection connection; recepie recipe;
recipie recipe; symtoms symptoms; symptons symptoms; medecine medicine;
colour color; colours colors; favour favor; favourite favorite;
flavour flavor; flavours flavors; harbour harbor; honour honor; humour humor;
labour labor; neighbour neighbor; neighbours neighbors; behaviour behavior;
centre center; centres centers; theatre theater; grey gray; tyre tire;
tyres tires; programme program; programmes programs; cheque check;
aluminium aluminum; licence license; defence defense; organise organize;
organised organized; realise realize; recognise recognize; analyse analyze;
apologise apologize; optimise optimize; initialise initialize;
serialise serialize; customise customize; summarise summarize;
mum mom; jewellery jewelry; pyjamas pajamas; mould mold; plough plow;
js javascript; ts typescript; postgres postgresql;
k8s kubernetes; golang go; whilst while; amongst among; 

)";

std::unordered_set<std::string> read_set(const char* text) {
  std::istringstream words{text};
  std::unordered_set<std::string> known;
  for (std::string word; words >> word;)
    known.insert(word);
  return known;
}

using dictionary = std::unordered_map<std::string, std::string>;

std::optional<std::string_view> look_up(const dictionary& known,
                                        std::string_view word) {
  const auto found = known.find(std::string{word});
  if (found == known.end())
    return std::nullopt;
  return found->second;
}

dictionary read_units() {
  dictionary known;
  std::istringstream lines{units};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string name, other;
    words >> name;
    known.emplace(name, name);
    while (words >> other)
      known.emplace(other, name);
  }
  return known;
}

dictionary read_numbers() {
  dictionary known;
  std::istringstream words{numbers};
  for (std::string word, number; words >> word >> number;)
    known.emplace(word, number);
  return known;
}

dictionary read_spellings() {
  dictionary known;
  std::istringstream entries{spellings};
  for (std::string entry; std::getline(entries, entry, ';');) {
    std::istringstream words{entry};
    std::string wrong, right;
    words >> wrong >> std::ws;
    std::getline(words, right);
    known.emplace(wrong, right);
  }
  return known;
}

}  // namespace

bool is_function_word(std::string_view word) {
  static const auto known = read_set(grammar);
  return is_english_mark(word) || known.contains(std::string{word});
}

bool is_english_mark(std::string_view word) {
  static const auto known = read_set(english_marks);
  return known.contains(std::string{word});
}

bool is_light(std::string_view word) {
  static const auto known = read_set(light_words);
  return known.contains(std::string{word});
}

std::optional<std::string_view> unit_called(std::string_view word) {
  static const auto known = read_units();
  return look_up(known, word);
}

bool needs_number(std::string_view word) {
  static const auto known = read_set(needing_number);
  return known.contains(std::string{word});
}

std::optional<std::string_view> number_called(std::string_view word) {
  static const auto known = read_numbers();
  return look_up(known, word);
}

std::optional<std::string_view> right_spelling(std::string_view word) {
  static const auto known = read_spellings();
  return look_up(known, word);
}

}  // namespace troupe
