#include "http/wire/identity/cache_policy.hpp"

namespace troupe::http::wire {

namespace {

bool allowed(config::cache_policy policy, const cache_wish& wish,
             const request_identity& id) {
  if (!id.cacheable)
    return false;
  switch (policy) {
  case config::cache_policy::never:
    return false;
  case config::cache_policy::always:
    return true;
  case config::cache_policy::deterministic:
    return id.deterministic || wish.asked();
  }
  return false;
}

}  // namespace

bool may_read(config::cache_policy policy, const cache_wish& wish,
              const request_identity& id) {
  return wish.reads && allowed(policy, wish, id);
}

bool may_keep(config::cache_policy policy, const cache_wish& wish,
              const request_identity& id) {
  return wish.keeps && allowed(policy, wish, id);
}

bool may_keep(config::cache_policy policy, const cache_wish& wish,
              const request_identity& id, const answer_worth& answer) {
  return answer.keepable && (wish.tools || !answer.has_tool_calls)
         && may_keep(policy, wish, id);
}

bool may_resemble(config::semantic_policy policy, config::toggle model,
                  const cache_wish& wish, const request_identity& id) {
  if (!id.cacheable || id.topic.empty() || (!wish.reads && !wish.keeps))
    return false;
  switch (policy) {
  case config::semantic_policy::never:
    return false;
  case config::semantic_policy::always:
    return true;
  case config::semantic_policy::opt_in:
    return wish.semantic || model == config::toggle::on;
  }
  return false;
}

}  // namespace troupe::http::wire
