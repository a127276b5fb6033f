// One knob, declared once.
//
// A knob carries everything that any reader of a setting needs: its path in the
// file, how its value is written (the format, a type of config/formats.hpp),
// its default, its legal range, and one sentence of help. The parser, the
// validator, the environment's overrides, the example file and the table of the
// README are all derived from these declarations (config/knobs.hpp) and from
// the rows that join them to fields (config/sections.hpp).
//
// In a path, `[]` marks a list, `{}` a map from names that the operator gives:
// `providers[].limits.rpm`, `queues{}.url`.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace troupe::config {

/// Whether the file may leave a knob out.
enum class need : std::uint8_t { optional, required };

/// A single value.
template <class Format>
struct knob {
  std::string_view path;
  /// Used when the file is silent. Means nothing for a required knob.
  typename Format::literal fallback = {};
  typename Format::bound min = {};  ///< Smallest legal value, inclusive.
  typename Format::bound max = {};  ///< Largest legal value, inclusive.
  std::string_view help;            ///< One sentence without its full stop.
  /// Shown, commented out, in the example file instead of a default.
  std::string_view example = {};
  need presence = need::optional;
  /// A variable that overrides it where TROUPE_<PATH> does not.
  std::string_view variable = {};
  /// What a bare number in that variable counts: `s` for seconds.
  std::string_view variable_unit = {};
};

/// A list of single values, each within the bounds.
template <class Format>
struct list_knob {
  std::string_view path;
  std::span<const typename Format::literal> fallback = {};
  typename Format::bound min = {};
  typename Format::bound max = {};
  std::size_t count_min = 0;
  std::size_t count_max = 0;
  std::string_view help;
  std::string_view example = {};  ///< In YAML.
};

/// A map from names to single values, each within the bounds.
template <class NameFormat, class Format>
struct map_knob {
  std::string_view path;
  typename NameFormat::bound name_min = {};
  typename NameFormat::bound name_max = {};
  typename Format::bound min = {};
  typename Format::bound max = {};
  std::size_t count_max = 0;
  std::string_view help;
  std::string_view example = {};  ///< In YAML.
};

/// A section, or a list of sections, that holds other knobs.
struct group {
  std::string_view path;  ///< Ends in `[]` for a list; empty for the file.
  std::string_view help;
  std::size_t count_min = 0;  ///< Both only of a list.
  std::size_t count_max = 0;
};

/// A map from names to sections.
template <class NameFormat>
struct map_group {
  std::string_view path;  ///< Ends in `{}`.
  std::string_view help;
  typename NameFormat::bound name_min = {};
  typename NameFormat::bound name_max = {};
  std::size_t count_max = 0;
  std::string_view example = {};  ///< A name.
};

/// The last name in a path, as it stands in the file: `limits`, `providers`.
constexpr std::string_view key_of(std::string_view path) noexcept {
  if (path.ends_with("[]") || path.ends_with("{}"))
    path.remove_suffix(2);
  return path.substr(path.rfind('.') + 1);
}

/// True if the path leads into a list or a map, where no variable can override.
constexpr bool is_in_list(std::string_view path) noexcept {
  return path.find("[]") != path.npos || path.find("{}") != path.npos;
}

/// The default as it would be written in the file; empty if there is none.
template <class Format>
std::string default_text([[maybe_unused]] const knob<Format>& k) {
  if constexpr (requires { Format::make(k.fallback); })
    return k.presence == need::required
               ? std::string{}
               : Format::print(Format::make(k.fallback));
  else
    return {};
}

/// The list's default in YAML: `[70%, 85%, 95%]`; empty if there is none.
template <class Format>
std::string default_text(const list_knob<Format>& k) {
  std::string all;
  if constexpr (requires { Format::make(k.fallback[0]); })
    for (const auto& x : k.fallback)
      all += (all.empty() ? "[" : ", ") + Format::print(Format::make(x));
  return all.empty() ? all : all + "]";
}

}  // namespace troupe::config
