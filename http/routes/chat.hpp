// POST /api/chat: a conversation without a dialect.
//
//   {"message":"Hello"}                         ->  {"reply":"..."}
//   {"message":"Hello","stream":true}           ->  server-sent events:
//       event: delta   data: {"text":"..."}
//       event: done    data: {"reply":"...","model":"..."}
//       event: error   data: {"error":{...}}    instead of `done`
//
// Also taken: `model`, `system`, `history` ([{"role":"user|assistant",
// "content":"..."}]), `max_tokens`. An `Accept: text/event-stream` asks for the
// stream too. The request is written in the dialect of the first configured
// model's provider (or of the first provider) and takes the way of every other
// LLM request, so limits, retries and metrics hold for it as well.

#pragma once

#include "http/routes/exchange.hpp"
#include "http/routes/lane.hpp"
#include "http/service.hpp"

#include <string_view>

namespace troupe::http {

inline constexpr std::string_view chat_path = "/api/chat";

/// Answers one chat request and fills in what happened.
task<> answer_chat(lane& l, request& req, responder& res,
                   exchange_record& record);

}  // namespace troupe::http
