// The scheduler's threads and what http keeps on each of them.
//
// Starts CAF on our scheduler and makes one reactor a thread. What lives on a
// thread must be destroyed on it: `discard` does that.

#pragma once

#include "http/reactor.hpp"
#include "runtime/scheduler/asio_scheduler.hpp"

#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <vector>

namespace troupe {

class threads {
public:
  /// `count` = 0 means one a core.
  explicit threads(std::size_t count);
  ~threads();

  std::size_t size() const { return reactors_.size(); }
  caf::actor_system& system() { return *system_; }
  asio_scheduler& scheduler() { return asio_scheduler::of(*system_); }
  boost::asio::io_context& context(std::size_t i) {
    return scheduler().context(i);
  }
  http::reactor& reactor(std::size_t i) { return *reactors_[i]; }
  std::vector<http::reactor*> reactors();

  /// Destroys `things[i]` on thread i, and waits for it. Returns false if a
  /// thread did not get to it in time.
  template <class T>
  bool discard(std::vector<std::unique_ptr<T>>& things) {
    std::vector<std::future<void>> gone;
    for (std::size_t i = 0; i < things.size(); ++i) {
      auto done = std::make_shared<std::promise<void>>();
      gone.push_back(done->get_future());
      boost::asio::post(context(i),
                        [done, thing = std::move(things[i])]() mutable {
                          thing.reset();
                          done->set_value();
                        });
    }
    things.clear();
    bool all = true;
    for (auto& g : gone)
      all = g.wait_for(discard_max) == std::future_status::ready && all;
    return all;
  }

private:
  /// Threads are never busy for long; one that is not back by now is stuck.
  static constexpr std::chrono::seconds discard_max{2};

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::vector<std::unique_ptr<http::reactor>> reactors_;
};

/// Lets the process open as many files as the system permits; every connection
/// is one.
void raise_file_limit();

}  // namespace troupe
