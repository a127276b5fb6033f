// What reading one piece of configuration text gives: a value or a complaint.
//
// A complaint is the second half of a sentence whose first half is the knob's
// path: "must lie between 0 and 10". It never repeats the text it complains
// about, because that text may be a secret; whoever knows that it is not may
// add it (config/reader.hpp does).

#pragma once

#include <string>
#include <utility>
#include <variant>

namespace troupe::config {

/// Says what a text must be instead, without quoting it.
struct complaint {
  std::string text;

  friend bool operator==(const complaint&, const complaint&) = default;
};

/// Either the value read or the complaint about it.
template <class T>
using outcome = std::variant<T, complaint>;

}  // namespace troupe::config
