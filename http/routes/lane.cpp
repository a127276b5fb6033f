#include "http/routes/lane.hpp"

#include <algorithm>
#include <utility>

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

const std::vector<std::string>& token_labels() {
  static const auto labels = label_values<token_kind>();
  return labels;
}

// Whether a connection to the one serves the other. Providers do not share
// theirs: what one of them does to its connections is not the others' trouble.
bool are_at_one_place(const config::provider_settings& a,
                      const config::provider_settings& b) {
  return a.name == b.name && a.base_url.tls == b.base_url.tls
         && a.base_url.at == b.base_url.at;
}

std::chrono::milliseconds longest_total(const config::settings& settings) {
  if (settings.providers.empty())
    return config::timeout_settings{}.total;
  std::chrono::milliseconds longest{0};
  for (const auto& p : settings.providers)
    longest = std::max(longest, p->timeouts.total);
  return longest;
}

}  // namespace

lane::lane(http::reactor& r, const gateway_deps& d, neighbours next_door,
           settings_ptr settings)
    : reactor(r), deps(d), ingress(std::move(next_door.ingress)),
      cache(std::move(next_door.cache)),
      embedder(std::move(next_door.embedder)) {
  adopt(std::move(settings));
}

void lane::adopt(settings_ptr settings) {
  settings_ = std::move(settings);
  total_max_ = longest_total(*settings_);
  knows_clients_ = knows_clients_ || !settings_->auth.clients.empty();
  const auto is_left = [this](const provider_pool& p) {
    return std::ranges::none_of(settings_->providers, [&](const auto& x) {
      return are_at_one_place(*x, *p.provider);
    });
  };
  std::erase_if(pools_, is_left);
}

upstream::pool& lane::pool_of(
    const std::shared_ptr<const config::provider_settings>& provider) {
  auto found = std::ranges::find(pools_, provider, &provider_pool::provider);
  if (found != pools_.end())
    return *found->pool;
  found = std::ranges::find_if(pools_, [&](const provider_pool& p) {
    return are_at_one_place(*p.provider, *provider);
  });
  if (found == pools_.end())
    return *pools_
                .emplace_back(provider,
                              std::make_unique<upstream::pool>(reactor))
                .pool;
  found->provider = provider;
  return *found->pool;
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

lane::model_metrics& lane::metrics_of(const std::string& provider,
                                      std::string_view model) {
  auto& of_provider = models_[provider];
  if (const auto found = of_provider.find(model); found != of_provider.end())
    return found->second;
  const bool room = model_labels_ < model_labels_max;
  const std::string label{room ? model : "other"};
  if (const auto found = of_provider.find(label); found != of_provider.end())
    return found->second;
  ++model_labels_;
  model_metrics made{deps.metrics.counters(metric::model_requests_total,
                                           {provider, label}, fault_labels()),
                     deps.metrics.counters(metric::model_tokens_total,
                                           {provider, label}, token_labels())};
  return of_provider.emplace(label, std::move(made)).first->second;
}

void lane::count_model(const std::string& provider, std::string_view model,
                       fault ended, const token_usage& usage) {
  auto& counted = metrics_of(provider, model);
  counted.ended[ended].Increment();
  if (!usage.reported)
    return;
  for (std::size_t i = 0; i < token_labels().size(); ++i) {
    const auto kind = static_cast<token_kind>(i);
    if (const auto count = part_of(usage, kind); count > 0)
      counted.tokens[kind].Increment(static_cast<double>(count));
  }
}

void lane::count_saved(cache_space by, std::uint64_t tokens_in,
                       std::uint64_t tokens_out) {
  saved_.resize(static_cast<std::size_t>(cache_space::count_));
  auto& found = saved_[static_cast<std::size_t>(by)];
  if (found.input == nullptr) {
    const std::string label{name_of(by)};
    const auto counter = [&](token_kind kind) {
      return &deps.metrics.counter(metric::cache_saved_tokens_total,
                                   {label, std::string{name_of(kind)}});
    };
    found = {counter(token_kind::input), counter(token_kind::output)};
  }
  found.input->Increment(static_cast<double>(tokens_in));
  found.output->Increment(static_cast<double>(tokens_out));
}

void lane::count_cut(const std::string& provider, fault why) {
  deps.metrics
      .counters(metric::stream_cuts_total, {provider}, fault_labels())[why]
      .Increment();
}

}  // namespace troupe::http
