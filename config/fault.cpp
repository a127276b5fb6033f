#include "config/fault.hpp"

#include <algorithm>
#include <ostream>

namespace troupe::config {

std::ostream& operator<<(std::ostream& out, const fault& f) {
  out << f.where.file;
  if (f.where.line != 0)
    out << ':' << f.where.line;
  out << ": ";
  if (!f.path.empty())
    out << f.path << ": ";
  return out << f.message;
}

void fault_list::add(fault f) {
  if (full())
    ++left_out_;
  else
    faults_.push_back(std::move(f));
}

std::vector<fault> fault_list::take() {
  // Zero less one is the largest number: what has no line comes last.
  std::ranges::stable_sort(faults_, {},
                           [](const fault& f) { return f.where.line - 1; });
  if (left_out_ != 0)
    faults_.push_back({{faults_.front().where.file, 0},
                       "",
                       std::to_string(left_out_) + " more faults"});
  left_out_ = 0;
  return std::move(faults_);
}

}  // namespace troupe::config
