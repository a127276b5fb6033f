#include "http/simulator/statistics.hpp"

#include "http/simulator/tokens.hpp"

#include <vector>

namespace troupe::simulator {

std::string public_name_of_key(std::string_view key) {
  // Every provider's real keys have 39 letters or more.
  constexpr std::size_t short_max = 20;
  constexpr std::size_t shown = 6;
  if (key.size() <= short_max)
    return std::string{key};
  return "..." + std::string{key.substr(key.size() - shown)};
}

void statistics::count(counts& in, const std::string& name) {
  if (name.empty())
    return;
  const auto at = in.find(name);
  if (at != in.end())
    ++at->second;
  else
    ++in[in.size() < names_max ? name : "other"];
}

void statistics::record(attempt one) {
  one.key = public_name_of_key(one.key);
  for (auto* name : {&one.model, &one.path})
    *name = std::string{prefix_of(*name, name_size_max)};
  ++requests_;
  input_tokens_ += one.input_tokens;
  output_tokens_ += one.output_tokens;
  count(by_key_, one.key);
  count(by_model_, one.model);
  count(by_path_, one.path);
  count(by_status_, one.status == 0 ? "reset" : std::to_string(one.status));
  count(by_fault_, one.fault);
  attempts_.push_back(std::move(one));
  if (attempts_.size() > attempts_max)
    attempts_.pop_front();
}

json statistics::report(std::size_t attempts, std::string_view key) const {
  std::vector<const attempt*> shown;
  for (auto i = attempts_.rbegin();
       i != attempts_.rend() && shown.size() < attempts; ++i)
    if (i->key.starts_with(key))
      shown.push_back(&*i);
  auto last = json::array();
  for (auto i = shown.rbegin(); i != shown.rend(); ++i) {
    const auto& one = **i;
    const auto at = std::chrono::duration_cast<std::chrono::microseconds>(
        one.at.time_since_epoch());
    last.push_back({{"at_ms", static_cast<double>(at.count()) / 1000},
                    {"key", one.key},
                    {"model", one.model},
                    {"path", one.path},
                    {"status", one.status},
                    {"fault", one.fault},
                    {"input_tokens", one.input_tokens},
                    {"output_tokens", one.output_tokens}});
  }
  return {{"requests", requests_},
          {"input_tokens", input_tokens_},
          {"output_tokens", output_tokens_},
          {"left", left_},
          {"by_key", by_key_},
          {"by_model", by_model_},
          {"by_path", by_path_},
          {"by_status", by_status_},
          {"by_fault", by_fault_},
          {"attempts", std::move(last)}};
}

}  // namespace troupe::simulator
