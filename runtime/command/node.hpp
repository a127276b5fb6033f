// One node of troupe: everything that runs, connected.
//
//   threads (scheduler) > reactors > simulator, if no provider is configured
//                       > cast of actors > lanes > gateways > listener
//
// The order is that of the start; the end takes it backwards. Nothing here
// decides anything.
//
// SIGHUP makes it read the configuration again. What is new is applied while
// everything runs on (actors/admin/); a configuration with a fault in it is
// told in the log, and changes nothing.

#pragma once

#include "config/load.hpp"
#include "config/settings.hpp"
#include "runtime/command/signals.hpp"

#include <functional>
#include <memory>

namespace troupe {

class node {
public:
  /// Reads the configuration once more, from where the first one came.
  using reader = std::function<config::load_result()>;

  /// Starts everything but does not let anybody in yet. Throws
  /// `std::runtime_error`, with what to do, if it cannot.
  node(config::settings settings, reader read_again);
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
