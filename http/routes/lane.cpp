#include "http/routes/lane.hpp"

namespace troupe::http {

namespace {

/// Milliseconds: from a cached answer to the longest a provider may take.
const std::vector<double> duration_bounds_ms{
    1,    2.5,  5,    10,    25,    50,    100,    250,    500,
    1000, 2500, 5000, 10000, 30000, 60000, 120000, 300000, 600000};

const std::vector<std::string>& fault_labels() {
  static const auto labels = label_values<fault>();
  return labels;
}

}  // namespace

upstream::pool& lane::pool_of(
    const std::shared_ptr<const config::provider_settings>& provider) {
  auto& entry = pools_[provider.get()];
  if (!entry.pool) {
    entry.provider = provider;  // Kept, so that the address stays its own.
    entry.pool = std::make_unique<upstream::pool>(reactor);
  }
  return *entry.pool;
}

void lane::count_request(std::string_view route, unsigned status,
                         std::chrono::microseconds took) {
  auto& found = routes_[{route, status}];
  if (found.requests == nullptr) {
    const std::string name{route};
    const auto code = std::to_string(status);
    found.requests =
        &deps.metrics.counter(metric::api_requests_total, {name, code});
    if (status >= 400)
      found.errors =
          &deps.metrics.counter(metric::api_errors_total, {name, code});
    found.duration = &deps.metrics.histogram(metric::api_request_duration_ms,
                                             {name}, duration_bounds_ms);
  }
  found.requests->Increment();
  if (found.errors != nullptr)
    found.errors->Increment();
  found.duration->Observe(static_cast<double>(took.count()) / 1000);
}

void lane::count_model(const std::string& provider, std::string_view model,
                       fault ended) {
  auto& of_provider = models_[provider];
  auto found = of_provider.find(model);
  if (found == of_provider.end()) {
    const bool room = model_labels_ < model_labels_max;
    const std::string label{room ? model : "other"};
    found = of_provider.find(label);
    if (found == of_provider.end()) {
      ++model_labels_;
      found =
          of_provider
              .emplace(label,
                       deps.metrics.counters(metric::model_requests_total,
                                             {provider, label}, fault_labels()))
              .first;
    }
  }
  found->second[ended].Increment();
}

}  // namespace troupe::http
