#include "config/reference.hpp"

#include "config/sections.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::config {
namespace {

constexpr std::size_t indent = 2;        // columns a level
constexpr std::size_t help_column = 36;  // clears all but a few lines

constexpr std::string_view introduction =
    R"(# Configuration of troupe; printed from the knobs, so it is complete.
# Every value here is the default; what is commented out has none and shows an
# example. Durations: 250ms, 15s, 5m, 24h, 7d. Sizes: 64KiB, 32MiB. ${NAME} is
# read from the environment (within {} and [] it must stand in quotes); in a
# list, a comma-separated value becomes several entries. TROUPE_<PATH> overrides
# whatever is in no list and no queue: http.listen by TROUPE_HTTP_LISTEN.
# `troupe check FILE` says all that is wrong with a file.
)";

template <class Element>
Element element_of(const std::vector<Element>&) {
  return {};
}
template <class Element>
Element element_of(const std::vector<std::shared_ptr<const Element>>&) {
  return {};
}

// "; CACHE_TTL sets it too, in s".
template <class Format>
std::string help_of(const knob<Format>& k) {
  std::string help{k.help};
  if (k.variable.empty())
    return help;
  help.append("; also set by ").append(k.variable);
  if (!k.variable_unit.empty())
    help.append(" (a bare number counts ").append(k.variable_unit).append(")");
  return help;
}
template <class Format>
std::string help_of(const list_knob<Format>& k) {
  return std::string{k.help};
}

template <class NameFormat, class Format>
std::string help_of(const map_knob<NameFormat, Format>& k) {
  return std::string{k.help};
}
template <class NameFormat, class Format>
std::string default_text(const map_knob<NameFormat, Format>&) {
  return {};
}

// "Where clients connect (address and port)".
template <class Knob>
std::string help_with_bounds(const Knob& k, std::string bounds) {
  return help_of(k) + " (" + std::move(bounds) + ")";
}

class example_writer {
public:
  std::string text{introduction};

  template <class Format>
  void operator()(const knob<Format>& k, const typename Format::value&) {
    value(k, Format::bounds(k.min, k.max));
  }
  template <class Format>
  void operator()(const list_knob<Format>& k,
                  const std::vector<typename Format::value>&) {
    value(k, Format::bounds(k.min, k.max));
  }

  template <class NameFormat, class Format>
  void operator()(const map_knob<NameFormat, Format>& k,
                  const std::map<std::string, typename Format::value>&) {
    value(k, "each " + Format::bounds(k.min, k.max));
  }

  template <class Section>
  void section(const group& g, Section& s) {
    open(g);
    describe(*this, s);
    --depth_;
  }

  template <class Section>
  void optional(const group& g, const std::optional<Section>&) {
    const commented_block block{*this};
    Section s;
    section(g, s);
  }

  template <class List>
  void list(const group& g, const List& l) {
    const commented_block block{*this};
    auto element = element_of(l);
    open(g);
    ++depth_;
    dash_ = true;
    describe(*this, element);
    depth_ -= 2;
  }

  // One made-up element, with what only such a one may say.
  template <class NameFormat, class Element>
  void map(const map_group<NameFormat>& g, const Element&,
           const std::vector<std::shared_ptr<const Element>>&) {
    const commented_block block{*this};
    open({.path = g.path, .help = g.help});
    line(std::string{g.example} + ":",
         "Its name: " + NameFormat::bounds(g.name_min, g.name_max));
    ++depth_;
    Element element;
    describe_itself(*this, element);
    depth_ -= 2;
  }

private:
  // Comments out the lines written while it lives, from the column of the
  // outermost such block on.
  class commented_block {
  public:
    explicit commented_block(example_writer& w, bool wanted = true)
        : writer_(w), before_(w.comment_depth_) {
      if (wanted && !before_)
        w.comment_depth_ = w.depth_;
    }
    commented_block(const commented_block&) = delete;
    commented_block& operator=(const commented_block&) = delete;
    ~commented_block() { writer_.comment_depth_ = before_; }

  private:
    example_writer& writer_;
    std::optional<std::size_t> before_;
  };

  void open(const group& g) {
    if (depth_ == 0)
      text += '\n';
    line(std::string{key_of(g.path)} + ":", std::string{g.help});
    ++depth_;
  }

  template <class Knob>
  void value(const Knob& k, std::string bounds) {
    const commented_block block{*this, !k.example.empty()};
    const auto shown =
        k.example.empty() ? default_text(k) : std::string{k.example};
    line(std::string{key_of(k.path)} + ": " + shown,
         help_with_bounds(k, std::move(bounds)));
  }

  void line(const std::string& content, const std::string& help) {
    std::string lead(depth_ * indent, ' ');
    if (std::exchange(dash_, false))
      lead.replace(lead.size() - indent, indent, "- ");
    if (comment_depth_)
      lead.insert(*comment_depth_ * indent, "# ");
    std::string all = lead + content;
    all.resize(std::max(all.size() + 1, help_column), ' ');
    text += all + "# " + help + '\n';
  }

  std::size_t depth_ = 0;
  std::optional<std::size_t> comment_depth_;
  bool dash_ = false;
};

class table_writer {
public:
  std::string text =
      "| Path | Default | Values | What it does |\n| --- | --- | --- | --- |\n";

  template <class Format>
  void operator()(const knob<Format>& k, const typename Format::value&) {
    row(k, k.presence == need::required, Format::bounds(k.min, k.max));
  }
  template <class Format>
  void operator()(const list_knob<Format>& k,
                  const std::vector<typename Format::value>&) {
    row(k, k.count_min != 0, "list, each " + Format::bounds(k.min, k.max));
  }
  template <class NameFormat, class Format>
  void operator()(const map_knob<NameFormat, Format>& k,
                  const std::map<std::string, typename Format::value>&) {
    row(k, false, "map, each " + Format::bounds(k.min, k.max));
  }
  template <class Section>
  void section(const group&, Section& s) {
    describe(*this, s);
  }
  template <class Section>
  void optional(const group&, const std::optional<Section>&) {
    Section s;
    describe(*this, s);
  }
  template <class List>
  void list(const group&, const List& l) {
    auto element = element_of(l);
    describe(*this, element);
  }
  template <class NameFormat, class Element>
  void map(const map_group<NameFormat>&, const Element&,
           const std::vector<std::shared_ptr<const Element>>&) {
    Element element;
    describe_itself(*this, element);
  }

private:
  template <class Knob>
  void row(const Knob& k, bool required, const std::string& bounds) {
    const auto fallback = default_text(k);
    const auto shown = required           ? "required"
                       : fallback.empty() ? "none"
                                          : "`" + fallback + "`";
    text += "| `" + std::string{k.path} + "` | " + shown + " | " + bounds
            + " | " + help_of(k) + " |\n";
  }
};

template <class Writer>
std::string written() {
  Writer w;
  settings s;
  describe(w, s);
  return std::move(w.text);
}

}  // namespace

std::string example_file() {
  return written<example_writer>();
}

std::string knobs_table() {
  return written<table_writer>();
}

}  // namespace troupe::config
