// One thing wrong with the configuration, and the list of all of them.
//
// A fault says where (file and line, or the environment variable), what (the
// knob's path) and what it must be instead. It never carries a secret: whoever
// adds one leaves out any value that came from the environment or belongs to a
// secret knob.

#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace troupe::config {

/// Where a piece of configuration was written.
struct location {
  std::string file;      ///< A file's name, or an environment variable's.
  std::size_t line = 0;  ///< Counted from 1; 0 = no line.

  friend bool operator==(const location&, const location&) = default;
};

/// One complaint. Prints as `troupe.yaml:12: http.listen: must be ...`.
struct fault {
  location where;
  std::string path;  ///< `providers[0].limits.rpm`; empty = the whole file.
  std::string message;

  friend bool operator==(const fault&, const fault&) = default;
};

std::ostream& operator<<(std::ostream& out, const fault& f);

/// Everything that is wrong, up to an edge.
class fault_list {
public:
  /// More than anybody reads at once; the rest is only counted.
  static constexpr std::size_t size_max = 200;

  void add(fault f);

  /// True when further faults are only counted.
  bool full() const noexcept { return faults_.size() >= size_max; }

  /// Ends the collection: the faults in the order of their lines, those without
  /// a line last, and one that says how many were left out.
  std::vector<fault> take();

private:
  std::vector<fault> faults_;
  std::size_t left_out_ = 0;
};

}  // namespace troupe::config
