#include "http/routes/cache/warming.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace troupe::http::app_cache {

warming::warming(entry_list entries, entry_defaults by, place_kind places)
    : entries_(std::move(entries)), by_(std::move(by)), places_(places) {}

bool warming::fill() {
  batch_.clear();
  batch_places_.clear();
  for (; next_ < entries_.size() && batch_.size() < warm_batch; ++next_) {
    if (places_ == place_kind::line && entries_[next_].empty())
      continue;
    auto read = read_entry(entries_[next_], by_);
    if (const auto* fault = std::get_if<entry_fault>(&read)) {
      refuse(next_, fault->key, fault->why);
    } else {
      batch_.push_back(std::move(std::get<cache_change>(read)));
      batch_places_.push_back(next_);
    }
  }
  return !batch_.empty();
}

void warming::take(const cache_receipts& receipts) {
  for (std::size_t i = 0; i < receipts.size() && i < batch_.size(); ++i) {
    if (receipts[i].outcome == cache_outcome::done)
      ++kept_;
    else
      refuse(batch_places_[i], batch_[i].key.name,
             why_refused(receipts[i].outcome));
  }
}

void warming::refuse(std::size_t at, const std::string& key,
                     std::string_view why) {
  if (++refused_ > refusals_told_max)
    return;
  const auto place = places_ == place_kind::line ? at + 1 : at;
  refusals_.push_back({place, key, std::string{why}});
}

std::string warming::print() const {
  using nlohmann::ordered_json;
  auto told = ordered_json::array();
  const auto* const place = places_ == place_kind::line ? "line" : "index";
  for (const auto& r : refusals_)
    told.push_back({{place, r.place}, {"key", r.key}, {"why", r.why}});
  return ordered_json{
      {"kept", kept_}, {"refused_count", refused_}, {"refused", told}}
      .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace troupe::http::app_cache
