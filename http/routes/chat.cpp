#include "http/routes/chat.hpp"

#include "http/cache/cached_call.hpp"
#include "http/routes/chat_codec.hpp"
#include "http/wire/sse.hpp"

#include <nlohmann/json.hpp>

namespace troupe::http {

namespace {

using nlohmann::json;

std::string dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string event(std::string_view name, const json& data) {
  return "event: " + std::string{name} + "\ndata: " + dump(data) + "\n\n";
}

/// The `x-troupe-...` and retry headers of an answer: what a chat client may
/// want to know of the way its request took.
header_list own_headers(const header_list& theirs, std::string_view type) {
  header_list kept{{"Content-Type", type}};
  for (const auto [name, value] : theirs)
    if (same_token(name.substr(0, 9), "x-troupe-")
        || same_token(name, "retry-after") || same_token(name, "x-should-retry")
        || same_token(name, "age"))
      kept.add(name, value);
  return kept;
}

/// Stands between an exchange and the client, and turns what the exchange
/// answers in the provider's dialect into chat.
class chat_responder final : public responder {
public:
  chat_responder(responder& client, config::protocol p, std::string request_id)
      : client_(client), protocol_(p), request_id_(std::move(request_id)) {}

  task<> send(unsigned status, const header_list& headers,
              std::string_view body) override {
    auto out = status;
    auto answered = answer(status, body);
    if (answered.contains("error") && status < 400)
      out = 502;
    const auto text = dump(answered);
    co_await client_.send(out, own_headers(headers, "application/json"), text);
  }

  void start(unsigned status, const header_list& headers) override {
    client_.start(status, own_headers(headers, "text/event-stream"));
  }

  task<> write(std::string_view bytes) override {
    std::string out;
    sse_.feed(bytes);
    while (const auto block = sse_.next())
      if (block->has_data)
        out += translate(block->data);
    co_await client_.write(out);
  }

  task<> finish() override {
    if (const auto last = done(); !failed_)
      co_await client_.write(last);
    co_await client_.finish();
  }

  void reset() override { client_.reset(); }
  void watch(std::function<void()> gone) override {
    client_.watch(std::move(gone));
  }
  executor get_executor() override { return client_.get_executor(); }

private:
  std::string done() const { return event("done", {{"reply", reply_}}); }

  json answer(unsigned status, std::string_view body) const {
    if (status >= 400)
      return error(status, error_message_of(body));
    if (auto reply = reply_of(protocol_, body))
      return {{"reply", *reply}};
    return error(502, "The model answered without text.");
  }

  json error(unsigned status, std::string message) const {
    wire::door_error e;
    e.status = status;
    e.code = wire::words_of(status).openai_type;
    e.message = std::move(message);
    e.request_id = request_id_;
    return json::parse(wire::error_body(std::nullopt, e), nullptr, false);
  }

  std::string translate(std::string_view data) {
    if (auto message = error_message_of(data); !message.empty()) {
      failed_ = true;
      return event("error", error(502, std::move(message)));
    }
    auto text = delta_of(protocol_, data);
    reply_ += text;
    return text.empty() ? std::string{} : event("delta", {{"text", text}});
  }

  responder& client_;
  config::protocol protocol_;
  std::string request_id_;
  wire::sse_reader sse_;
  std::string reply_;
  bool failed_ = false;
};

task<> refuse(const request& req, responder& res, exchange_record& record,
              unsigned status, std::string code, std::string message,
              std::string field) {
  wire::door_error e;
  e.status = record.status = status;
  e.code = std::move(code);
  e.message = std::move(message);
  e.param = std::move(field);
  e.request_id = req.id;
  const auto body = wire::error_body(std::nullopt, e);
  const auto headers = json_headers();
  co_await res.send(status, headers, body);
}

/// Whose dialect a chat is held in, and with which model.
struct chat_choice {
  config::protocol protocol;
  std::string model;
};

std::optional<chat_choice> choose(const config::settings& s,
                                  const std::string& asked) {
  const auto protocol_of = [&](const std::string& provider) {
    for (const auto& p : s.providers)
      if (p->name == provider)
        return std::optional{p->protocol};
    return std::optional<config::protocol>{};
  };
  for (const auto& m : s.models)
    if ((asked.empty() || m.name == asked) && !m.targets.empty())
      if (const auto p = protocol_of(m.targets.front().provider))
        return chat_choice{*p, m.name};
  if (s.providers.empty())
    return std::nullopt;
  const auto p = s.providers.front()->protocol;
  return chat_choice{p, asked.empty() ? std::string{default_model(p)} : asked};
}

bool wants_stream(const request& req) {
  const auto accept = req.headers.find("accept");
  return accept && lists_token(*accept, "text/event-stream");
}

}  // namespace

task<> answer_chat(lane& l, request& req, responder& res,
                   exchange_record& record) {
  auto read = read_chat(req.body);
  if (const auto* fault = std::get_if<chat_fault>(&read)) {
    const auto what = fault->field.empty()
                          ? fault->message
                          : fault->field + " " + fault->message;
    co_await refuse(req, res, record, 400, "invalid_request", what + ".",
                    fault->field);
    co_return;
  }
  auto& asked = std::get<chat_request>(read);
  const auto choice = choose(l.settings(), asked.model);
  if (!choice) {
    co_await refuse(req, res, record, 503, "no_provider",
                    "No provider is configured.", "");
    co_return;
  }
  asked.model = choice->model;
  asked.stream = asked.stream || wants_stream(req);
  write_chat(asked, choice->protocol, req);
  const auto m = wire::find_endpoint(req.method, req.path(), req.headers);
  chat_responder translated{res, choice->protocol, req.id};
  co_await answer_model(l, req, translated, *m, record);
}

}  // namespace troupe::http
