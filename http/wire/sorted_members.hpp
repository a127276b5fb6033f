// Values, and members of an object, in one form for all their spellings: for
// hashing, and of parts of a body (identity/ does the same for a whole one).
//
// The order of members, white space and escapes make no difference. Numbers
// stay as they were written.

#pragma once

#include "http/wire/json.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::http::wire {

/// Appends `v`; false if it is not sound, or has a member twice.
bool append_value(std::string& out, json::value& v, std::size_t depth);

/// The members of one object, as they come.
class sorted_members {
public:
  /// Takes a member; false if its value is no good. `depth` is that of `v`.
  bool add(std::string_view name, json::value& v, std::size_t depth);

  /// Takes note of a member that makes no difference.
  void pass(std::string_view name);

  /// Appends them in the order of their names; false if one came twice.
  bool append_to(std::string& out);

private:
  /// Name and form; none if it was passed.
  std::vector<std::pair<std::string, std::string>> all_;
};

}  // namespace troupe::http::wire
