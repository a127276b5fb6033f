// A store that keeps everything in memory and says when: what a simulation
// writes to, and reads back after a crash.

#pragma once

#include "runtime/store/store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::test {

class model_store {
public:
  using space = std::map<std::int64_t, std::string>;

  /// Makes all changes of a batch, in their order.
  void apply(const store_batch& batch) {
    for (const auto& part : batch) {
      auto& there = spaces_[part.space];
      for (const auto& c : part.changes) {
        if (c.value)
          there[c.key] = *c.value;
        else
          there.erase(there.lower_bound(c.key), there.upper_bound(c.until));
      }
    }
  }

  /// All records of a space, in the order of their keys.
  std::vector<record> all_of(const std::string& name) const {
    std::vector<record> all;
    if (const auto found = spaces_.find(name); found != spaces_.end())
      for (const auto& [key, value] : found->second)
        all.push_back({key, value});
    return all;
  }

  /// Those of a range; all of them, however many.
  std::vector<record> read(const record_range& range) const {
    std::vector<record> out;
    if (const auto found = spaces_.find(range.space); found != spaces_.end())
      for (auto i = found->second.lower_bound(range.from);
           i != found->second.end() && i->first <= range.to; ++i)
        out.push_back({i->first, i->second});
    return out;
  }

private:
  std::map<std::string, space> spaces_;
};

}  // namespace troupe::test
