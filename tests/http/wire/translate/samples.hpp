// Answers as providers send them, each as a stream and whole.
//
// Both forms of a sample say the same, so whatever a client's wire makes of
// them must say the same too.

#pragma once

#include "config/settings.hpp"

#include <string>
#include <vector>

namespace troupe::http::wire {

struct sample {
  const char* name;
  config::protocol from;
  std::string stream;
  std::string whole;
};

const std::vector<sample>& samples();

/// The sample of that name.
const sample& sample_of(std::string_view name);

/// Events of a stream: of Anthropic's with their names, else only data.
std::string events(config::protocol from, const std::vector<std::string>& all);

}  // namespace troupe::http::wire
