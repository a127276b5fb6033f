// From text and environment to validated settings, or to all that is wrong.
//
// One rule: any bytes give settings or faults; nothing is thrown, nothing in
// the text is silently passed over, and all faults come together. Order of
// precedence: a TROUPE_ variable, the file, the default. Where no provider is
// configured, the *_API_KEYS variables make them; where those are not set
// either, the list stays empty and the program runs its simulator.

#pragma once

#include "config/environment.hpp"
#include "config/fault.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace troupe::config {

/// `settings` are meant to be used only if there are no faults.
struct load_result {
  config::settings settings;
  std::vector<fault> faults;

  explicit operator bool() const noexcept { return faults.empty(); }
};

/// Reads YAML; an empty text gives the defaults. `file_name` is for the faults.
[[nodiscard]] load_result load(std::string_view yaml_text,
                               std::string_view file_name,
                               const environment& env);

/// Reads a file; one that cannot be read is a fault.
[[nodiscard]] load_result load_file(const std::filesystem::path& file,
                                    const environment& env);

}  // namespace troupe::config
