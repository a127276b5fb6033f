#include "runtime/log_sink.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace troupe::log {

namespace {

/// From here on a write is due before its pause is over.
constexpr std::size_t batch = 64 * 1024;

/// How long one write may wait for the reader before it is asked again whether
/// the program wants to end.
constexpr int poll_ms = 200;

}  // namespace

sink::sink(int fd) : fd_(fd), writer_([this] { write_out(); }) {}

sink::~sink() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  writer_.join();
}

void sink::sink_it_(const spdlog::details::log_msg& msg) {
  spdlog::memory_buf_t line;
  formatter_->format(msg, line);
  bool wake = false;
  {
    const std::lock_guard guard{mutex_};
    if (filling_.size() + line.size() > bytes_max) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    // The writer sleeps until there is a first line, then takes its pause.
    wake = filling_.empty() || filling_.size() + line.size() >= batch;
    filling_.append(line.data(), line.size());
    wake = wake && (idle_ || filling_.size() >= batch);
  }
  if (wake)
    changed_.notify_one();
}

void sink::flush_() {
  std::unique_lock lock{mutex_};
  urgent_ = true;
  changed_.notify_all();
  // Bounded: a reader that takes nothing must not keep the program from ending.
  changed_.wait_for(lock, std::chrono::seconds{1},
                    [this] { return filling_.empty() && idle_; });
}

void sink::write_out() {
  std::string writing;
  std::uint64_t told = 0;
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !filling_.empty(); });
    if (filling_.empty())
      return;  // Stopping, and nothing is left.
    idle_ = false;
    changed_.wait_for(lock, pause, [this] {
      return stopping_ || urgent_ || filling_.size() >= batch;
    });
    writing.swap(filling_);
    urgent_ = false;
    lock.unlock();
    if (const auto lost = dropped_.load(); lost != told) {
      writing += fmt::format("log lines_dropped={}\n", lost - told);
      told = lost;
    }
    write_all(writing);
    writing.clear();
    if (writing.capacity() > 4 * batch)
      writing.shrink_to_fit();
    lock.lock();
    idle_ = true;
    changed_.notify_all();
  }
}

bool sink::write_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto n = ::write(fd_, bytes.data(), bytes.size());
    if (n > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (n < 0 && errno == EAGAIN) {
      pollfd ready{fd_, POLLOUT, 0};
      ::poll(&ready, 1, poll_ms);
    } else if (n < 0 && errno != EINTR) {
      return false;  // Nobody reads any more; there is nobody to tell.
    }
  }
  return true;
}

}  // namespace troupe::log
