// Reads the fields of a request and remembers the first that is wrong.
//
// Every getter gives something usable, so that the reading code goes straight
// on; whoever reads asks `fault()` once, at the end. null means absent, as it
// does to the providers.

#pragma once

#include "http/simulator/json_text.hpp"
#include "http/simulator/refusal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::simulator {

class fields {
public:
  /// `path` is said before the names of fields, as in `messages[0].role`.
  explicit fields(const json& object, std::string path = {});

  /// The member `name` if present and not null.
  const json* any(const char* name) const;
  /// As `any`, and a fault if absent.
  const json* need(const char* name);

  std::optional<std::string> text(const char* name);
  std::string needed_text(const char* name);
  std::optional<std::uint64_t> whole(const char* name, std::uint64_t min,
                                     std::uint64_t max);
  void number(const char* name, double min, double max);
  bool flag(const char* name, bool fallback = false);
  const json* array(const char* name);
  const json* needed_array(const char* name);
  const json* object(const char* name);

  /// Reports that `name` is wrong, unless something was before.
  void wrong(std::string_view name, std::string_view why);
  /// Takes over another reader's fault.
  void absorb(const fields& part);

  const std::optional<refusal>& fault() const { return fault_; }
  std::string path_of(std::string_view name) const;

private:
  const json& object_;
  std::string path_;
  std::optional<refusal> fault_;
};

/// `name[i]`.
std::string indexed(std::string_view name, std::size_t i);

/// The text of `value`, empty if it is none. No copy.
std::string_view text_in(const json& value);

/// The text of the member `name` of `value`, empty if there is none.
std::string_view text_at(const json& value, const char* name);

}  // namespace troupe::simulator
