#include "actors/semantic_cache/answer_memory.hpp"

#include "actors/semantic_cache/guard.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace troupe {

namespace {

std::uint64_t bytes_of(const semantic_memory& m) {
  auto sum = memory_upkeep + m.topic.size() + 2 * m.text.size()
             + m.entry.value.size() + m.meaning->size() * sizeof(float);
  for (const auto& tag : m.entry.tags)
    sum += tag.size();
  return sum;
}

std::uint32_t in_parts(double score) {
  const auto whole = static_cast<double>(score_whole);
  return static_cast<std::uint32_t>(
      std::lround(std::clamp(score, 0.0, 1.0) * whole));
}

std::uint64_t ms_between(answer_memory::time_point from,
                         answer_memory::time_point to) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(
      0, std::chrono::duration_cast<std::chrono::milliseconds>(to - from)
             .count()));
}

// 0.9731, as people and headers have it.
std::string printed(std::uint32_t score) {
  auto digits = std::to_string(score_whole + score);
  const auto whole = digits.substr(0, 1) == "2" ? "1" : "0";
  return whole + ("." + digits.substr(1));
}

}  // namespace

memory_bounds bounds_of(const config::settings& settings) {
  const auto& s = settings.semantic_cache;
  return {.threshold = in_parts(s.threshold),
          .max_entries = s.max_entries,
          .max_bytes = settings.cache.max_bytes,
          .ttl = s.ttl};
}

std::size_t answer_memory::adopt(const memory_bounds& bounds) {
  bounds_ = bounds;
  return make_room();
}

semantic_finding answer_memory::find(const semantic_question& asked,
                                     time_point now) {
  semantic_finding result;
  const auto in = topics_.find(asked.topic);
  if (in == topics_.end() || !asked.meaning
      || asked.meaning->size() != in->second.index->dimensions())
    return result;
  const auto all = judge_all(in->second, asked, now);
  if (all.empty())
    return result;
  const auto best = std::ranges::find_if(
      all, [](const judged& j) { return j.refused.empty(); });
  result.hit = best != all.end();
  const auto& told = result.hit ? *best : all.front();
  auto& e = entries_.at(told.which);
  result.score = told.score;
  result.refused = told.refused;
  result.age_ms = ms_between(e.kept_at, now);
  if (result.hit) {
    result.entry = e.answer;
    if (!asked.explain)
      by_use_.splice(by_use_.end(), by_use_, e.in_use_order);
  }
  if (asked.explain)
    for (const auto& j : all) {
      const auto& of = entries_.at(j.which);
      result.nearest.push_back(
          {of.text, j.score, j.refused, ms_between(of.kept_at, now)});
    }
  return result;
}

// Best score first. The guard is only asked about those that are near enough,
// unless somebody wants to know it all.
std::vector<answer_memory::judged>
answer_memory::judge_all(const topic& in, const semantic_question& asked,
                         time_point now) const {
  const auto read = read_question(asked.text);
  std::vector<judged> all;
  for (const auto& n : in.index->nearest(*asked.meaning, candidates_max)) {
    const auto& e = entries_.at(n.id);
    if (is_over(e, now))
      continue;
    judged j{.which = n.id,
             .score = in_parts(semantic_score(n.cosine, read, e.read)),
             .refused = {}};
    if (j.score < bounds_.threshold)
      j.refused = "score: " + printed(j.score) + " is below the threshold of "
                  + printed(bounds_.threshold);
    if (j.refused.empty() || asked.explain)
      if (const auto why = differs(read, e.read))
        j.refused += (j.refused.empty() ? "" : "; ") + *why;
    all.push_back(std::move(j));
  }
  std::ranges::stable_sort(all, std::ranges::greater{}, &judged::score);
  return all;
}

std::size_t answer_memory::keep(semantic_memory memory, time_point now) {
  if (!memory.meaning || memory.meaning->empty())
    return 0;
  forget_same(memory);
  const auto bytes = bytes_of(memory);
  if (bytes > bounds_.max_bytes || bounds_.max_entries == 0)
    return 0;
  const auto gone = forget_others(memory);
  auto& in = topics_[memory.topic];
  if (!in.index)
    in.index = std::make_unique<neighbor_index>(memory.meaning->size());
  const auto which = next_++;
  in.index->add(which, *memory.meaning);
  in.by_text.emplace(memory.text, which);
  entries_.emplace(
      which, entry{.topic = std::move(memory.topic),
                   .text = memory.text,
                   .read = read_question(memory.text),
                   .answer = std::move(memory.entry),
                   .kept_at = now,
                   .bytes = bytes,
                   .in_use_order = by_use_.insert(by_use_.end(), which),
                   .in_keep_order = by_keep_.insert(by_keep_.end(), which)});
  bytes_ += bytes;
  return gone + make_room();
}

void answer_memory::forget_same(const semantic_memory& as) {
  const auto in = topics_.find(as.topic);
  if (in == topics_.end())
    return;
  if (const auto same = in->second.by_text.find(as.text);
      same != in->second.by_text.end())
    forget(same->second);
}

// Vectors of another embedder are of no use beside this one.
std::size_t answer_memory::forget_others(const semantic_memory& than) {
  const auto in = topics_.find(than.topic);
  if (in == topics_.end()
      || in->second.index->dimensions() == than.meaning->size())
    return 0;
  std::vector<id> others;
  for (const auto& [text, which] : in->second.by_text)
    others.push_back(which);
  for (const auto which : others)
    forget(which);
  return others.size();
}

std::size_t answer_memory::purge(std::string_view tag) {
  if (tag.empty()) {  // At once, not through ever smaller graphs.
    const auto gone = size();
    topics_.clear();
    entries_.clear();
    by_use_.clear();
    by_keep_.clear();
    bytes_ = 0;
    return gone;
  }
  std::vector<id> bearers;
  for (const auto& [which, e] : entries_)
    if (std::ranges::find(e.answer.tags, tag) != e.answer.tags.end())
      bearers.push_back(which);
  for (const auto which : bearers)
    forget(which);
  return bearers.size();
}

std::size_t answer_memory::expire(time_point now) {
  std::size_t gone = 0;
  for (; !by_keep_.empty() && is_over(entries_.at(by_keep_.front()), now);
       ++gone)
    forget(by_keep_.front());
  return gone;
}

std::size_t answer_memory::make_room() {
  std::size_t gone = 0;
  for (; entries_.size() > bounds_.max_entries || bytes_ > bounds_.max_bytes;
       ++gone)
    forget(by_use_.front());
  return gone;
}

void answer_memory::forget(id which) {
  const auto at = entries_.find(which);
  const auto& e = at->second;
  const auto in = topics_.find(e.topic);
  in->second.by_text.erase(e.text);
  in->second.index->remove(which);
  if (in->second.by_text.empty())
    topics_.erase(in);
  by_use_.erase(e.in_use_order);
  by_keep_.erase(e.in_keep_order);
  bytes_ -= e.bytes;
  entries_.erase(at);
}

}  // namespace troupe
