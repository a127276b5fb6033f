#include "actors/semantic_cache/semantic_cache.hpp"

#include <array>
#include <utility>

namespace troupe {

std::string_view name_of(semantic_operation x) noexcept {
  static constexpr std::array<std::string_view, 7> names{
      "hit", "miss", "refused", "keep", "evict", "expire", "purge"};
  static_assert(names.size()
                == static_cast<std::size_t>(semantic_operation::count_));
  return names[static_cast<std::size_t>(x)];
}

semantic_cache_metrics
semantic_cache_metrics_of(const metric_catalog& catalog) {
  const std::string cache{"semantic"};
  return {catalog.counters(metric::cache_operations_total, {cache},
                           label_values<semantic_operation>()),
          catalog.gauge(metric::cache_entries, {cache}),
          catalog.gauge(metric::cache_bytes, {cache})};
}

semantic_cache_actor::behavior_type
semantic_cache(semantic_cache_state::self_pointer self,
               semantic_cache_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

semantic_cache_actor::behavior_type
semantic_cache_state::make_behavior(semantic_cache_deps deps) {
  deps_.emplace(std::move(deps));
  const auto bounds = bounds_of(*deps_->settings);
  threshold_ = bounds.threshold;
  memory_.emplace(bounds);
  show_size();  // Of an earlier incarnation nothing is left.
  self_->delayed_send(self_, semantic_sweep_interval, atom::sweep_v);
  return {
      [this](atom::find, const semantic_ticket& t) { find(t); },
      [this](atom::keep, const semantic_memory& m) { keep(m); },
      [this](atom::purge, const std::string& tag) { purge(tag); },
      [this](atom::adopt, const settings_ptr& s) { adopt(*s); },
      [this](atom::sweep) { sweep(); },
  };
}

void semantic_cache_state::find(const semantic_ticket& ticket) {
  if (!ticket.awaited())
    return;
  const auto& asked = ticket.matter();
  auto found = memory_->find(asked, now());
  if (!asked.explain) {
    using enum semantic_operation;
    const auto other = found.score >= threshold_ ? refused : miss;
    count(found.hit ? hit : other);
  }
  ticket.answer(std::move(found));
}

void semantic_cache_state::keep(const semantic_memory& memory) {
  const auto gone = memory_->keep(memory, now());
  count(semantic_operation::keep);
  count(semantic_operation::evict, gone);
  show_size();
}

void semantic_cache_state::purge(const std::string& tag) {
  count(semantic_operation::purge, memory_->purge(tag));
  show_size();
}

void semantic_cache_state::adopt(const config::settings& settings) {
  const auto bounds = bounds_of(settings);
  threshold_ = bounds.threshold;
  count(semantic_operation::evict, memory_->adopt(bounds));
  show_size();
}

void semantic_cache_state::sweep() {
  self_->delayed_send(self_, semantic_sweep_interval, atom::sweep_v);
  count(semantic_operation::expire, memory_->expire(now()));
  show_size();
}

void semantic_cache_state::count(semantic_operation what, std::size_t times) {
  deps_->metrics.done[what].Increment(static_cast<double>(times));
}

void semantic_cache_state::show_size() {
  deps_->metrics.entries.Set(static_cast<double>(memory_->size()));
  deps_->metrics.bytes.Set(static_cast<double>(memory_->bytes()));
}

time_point semantic_cache_state::now() const {
  return self_->clock().now();
}

}  // namespace troupe
