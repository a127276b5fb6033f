// How a queue's no is told: each with a code, a status and what to do about it.

#pragma once

#include "actors/job.hpp"
#include "actors/queue_directory.hpp"
#include "http/message.hpp"
#include "http/wire/error_body.hpp"
#include "runtime/errc.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <optional>
#include <string_view>

namespace troupe::http::app_queue {

/// 404 that names the queues there are. `queues` may be null.
wire::door_error unknown_queue(std::string_view name,
                               const queue_directory* queues);

wire::door_error unknown_job(std::string_view id, std::string_view queue);

wire::door_error unknown_schedule(std::string_view id, std::string_view queue);

/// @pre `r` is a refusal.
wire::door_error refusal_of(const job_change& wanted, const change_receipt& r);

/// What the queue itself answered, or that it did not.
wire::door_error refusal_of(const caf::error& why);

/// Why there is no answer in `got`; one that is not what it should be was lost.
/// (A function, because gcc 12 destroys a `?:` of errors twice in a coroutine.)
template <class T>
wire::door_error refusal_in(const caf::expected<T>& got) {
  return refusal_of(got ? caf::make_error(errc::actor_lost) : got.error());
}

/// Likewise, of a question about one job.
template <class T>
wire::door_error refusal_for(const caf::expected<T>& got, std::string_view id,
                             std::string_view queue) {
  return got || code_of(got) == errc::unknown_job ? unknown_job(id, queue)
                                                  : refusal_of(got.error());
}

/// 403: this is about everybody's jobs.
wire::door_error not_for_tenants();

/// 415, if there is a body and it is said to be something else than JSON: a
/// form on a foreign web page must not add jobs.
std::optional<wire::door_error> refuse_media_type(const request& req);

}  // namespace troupe::http::app_queue
