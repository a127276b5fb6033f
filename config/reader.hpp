// The visitor that fills settings from a document and the environment.
//
// It goes through the rows of config/sections.hpp with the document's nodes at
// its side: a variable that overrides a knob wins over the file, the file over
// the default. One rule: everything in the document is either read into a field
// or reported, and reading goes on after a fault. It remembers where each value
// was written, so that later checks (config/rules.hpp) can say so too.
//
// A fault shows the text it complains about only if it stands in the file as
// such and the knob is not a secret.

#pragma once

#include "config/document.hpp"
#include "config/environment.hpp"
#include "config/fault.hpp"
#include "config/provider_defaults.hpp"
#include "config/sections.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::config {

/// Where each path of the settings was written.
using location_map = std::map<std::string, location, std::less<>>;

/// What a reading leaves beside the settings.
struct findings {
  fault_list faults;
  location_map locations;
};

class reader {
public:
  /// Reads what `file` holds; `env` and `found` must outlive the reader.
  reader(std::string_view file, const environment& env, findings& found);

  /// Fills `s` from the document's root.
  void read(const node& root, settings& s);

  /// Appends one element, as if it stood at the end of the list in the file.
  template <class List>
  void append(const group& g, const node& element, List& list) {
    append_at(g, key_of(g.path), element, list);
  }

  // -- as a visitor -----------------------------------------------------------

  template <class Format>
  void operator()(const knob<Format>& k, typename Format::value& field) {
    if (auto w = find_word({k.path, k.presence, k.variable, k.variable_unit}))
      accept(*w, Format::read(w->text, k.min, k.max), Format::secret, field);
  }

  template <class Format>
  void operator()(const list_knob<Format>& k,
                  std::vector<typename Format::value>& field) {
    const auto words = find_words(k.path, k.count_min, k.count_max);
    if (!words)
      return;
    field.clear();
    for (const word& w : *words)
      accept(w, Format::read(w.text, k.min, k.max), Format::secret,
             field.emplace_back());
  }

  template <class NameFormat, class Format>
  void operator()(const map_knob<NameFormat, Format>& k,
                  std::map<std::string, typename Format::value>& field) {
    const node* const entries = find(k.path);
    if (!entries || !enter_map(k.path, *entries, k.count_max))
      return;
    field.clear();
    for (const auto& e : entries->entries)
      if (is_name(NameFormat::read(e.key, k.name_min, k.name_max), e))
        if (const auto w = read_word(*e.value, child_path(e.key)))
          accept(*w, Format::read(w->text, k.min, k.max), Format::secret,
                 field[e.key]);
    leave();
  }

  template <class Section>
  void section(const group& g, Section& field) {
    if (enter(g.path, find(g.path), child_path(key_of(g.path))))
      describe_and_leave(field);
  }

  template <class Section>
  void optional(const group& g, std::optional<Section>& field) {
    if (find(g.path) || is_overridden<Section>())
      section(g, field.emplace());
  }

  template <class List>
  void list(const group& g, List& field) {
    const auto path = child_path(key_of(g.path));
    for (const node* element :
         find_elements(g.path, path, g.count_min, g.count_max))
      append_at(g, path, *element, field);
  }

  // Elements that are in `list` already are there without a word; the file may
  // change them.
  template <class NameFormat, class Element>
  void map(const map_group<NameFormat>& g, const Element& defaults,
           std::vector<std::shared_ptr<const Element>>& list) {
    for (auto& e : list)
      e = std::make_shared<const Element>(with_defaults(*e, defaults));
    const node* const entries = find(g.path);
    if (!entries || !enter_map(g.path, *entries, g.count_max))
      return;
    for (const auto& e : entries->entries)
      if (is_name(NameFormat::read(e.key, g.name_min, g.name_max), e))
        read_element(g.path, e, defaults, list);
    leave();
  }

private:
  // One text with everything a complaint about it needs.
  struct word {
    std::string text;
    std::string path;
    location where;
    bool is_from_environment;
  };

  // What of a knob decides where its text comes from.
  struct source {
    std::string_view path;
    need presence;
    std::string_view variable;
    std::string_view variable_unit;
  };

  // The map that is being read; null where the file has none.
  struct scope {
    const node* map;
    std::string path;          // providers[0].limits
    std::string_view pattern;  // providers[].limits
    location where;
    std::vector<std::string_view> known;
  };

  // Finds out whether a variable overrides anything in a section.
  struct override_search {
    const environment& env;
    bool found = false;

    template <class Format>
    void operator()(const knob<Format>& k, const typename Format::value&) {
      found |= !is_in_list(k.path)
               && (find_nonempty(env, override_name(k.path)).has_value()
                   || find_nonempty(env, std::string{k.variable}).has_value());
    }
  };

  template <class Section>
  bool is_overridden() const {
    Section probe;
    override_search search{env_};
    describe(search, probe);
    return search.found;
  }

  template <class Section>
  void describe_and_leave(Section& field) {
    describe(*this, field);
    leave();
  }

  template <class List>
  void append_at(const group& g, const std::string_view path,
                 const node& element, List& list) {
    auto item = make_element(list);
    if (enter(g.path, &element, element_path(path, list.size())))
      describe_and_leave(item);
    complete(item);
    push(list, std::move(item));
  }

  template <class Element>
  void read_element(std::string_view pattern, const node::entry& e,
                    const Element& defaults,
                    std::vector<std::shared_ptr<const Element>>& list) {
    auto place = std::ranges::find(list, e.key, &Element::name);
    if (place == list.end()) {
      Element own;
      own.name = e.key;
      place = list.insert(list.end(), std::make_shared<const Element>(
                                          with_defaults(own, defaults)));
    }
    auto element = std::make_shared<Element>(**place);
    const bool is_silent = e.value->kind == shape::null;
    if (enter(pattern, is_silent ? nullptr : e.value.get(), child_path(e.key)))
      describe_and_leave(*element);
    *place = std::move(element);
  }

  // Whether the key of `e` may be a name, which the outcome says; reported if
  // not. Known it is in any case.
  bool is_name(const outcome<std::string>& name, const node::entry& e);

  template <class Element>
  static Element make_element(const std::vector<Element>&) {
    return {};
  }
  template <class Element>
  static Element
  make_element(const std::vector<std::shared_ptr<const Element>>&) {
    return {};
  }
  template <class Element>
  static void push(std::vector<Element>& list, Element&& item) {
    list.push_back(std::move(item));
  }
  template <class Element>
  static void push(std::vector<std::shared_ptr<const Element>>& list,
                   Element&& item) {
    list.push_back(std::make_shared<const Element>(std::move(item)));
  }

  template <class Value>
  void accept(const word& w, outcome<Value> result, bool secret, Value& field) {
    if (auto* value = std::get_if<Value>(&result))
      field = std::move(*value);
    else
      complain(w, std::get<complaint>(result), secret);
  }

  static std::string element_path(std::string_view list, std::size_t index);
  std::string child_path(std::string_view key) const;
  location at(const node& n) const { return {file_, n.line}; }

  // The child with the pattern's last name, unless it is absent or null; notes
  // that the name is known.
  const node* find(std::string_view pattern);
  std::optional<word> find_word(const source& k);
  std::optional<word> read_word(const node& value, std::string path);
  std::optional<word> find_override(const source& k,
                                    const std::string& path) const;
  std::optional<std::vector<word>> find_words(std::string_view pattern,
                                              std::size_t count_min,
                                              std::size_t count_max);
  std::vector<const node*> find_elements(std::string_view pattern,
                                         const std::string& path,
                                         std::size_t count_min,
                                         std::size_t count_max);
  std::vector<std::string> split_entry(const node& entry,
                                       const std::string& path) const;

  // Whether the scope is one of many, where no variable can override.
  bool is_one_of_many() const;

  // As `enter`; the map's keys are names, and not too many.
  bool enter_map(std::string_view pattern, const node& map, std::size_t max);
  // Opens a scope; false, with a fault, if the node is not a map.
  bool enter(std::string_view pattern, const node* map, std::string path);
  // Closes it and reports what nobody asked for.
  void leave();
  void report_unknown(const scope& s, const node::entry& e);

  bool check_count(const node& list, const std::string& path, std::size_t min,
                   std::size_t max);
  void report(location where, std::string path, std::string message);
  void complain(const word& w, const complaint& c, bool secret);

  std::string file_;
  const environment& env_;
  findings& found_;
  std::vector<scope> scopes_;
};

}  // namespace troupe::config
