#include "actors/cache_shard/purge_book.hpp"

#include "actors/cache_shard/glob.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

bool concerns(const cache_purge& what, const purge_subject& x) noexcept {
  if (what.space != x.space || !(what.every_tenant || what.tenant == x.tenant))
    return false;
  if (!what.pattern.empty() && matches(what.pattern, x.name))
    return true;
  return !what.tag.empty()
         && std::find(x.tags->begin(), x.tags->end(), what.tag)
                != x.tags->end();
}

purge_rule purge_book::retire_oldest() {
  auto rule = std::move(active_.front());
  active_.pop_front();
  remember(rule);
  return rule;
}

void purge_book::remember(purge_rule rule) {
  past_.push_back(std::move(rule));
  if (past_.size() <= past_max)
    return;
  forgotten_ = std::max(forgotten_, past_.front().sequence);
  past_.pop_front();
}

purge_rule* purge_book::find(const purge_subject& x, std::uint64_t sequence) {
  if (active_.empty() || active_.back().sequence < sequence)
    return nullptr;
  for (auto& rule : active_)
    if (rule.sequence > sequence && concerns(rule.what, x))
      return &rule;
  return nullptr;
}

bool purge_book::forbids(const purge_subject& x, std::uint64_t begun) const {
  if (begun < forgotten_)
    return true;
  const auto is_about = [&](const purge_rule& rule) {
    return rule.sequence > begun && concerns(rule.what, x);
  };
  return std::ranges::any_of(past_, is_about)
         || std::ranges::any_of(active_, is_about);
}

}  // namespace troupe
