#include "actors/job.hpp"

#include <array>

namespace troupe {

namespace {

template <class Enum>
using names_of =
    std::array<std::string_view, static_cast<std::size_t>(Enum::count_)>;

constexpr names_of<job_state> states{"waiting",   "delayed",         "active",
                                     "completed", "failed",          "dead",
                                     "paused",    "waiting_children"};
constexpr names_of<child_policy> policies{"fail", "ignore", "continue"};
constexpr names_of<backoff_kind> kinds{"exponential", "fixed", "custom"};
constexpr names_of<dedup_mode> modes{"simple", "throttle", "debounce",
                                     "keep_last"};
constexpr names_of<job_verb> verbs{
    "complete", "fail",  "heartbeat", "progress", "append", "checkpoint",
    "release",  "retry", "cancel",    "promote",  "remove", "adjust"};
constexpr names_of<job_refusal> refusals{"none", "unknown_job", "stale_token",
                                         "wrong_state"};
constexpr names_of<queue_verb> orders{"pause", "resume",  "drain",
                                      "clean", "redrive", "purge"};

template <class Enum>
std::string_view find(const names_of<Enum>& names, Enum x) noexcept {
  const auto at = static_cast<std::size_t>(x);
  return at < names.size() ? names[at] : std::string_view{};
}

}  // namespace

std::string_view name_of(job_state s) noexcept {
  return find<job_state>(states, s);
}

std::string_view name_of(backoff_kind k) noexcept {
  return find<backoff_kind>(kinds, k);
}

std::string_view name_of(dedup_mode m) noexcept {
  return find<dedup_mode>(modes, m);
}

std::string_view name_of(child_policy p) noexcept {
  return find<child_policy>(policies, p);
}

std::string_view name_of(job_verb v) noexcept {
  return find<job_verb>(verbs, v);
}

std::string_view name_of(job_refusal r) noexcept {
  return find<job_refusal>(refusals, r);
}

std::string_view name_of(queue_verb v) noexcept {
  return find<queue_verb>(orders, v);
}

}  // namespace troupe
