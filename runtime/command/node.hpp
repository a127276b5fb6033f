// One node of troupe: everything that runs, connected.
//
//   threads (scheduler) > reactors > simulator, if no provider is configured
//                       > cast of actors > lanes > gateways > listener
//
// The order is that of the start; the end takes it backwards. Nothing here
// decides anything.

#pragma once

#include "config/settings.hpp"
#include "runtime/command/signals.hpp"

#include <memory>

namespace troupe {

class node {
public:
  /// Starts everything but does not let anybody in yet. Throws
  /// `std::runtime_error`, with what to do, if it cannot.
  explicit node(config::settings settings);
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Opens the door, says where it is, and serves until a signal ends it:
  /// refuses newcomers, finishes what is in flight within
  /// `http.shutdown_grace`, returns 0. A second signal ends the process at
  /// once. Returns 70 if the actors gave up.
  int run(const signals& ending);

private:
  class parts;

  std::unique_ptr<parts> parts_;
};

}  // namespace troupe
