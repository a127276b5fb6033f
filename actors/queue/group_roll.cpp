#include "actors/queue/group_roll.hpp"

#include <cassert>

namespace troupe {

job_group& group_roll::enter(std::string_view tenant, std::string_view name) {
  auto theirs = tenants_.find(tenant);
  if (theirs == tenants_.end())
    theirs = tenants_.try_emplace(std::string{tenant}).first;
  auto found = theirs->second.find(name);
  if (found == theirs->second.end()) {
    found = theirs->second
                .emplace(std::string{name},
                         std::make_unique<job_group>(std::string{tenant},
                                                     std::string{name}))
                .first;
    ++size_;
  }
  ++found->second->jobs_;
  return *found->second;
}

void group_roll::leave(job_group& g, const rate_window::limit& l,
                       job_time now) {
  assert(g.jobs_ > 0);
  forget_rested(l, now);
  if (--g.jobs_ > 0 || g.is_resting_)
    return;
  if (g.rate_ && !g.rate_->is_over(l, now))
    rest(g);
  else
    forget(g);
}

group_roll::groups* group_roll::of(std::string_view tenant) {
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? nullptr : &found->second;
}

void group_roll::rest(job_group& g) {
  g.is_resting_ = true;
  resting_.push_back(&g);
}

void group_roll::forget_rested(const rate_window::limit& l, job_time now) {
  // Who came to rest first is free soonest, or nearly so: what is behind the
  // first one that is not yet waits for at most a window more.
  while (!resting_.empty()) {
    auto& g = *resting_.front();
    if (g.jobs_ == 0 && !g.rate_->is_over(l, now))
      return;
    resting_.pop_front();
    g.is_resting_ = false;
    if (g.jobs_ == 0)
      forget(g);
  }
}

void group_roll::forget(job_group& g) {
  const auto theirs = tenants_.find(g.tenant);
  theirs->second.erase(theirs->second.find(g.name));
  if (theirs->second.empty())
    tenants_.erase(theirs);
  --size_;
}

}  // namespace troupe
