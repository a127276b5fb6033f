#include "actors/router/target_board.hpp"

#include <unordered_map>
#include <utility>

namespace troupe {

void target_board::adopt(routing_ptr routes) {
  std::unordered_map<std::string, entry> known;
  for (std::size_t i = 0; i < places_.size(); ++i)
    known.emplace(routes_->targets()[i].name, entries_[places_[i]]);
  std::unordered_map<std::string, std::size_t> placed;
  places_.clear();
  entries_.clear();
  for (const auto& t : routes->targets()) {
    const auto [place, is_new] = placed.emplace(t.name, entries_.size());
    places_.push_back(place->second);
    if (!is_new)
      continue;
    const auto& settings = routes->providers()[t.provider].settings->breaker;
    if (const auto found = known.find(t.name); found != known.end()) {
      entries_.push_back(std::move(found->second));
      entries_.back().state.adopt(settings);
    } else {
      entries_.push_back({breaker{settings}});
    }
  }
  routes_ = std::move(routes);
}

bool target_board::admits(target_index t, time_point now) {
  auto& e = at(t);
  if (e.state.is_probing() && now - e.probe_since >= probe_patience)
    e.state.withdraw(true);
  return e.state.admits(now);
}

std::optional<time_point> target_board::admits_at(target_index t) const {
  return at(t).state.admits_at();
}

bool target_board::lend(target_index t, time_point now) {
  auto& e = at(t);
  const bool probe = e.state.lend();
  if (probe)
    e.probe_since = now;
  return probe;
}

target_board::finding target_board::judge(const target_report& r,
                                          time_point now, double random) {
  const auto target = current(r);
  if (!target)
    return {};
  auto& e = at(*target);
  if (r.fault == fault::none && r.first_byte.count() > 0) {
    const auto ms = static_cast<double>(r.first_byte.count());
    const bool fresh = e.measured && now - *e.measured < latency_age_max;
    e.latency_ms =
        fresh ? e.latency_ms + latency_weight * (ms - e.latency_ms) : ms;
    e.measured = now;
  }
  // A probe that came back after its patience is a call like any other.
  const bool probe = r.probe && e.state.is_probing();
  const bool tells = r.fault == fault::none || rule_of(r.fault).blames_target;
  const bool opened =
      e.state.judge({.fault = tells ? r.fault : fault::abandoned,
                     .retry_after = r.retry_after,
                     .probe = probe},
                    now, random);
  e.is_suspect->store(e.state.is_suspect());
  if (opened)
    return {verdict::opened, *target};
  if (probe && r.fault == fault::none)
    return {verdict::closed, *target};
  return {};
}

// The target of that name now: the report may speak of an earlier routing's.
std::optional<target_index>
target_board::current(const target_report& r) const {
  if (r.routes == routes_)
    return r.target;
  const auto& name = r.routes->targets()[r.target].name;
  const auto& all = routes_->targets();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == name)
      return static_cast<target_index>(i);
  return std::nullopt;
}

std::optional<std::chrono::milliseconds>
target_board::latency(target_index t, time_point now) const {
  const auto& e = at(t);
  if (!e.measured || now - *e.measured >= latency_age_max)
    return std::nullopt;
  return milliseconds{static_cast<std::int64_t>(e.latency_ms)};
}

}  // namespace troupe
