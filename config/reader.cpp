#include "config/reader.hpp"

#include "config/announced.hpp"
#include "config/suggest.hpp"

#include <algorithm>

namespace troupe::config {
namespace {

/// Longer texts are cut in messages.
constexpr std::size_t shown_size_max = 40;  // bytes

bool is_printable(char c) {
  return c >= 0x20 && c < 0x7f;
}

// The text as a message may show it: one line, of bounded length.
std::string shown(std::string_view text) {
  std::string result{text.substr(0, shown_size_max)};
  std::ranges::replace_if(
      result, [](char c) { return !is_printable(c); }, '?');
  return text.size() > shown_size_max ? result + "..." : result;
}

// A key nobody knows, quoted only if it looks like a name: long ones may be
// secrets that slipped in there.
std::string quoted_key(std::string_view key) {
  const bool plain = !key.empty() && key.size() <= suggestion_size_max
                     && std::ranges::all_of(key, is_printable);
  return plain ? "`" + std::string{key} + "`" : "a key that is not a name";
}

std::string_view shape_name(shape s) {
  switch (s) {
  case shape::null:
    return "empty";
  case shape::scalar:
    return "a single value";
  case shape::list:
    return "a list";
  case shape::map:
    return "a section";
  }
  return "unrecognized";
}

std::string_view trimmed(std::string_view text) {
  static constexpr std::string_view blanks = " \t\r\n";
  const auto start = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(start);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = text.find(',');
    if (const auto part = trimmed(text.substr(0, comma)); !part.empty())
      parts.emplace_back(part);
    if (comma == text.npos)
      return parts;
    text.remove_prefix(comma + 1);
  }
}

bool is_bare_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

reader::reader(std::string_view file, const environment& env, findings& found)
    : file_(file), env_(env), found_(found) {}

void reader::read(const node& root, settings& s) {
  if (enter("", root.kind == shape::null ? nullptr : &root, ""))
    describe_and_leave(s);
}

std::string reader::element_path(std::string_view list, std::size_t index) {
  return std::string{list} + "[" + std::to_string(index) + "]";
}

std::string reader::child_path(std::string_view key) const {
  if (scopes_.empty() || scopes_.back().path.empty())
    return std::string{key};
  return scopes_.back().path + "." + std::string{key};
}

void reader::report(location where, std::string path, std::string message) {
  found_.faults.add({std::move(where), std::move(path), std::move(message)});
}

void reader::complain(const word& w, const complaint& c, bool secret) {
  const bool hidden = secret || w.is_from_environment || w.text.empty();
  report(w.where, w.path,
         hidden ? c.text : c.text + " (is " + shown(w.text) + ")");
}

const node* reader::find(std::string_view pattern) {
  auto& s = scopes_.back();
  const auto key = key_of(pattern);
  if (std::ranges::find(s.known, key) == s.known.end())
    s.known.push_back(key);
  if (!s.map)
    return nullptr;
  const auto found = std::ranges::find(s.map->entries, key, &node::entry::key);
  if (found == s.map->entries.end() || found->value->kind == shape::null)
    return nullptr;
  return found->value.get();
}

// The variable TROUPE_<PATH>, or else the one that the field knows.
std::optional<reader::word>
reader::find_override(const source& k, const std::string& path) const {
  if (is_in_list(k.path) || is_one_of_many())
    return std::nullopt;
  auto variable = override_name(k.path);
  auto text = find_nonempty(env_, variable);
  if (!text && !k.variable.empty()) {
    variable = k.variable;
    text = find_nonempty(env_, variable);
    if (text && is_bare_number(*text))
      text->append(k.variable_unit);
  }
  if (!text)
    return std::nullopt;
  return word{std::move(*text), path, {variable, 0}, true};
}

std::optional<reader::word> reader::find_word(const source& k) {
  auto path = child_path(key_of(k.path));
  const node* const value = find(k.path);
  if (auto over = find_override(k, path)) {
    found_.locations[path] = over->where;
    return over;
  }
  if (!value) {
    if (k.presence == need::required)
      report(scopes_.back().where, std::move(path), "is missing");
    return std::nullopt;
  }
  return read_word(*value, std::move(path));
}

std::optional<reader::word> reader::read_word(const node& value,
                                              std::string path) {
  found_.locations[path] = at(value);
  if (value.kind != shape::scalar) {
    report(at(value), std::move(path),
           "must be a single value (is " + std::string{shape_name(value.kind)}
               + ")");
    return std::nullopt;
  }
  auto expanded = expand(value.text, env_);
  if (const auto* c = std::get_if<complaint>(&expanded)) {
    report(at(value), std::move(path), c->text);
    return std::nullopt;
  }
  auto& text = std::get<std::string>(expanded);
  const bool is_substituted = value.text.find("${") != std::string::npos;
  return word{std::move(text), std::move(path), at(value), is_substituted};
}

bool reader::is_name(const outcome<std::string>& name, const node::entry& e) {
  auto& s = scopes_.back();
  s.known.push_back(e.key);
  const auto* const c = std::get_if<complaint>(&name);
  if (c)
    report({file_, e.key_line}, s.path,
           quoted_key(e.key) + " is not a name: " + c->text);
  return !c;
}

std::vector<std::string> reader::split_entry(const node& entry,
                                             const std::string& path) const {
  const auto refuse = [&](std::string why) {
    found_.faults.add({at(entry), path, std::move(why)});
    return std::vector<std::string>{};
  };
  if (entry.kind != shape::scalar)
    return refuse("must be a single value (is "
                  + std::string{shape_name(entry.kind)} + ")");
  auto expanded = expand(entry.text, env_);
  if (const auto* c = std::get_if<complaint>(&expanded))
    return refuse(c->text);
  auto& text = std::get<std::string>(expanded);
  const auto variable = sole_reference(entry.text);
  if (!variable)
    return {std::move(text)};
  auto parts = split_at_commas(text);
  return parts.empty()
             ? refuse("environment variable " + *variable + " is empty")
             : parts;
}

std::optional<std::vector<reader::word>>
reader::find_words(std::string_view pattern, std::size_t count_min,
                   std::size_t count_max) {
  const auto path = child_path(key_of(pattern));
  const node* const list = find(pattern);
  if (!list) {
    if (count_min != 0)
      report(scopes_.back().where, path, "is missing");
    return std::nullopt;
  }
  found_.locations[path] = at(*list);
  if (!check_count(*list, path, count_min, count_max))
    return std::nullopt;
  std::vector<word> words;
  for (const auto& entry : list->entries) {
    const bool is_substituted =
        entry.value->text.find("${") != std::string::npos;
    // The index counts what comes out, as the keys' public ids do.
    for (auto& text :
         split_entry(*entry.value, element_path(path, words.size()))) {
      if (words.size() == count_max) {
        report(at(*list), path,
               "may have at most " + std::to_string(count_max) + " entries");
        return words;
      }
      auto where = at(*entry.value);
      auto own_path = element_path(path, words.size());
      found_.locations[own_path] = where;
      words.push_back({std::move(text), std::move(own_path), std::move(where),
                       is_substituted});
    }
  }
  return words;
}

std::vector<const node*> reader::find_elements(std::string_view pattern,
                                               const std::string& path,
                                               std::size_t count_min,
                                               std::size_t count_max) {
  std::vector<const node*> elements;
  const node* const list = find(pattern);
  if (!list) {
    if (count_min != 0)
      report(scopes_.back().where, path, "is missing");
    return elements;
  }
  found_.locations[path] = at(*list);
  if (check_count(*list, path, count_min, count_max))
    for (const auto& entry : list->entries)
      elements.push_back(entry.value.get());
  return elements;
}

bool reader::check_count(const node& list, const std::string& path,
                         std::size_t min, std::size_t max) {
  if (list.kind != shape::list) {
    report(at(list), path,
           "must be a list (is " + std::string{shape_name(list.kind)} + ")");
    return false;
  }
  const auto count = list.entries.size();
  if (count < min)
    report(at(list), path,
           "must have at least " + std::to_string(min) + " entry");
  if (count > max)
    report(at(list), path,
           "may have at most " + std::to_string(max) + " entries");
  return count >= min && count <= max;
}

bool reader::is_one_of_many() const {
  return std::ranges::any_of(scopes_, is_in_list, &scope::pattern);
}

bool reader::enter_map(std::string_view pattern, const node& map,
                       std::size_t max) {
  auto path = child_path(key_of(pattern));
  if (map.entries.size() > max) {
    report(at(map), std::move(path),
           "may have at most " + std::to_string(max) + " entries");
    return false;
  }
  return enter(pattern, &map, std::move(path));
}

bool reader::enter(std::string_view pattern, const node* map,
                   std::string path) {
  if (map && map->kind != shape::map) {
    report(at(*map), std::move(path),
           "must be a section of `key: value` (is "
               + std::string{shape_name(map->kind)} + ")");
    return false;
  }
  location where = map               ? at(*map)
                   : scopes_.empty() ? location{file_, 0}
                                     : scopes_.back().where;
  found_.locations[path] = where;
  scopes_.push_back({map, std::move(path), pattern, std::move(where), {}});
  return true;
}

void reader::leave() {
  const scope s = std::move(scopes_.back());
  scopes_.pop_back();
  if (!s.map)
    return;
  std::map<std::string_view, std::size_t> first_lines;
  for (const auto& e : s.map->entries) {
    const auto [first, is_new] = first_lines.emplace(e.key, e.key_line);
    if (!is_new)
      report({file_, e.key_line}, s.path,
             quoted_key(e.key) + " is given twice (first on line "
                 + std::to_string(first->second) + ")");
    else if (std::ranges::find(s.known, e.key) == s.known.end())
      report_unknown(s, e);
  }
}

void reader::report_unknown(const scope& s, const node::entry& e) {
  if (found_.faults.full()) {
    report({file_, e.key_line}, s.path, "");  // only counted
    return;
  }
  std::string pattern{s.pattern};
  pattern.append(pattern.empty() ? "" : ".").append(e.key);
  auto message = quoted_key(e.key);
  if (is_announced(pattern)) {
    message += " is a part that this version does not know yet";
  } else {
    message += " is not a known key";
    if (const auto meant = nearest(e.key, s.known); !meant.empty())
      message += ", did you mean `" + std::string{meant} + "`?";
  }
  report({file_, e.key_line}, s.path, std::move(message));
}

}  // namespace troupe::config
