#include "runtime/command/durable.hpp"

#include "runtime/store/sqlite_store.hpp"

#include <spdlog/spdlog.h>

#include <string>
#include <system_error>
#include <utility>

namespace troupe {

namespace {

constexpr auto jobs_file = "jobs.db";

// Jobs are whatever clients send: nobody else's business.
caf::expected<void> make_private(const std::filesystem::path& directory) {
  using std::filesystem::perms;
  std::error_code fault;
  if (!std::filesystem::create_directories(directory, fault)) {
    if (!fault)
      return caf::unit;  // It was there, with the rights its owner wants.
  } else {
    std::filesystem::permissions(directory, perms::owner_all, fault);
    if (!fault)
      return caf::unit;
  }
  return caf::make_error(errc::store_full,
                         directory.string() + ": " + fault.message());
}

caf::expected<std::unique_ptr<store>>
open(const std::filesystem::path& directory) {
  if (auto made = make_private(directory); !made)
    return made.error();
  return open_sqlite_store(directory / jobs_file);
}

}  // namespace

durable_state open_durable_state(const std::filesystem::path& directory) {
  durable_state result;
  auto opened = open(directory);
  if (opened) {
    result.jobs = std::move(*opened);
    return result;
  }
  result.why_not = opened.error();
  spdlog::error("state not opened directory=\"{}\" error=\"{}\" "
                "consequence=\"queues take no jobs in\"",
                directory.string(),
                to_string(code_of(result.why_not))
                    + to_string(result.why_not.context()));
  return result;
}

}  // namespace troupe
