// Who the groups of a queue are, by tenant and name.
//
// A group is there while it has jobs, and while its rate is not yet free: or
// else it would be given a new one for the asking. So the roll is bounded by
// the jobs that are kept and those that began within one window.

#pragma once

#include "actors/queue/job_group.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace troupe {

class group_roll {
public:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept {
      return std::hash<std::string_view>{}(s);
    }
  };
  using groups = std::unordered_map<std::string, std::unique_ptr<job_group>,
                                    hash, std::equal_to<>>;

  /// The group with one job more, made if it is not there.
  job_group& enter(std::string_view tenant, std::string_view name);

  /// The group with one job less. Without any it is forgotten, at once if its
  /// rate is free, which `l` and `now` tell.
  void leave(job_group& g, const rate_window::limit& l, job_time now);

  /// Null if there are none.
  groups* of(std::string_view tenant);

  template <class F>
  void for_each(F&& f) {
    for (auto& [tenant, theirs] : tenants_)
      for (auto& [name, g] : theirs)
        f(*g);
  }

  std::size_t size() const noexcept { return size_; }

private:
  void rest(job_group& g);
  void forget_rested(const rate_window::limit& l, job_time now);
  void forget(job_group& g);

  std::unordered_map<std::string, groups, hash, std::equal_to<>> tenants_;
  std::deque<job_group*> resting_;  // Without jobs, or they were lately.
  std::size_t size_ = 0;
};

}  // namespace troupe
