// What a webhook job is sent as, and what its answer means.
//
// As Standard Webhooks say (standardwebhooks.com): a POST with
//
//   webhook-id         the same at every attempt, so that a receiver can tell
//                      what it has seen
//   webhook-timestamp  seconds since 1970, for refusing what is old
//   webhook-signature  v1,<base64 of HMAC-SHA256 of "id.timestamp.body">; not
//                      there where the queue has no secret
//
// A secret that begins with `whsec_` is the base64 of the key; another one is
// the key itself.
//
//   2xx                   completed, with the answer's body as the result
//   400, 410, 422         refused: this job will never do
//   else, and no answer   failed; a Retry-After is honoured
//
// A brain: bytes and values. Limits: of an answer `webhook_answer_max` is read;
// what is longer, or no JSON, is a result of text.

#pragma once

#include "actors/job_carrier.hpp"
#include "http/message.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http {

/// Bytes of an answer that are read: more is no answer to a job.
inline constexpr std::size_t webhook_answer_max = 1u << 20;

/// Where a queue's jobs are sent.
struct webhook_place {
  config::base_url at;
  std::string target;  ///< Path; at least `/`.
};

/// Reads a queue's URL; nothing if it is none.
std::optional<webhook_place> read_webhook_place(std::string_view url);

struct webhook_letter {
  std::string head;  ///< Request line and fields, with the empty line.
  std::string body;
};

/// Writes the letter of a job's attempt, as of `now` (seconds since 1970).
webhook_letter write_letter(const job_errand& errand, const webhook_place& to,
                            std::int64_t now);

/// The value of webhook-signature.
std::string signature_of(std::string_view secret, std::string_view id,
                         std::string_view timestamp, std::string_view body);

/// An answer, as far as it was read.
struct webhook_answer {
  unsigned status = 0;
  header_list headers;
  std::string body;
  bool cut = false;  ///< There was more.
};

/// What becomes of the job.
job_outcome judge(const webhook_answer& answer,
                  std::chrono::system_clock::time_point now);

}  // namespace troupe::http
