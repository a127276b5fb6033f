// A job as it stands in NAME.jobs, and the queue's own record in NAME.queue.
//
// Small JSON with short names; what has its default is left out, and what a
// later version adds is passed over. The place of a job in its set is not kept:
// it follows from its state. A job is read some 300,000 times a second and
// core, which is what a start with a million of them waits for.

#pragma once

#include "actors/queue/kept_job.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// Appends the record of a job. @pre it has its group.
void append_record(std::string& out, const kept_job& job);

/// A job that was read, without a name and a group yet.
struct read_job {
  std::unique_ptr<kept_job> job;
  std::string name;
  std::string tenant;
  std::string group;
};

class job_reader {
public:
  job_reader();
  ~job_reader();
  job_reader(const job_reader&) = delete;
  job_reader& operator=(const job_reader&) = delete;

  /// Errors: store_corrupt (what is wrong with it).
  caf::expected<read_job> read(job_number number, std::string_view record);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// What a queue has to remember of itself.
struct queue_memory {
  bool paused = false;
  job_number reserved = 0;  ///< No number up to this one is used again.
  std::uint64_t start = 0;  ///< How often it has started.
};

std::string record_of(const queue_memory& memory);

/// Errors: store_corrupt (what is wrong with it).
caf::expected<queue_memory> read_memory(std::string_view record);

}  // namespace troupe
