// What tests of stores need: a directory of their own, gone with them, changes
// in few words, and what errors say.
//
// The directory is in memory where that can be had: what a test is after is
// what a dead process leaves, not what a dead machine does, and a disk's
// latency would take minutes.

#pragma once

#include "runtime/store/sqlite.hpp"
#include "runtime/store/store.hpp"

#include <caf/error.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace troupe::testing {

class scratch {
public:
  scratch() {
    const std::filesystem::path memory = "/dev/shm";
    auto form = ((::access(memory.c_str(), W_OK) == 0
                      ? memory
                      : std::filesystem::temp_directory_path())
                 / "troupe-store-XXXXXX")
                    .string();
    if (::mkdtemp(form.data()) == nullptr)
      throw std::system_error{errno, std::generic_category(), form};
    path_ = form;
  }

  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

inline std::string words_of(const caf::error& why) {
  return std::string{name_of(code_of(why))} + ": " + sqlite::context_of(why);
}

inline constexpr auto key_min = std::numeric_limits<std::int64_t>::min();
inline constexpr auto key_max = std::numeric_limits<std::int64_t>::max();

inline record_change put(std::int64_t key, std::string value) {
  return {key, std::move(value)};
}

inline record_change erase(std::int64_t from, std::int64_t until) {
  return {from, std::nullopt, until};
}

inline record_range all_of(std::string space) {
  return {.space = std::move(space), .from = key_min, .to = key_max};
}

inline std::uint64_t store_seed() {
  const char* const given = std::getenv("STORE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10)
                          : std::random_device{}();
}

}  // namespace troupe::testing
