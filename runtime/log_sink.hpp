// A log sink that never makes its caller wait for the reader.
//
// Lines are appended to a buffer under a lock that is only ever held for the
// copy of one line; one thread writes the buffer out. See runtime/log.hpp.

#pragma once

#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace troupe::log {

class sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  /// More than a burst of a hundred thousand lines waits for; past it, lines
  /// are dropped.
  static constexpr std::size_t bytes_max = 32u << 20;

  /// How long a line may wait to share its system call with others.
  static constexpr std::chrono::milliseconds pause{100};

  /// Writes to file descriptor `fd`, which stays the caller's.
  explicit sink(int fd);
  ~sink() override;

  std::uint64_t dropped() const { return dropped_.load(); }

protected:
  void sink_it_(const spdlog::details::log_msg& msg) override;
  void flush_() override;

private:
  void write_out();
  bool write_all(std::string_view bytes) const;

  int fd_;
  std::mutex mutex_;  // Protects what follows.
  std::condition_variable changed_;
  std::string filling_;
  bool stopping_ = false;
  bool urgent_ = false;
  bool idle_ = true;
  std::atomic<std::uint64_t> dropped_{0};
  std::thread writer_;
};

}  // namespace troupe::log
