#include "runtime/command/signals.hpp"

#include <csignal>
#include <unistd.h>

namespace troupe {

namespace {

sigset_t ending() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

signals::signals() {
  const auto set = ending();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int signals::wait() const {
  const auto set = ending();
  int received = 0;
  while (sigwait(&set, &received) != 0) {
  }
  return received;
}

std::optional<int> signals::wait_for(std::chrono::milliseconds limit) const {
  const auto set = ending();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(limit);
  const timespec time{.tv_sec = seconds.count(),
                      .tv_nsec =
                          std::chrono::nanoseconds{limit - seconds}.count()};
  const auto received = sigtimedwait(&set, nullptr, &time);
  return received > 0 ? std::optional{received} : std::nullopt;
}

void signals::raise(int signal) {
  ::kill(::getpid(), signal);
}

}  // namespace troupe
