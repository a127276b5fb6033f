#include "http/routes/explain.hpp"

#include "http/cache/semantic_lookup.hpp"
#include "http/routes/operators.hpp"
#include "http/wire/endpoint.hpp"
#include "http/wire/identity/identity.hpp"
#include "http/wire/request_facts.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace troupe::http {

namespace {

using nlohmann::json;

constexpr std::string_view chat_completions_path = "/v1/chat/completions";

/// A question, or why there is none.
struct asked_for {
  semantic_question question;
  std::optional<std::string> fault;
};

asked_for fault(std::string why) {
  asked_for result;
  result.fault = std::move(why);
  return result;
}

// As the gateway would, had a client sent the body.
asked_for read_chat(request& req, const config::settings& now) {
  const auto m =
      wire::find_endpoint("POST", chat_completions_path, req.headers);
  const auto read = wire::read_request(*m, req.body);
  if (read.refused)
    return fault(read.refused->message);
  const std::string tenant{req.query_value("tenant").value_or("")};
  req.target = chat_completions_path;  // Queries are part of what is asked.
  wire::identity_scope scope;
  scope.tenant = tenant;
  scope.version = now.cache.version;
  scope.models = now.models;
  scope.with_topic = true;
  auto id = wire::identify(*m, req, read.facts, scope);
  if (!id.cacheable)
    return fault("The request is not cacheable: " + std::string{id.reason});
  if (id.topic.empty())
    return fault("The request has no question: its last turn is not one plain "
                 "text of a user, or it offers tools.");
  asked_for result;
  result.question.topic = std::move(id.topic);
  result.question.text = std::move(id.question);
  return result;
}

asked_for read_asked(request& req, const config::settings& now) {
  const auto body = json::parse(req.body, nullptr, false);
  if (!body.is_object())
    return fault("The body must be a JSON object.");
  if (body.contains("messages"))
    return read_chat(req, now);
  const auto topic = body.find("topic");
  const auto text = body.find("text");
  if (topic == body.end() || !topic->is_string() || text == body.end()
      || !text->is_string())
    return fault("The body must be that of a chat completion, or have the "
                 "strings 'topic' and 'text'.");
  asked_for result;
  result.question.topic = topic->get<std::string>();
  result.question.text = text->get<std::string>();
  return result;
}

double as_number(std::uint32_t score) {
  return static_cast<double>(score) / score_whole;
}

std::string told(const semantic_question& asked, const likeness& found,
                 const config::settings& now) {
  json nearest = json::array();
  for (const auto& n : found.finding.nearest)
    nearest.push_back(
        {{"text", n.text},
         {"score", as_number(n.score)},
         {"age_ms", n.age_ms},
         {"refused", n.refused.empty() ? json(nullptr) : json(n.refused)}});
  const json all{{"topic", asked.topic},
                 {"text", asked.text},
                 {"embedded", found.meaning != nullptr},
                 {"threshold", now.semantic_cache.threshold},
                 {"hit", found.finding.hit},
                 {"nearest", nearest}};
  return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

task<> refuse(responder& res, wire::door_error why, exchange_record& record) {
  record.status = why.status;
  const auto headers = json_headers();
  const auto body = wire::error_body(std::nullopt, why);
  co_await res.send(why.status, headers, body);
}

wire::door_error bad_request(const request& req, std::string message) {
  wire::door_error why;
  why.status = 400;
  why.code = "invalid_request";
  why.message = std::move(message);
  why.request_id = req.id;
  return why;
}

}  // namespace

task<> answer_explain(lane& l, request& req, responder& res,
                      exchange_record& record) {
  auto refused = refuse_operator(req, l.settings());
  asked_for asked;
  if (!refused) {
    asked = read_asked(req, l.settings());
    if (asked.fault)
      refused = bad_request(req, std::move(*asked.fault));
  }
  if (refused) {
    co_await refuse(res, std::move(*refused), record);
  } else {
    asked.question.explain = true;
    const auto found =
        co_await find_alike(l, res.get_executor(), asked.question);
    record.status = 200;
    const auto headers = json_headers();
    const auto body = told(asked.question, found, l.settings());
    record.bytes_out = body.size();
    co_await res.send(record.status, headers, body);
  }
}

}  // namespace troupe::http
