// What the tests of this room load and how they look at the faults.

#pragma once

#include "config/load.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::config {

using variables = std::map<std::string, std::string>;

/// Loads `yaml` under the name f.yaml.
inline load_result load_text(std::string_view yaml, variables v = {}) {
  return load(yaml, "f.yaml", fixed_environment(std::move(v)));
}

/// Every fault as `troupe check` prints it.
inline std::vector<std::string> faults_of(const load_result& loaded) {
  std::vector<std::string> lines;
  for (const auto& f : loaded.faults) {
    std::ostringstream line;
    line << f;
    lines.push_back(line.str());
  }
  return lines;
}

inline std::vector<std::string> faults_of(std::string_view yaml,
                                          variables v = {}) {
  return faults_of(load_text(yaml, std::move(v)));
}

/// The settings of a text that has no faults; fails the test if it has.
inline settings settings_of(std::string_view yaml, variables v = {}) {
  auto loaded = load_text(yaml, std::move(v));
  EXPECT_EQ(faults_of(loaded), std::vector<std::string>{});
  return std::move(loaded.settings);
}

}  // namespace troupe::config
