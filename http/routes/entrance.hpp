// The door for requests that troupe answers itself: who is it, and may they in?
//
// What an exchange is for calls of models, without the call: INGRESS is asked,
// and asked again if the question is lost. Nothing is watched meanwhile; the
// answer takes microseconds. Where no client has a key and none is wanted,
// there is nothing to decide, and INGRESS is not asked.

#pragma once

#include "http/routes/lane.hpp"
#include "http/service.hpp"

#include <caf/expected.hpp>

#include <string>

namespace troupe::http {

/// Somebody who may come in.
struct guest {
  std::string client;  ///< Name in the configuration, or empty.
  std::string tenant;  ///< Whose entries, jobs, sessions they share.
};

/// Errors: those of INGRESS; actor_lost when it keeps dying.
task<caf::expected<guest>> enter(lane& l, const request& req, executor where);

}  // namespace troupe::http
