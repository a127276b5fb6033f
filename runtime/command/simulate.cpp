#include "runtime/command/simulate.hpp"

#include "config/endpoint.hpp"
#include "http/listener.hpp"
#include "http/simulator/service.hpp"
#include "runtime/command/closing.hpp"
#include "runtime/command/threads.hpp"
#include "runtime/log.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// The simulator holds nothing that is worth waiting for.
constexpr auto grace = 500ms;

}  // namespace

int simulate(const simulator::settings& settings, const signals& ending) {
  raise_file_limit();
  threads all{settings.threads};
  config::http_settings http;
  const auto at = config::parse_endpoint(settings.listen);
  if (!at)
    throw std::runtime_error{"--listen must be an address and a port, like "
                             "127.0.0.1:8089"};
  http.listen = *at;
  simulator::service service{settings};
  std::vector<http::seat> seats;
  for (auto* r : all.reactors())
    seats.push_back({r, &service});
  http::listener door{std::move(seats), http};
  door.open();
  std::printf("simulator listening on http://%s\n",
              config::print({http.listen.host, door.port()}).c_str());
  std::fflush(stdout);
  while (ending.wait() == SIGHUP) {
  }
  if (!close_politely(door, grace, ending)) {
    log::close();
    std::_Exit(EXIT_SUCCESS);
  }
  return EXIT_SUCCESS;
}

}  // namespace troupe
