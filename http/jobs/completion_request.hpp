// The request to a model that a job of a `completion` queue is.
//
//   {"model":…, "messages":[…], …}            as to /v1/chat/completions
//   {"endpoint":"/v1/messages", "body":{…}}   as to that endpoint
//
// A client of troupe's own makes it, so it may say what a client may say:
// everything but what only makes sense at a socket. `stream` decides whether
// the words come into the job's stream one after the other; they do unless it
// says otherwise.
//
// What is wrong with it is the job's fault, and will be at every attempt.

#pragma once

#include "actors/job.hpp"
#include "http/message.hpp"
#include "http/wire/endpoint.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace troupe::http {

struct completion_request {
  http::request request;
  wire::endpoint endpoint = wire::endpoint::chat_completions;
  bool streams = true;

  /// Views into the request.
  wire::match match() const;
};

/// Reads a job, or says why it is none.
std::variant<completion_request, std::string>
read_completion(const leased_job& job, std::string_view queue);

}  // namespace troupe::http
