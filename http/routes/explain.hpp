// POST /api/admin/cache/explain: why is this question answered from the
// semantic cache, or why not?
//
// Takes the body of a chat completion, or {"topic", "text"} as an earlier
// answer named them, and tells of the nearest entries: text, score, age, and
// why each of them may not stand. Nothing is counted and nothing counts as use.
// A chat body is looked up as a client of the tenant in `?tenant=` would be,
// under which it was asked with the same wish for tools: none.
//
// For operators only: texts of questions are what people wrote.

#pragma once

#include "http/routes/exchange.hpp"
#include "http/routes/lane.hpp"
#include "http/service.hpp"

#include <string_view>

namespace troupe::http {

inline constexpr std::string_view explain_path = "/api/admin/cache/explain";

/// Answers the request and fills in what happened.
task<> answer_explain(lane& l, request& req, responder& res,
                      exchange_record& record);

}  // namespace troupe::http
