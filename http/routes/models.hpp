// The lists of models: what the operator configured, where that is something.
//
// With `models` configured, clients see those names, each in the shape of its
// own wire, and nothing else; without, the provider is asked.

#pragma once

#include "config/settings.hpp"
#include "http/routes/monitoring.hpp"
#include "http/wire/endpoint.hpp"

#include <optional>
#include <vector>

namespace troupe::http {

/// The answer to a request for one or all models. Nothing if `m` is no such
/// request, or if no models are configured.
std::optional<answer>
answer_models(const std::vector<config::model_settings>& models,
              const wire::match& m, const request& req);

}  // namespace troupe::http
