// A directory of a test's own, gone with it.
//
// In memory where that can be had: what tests of durable things are after is
// what a dead process leaves, not what a dead machine does, and a disk's
// latency would take minutes.

#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace troupe::testing {

class scratch {
public:
  scratch() {
    const std::filesystem::path memory = "/dev/shm";
    auto form = ((::access(memory.c_str(), W_OK) == 0
                      ? memory
                      : std::filesystem::temp_directory_path())
                 / "troupe-test-XXXXXX")
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

}  // namespace troupe::testing
