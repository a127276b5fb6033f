#include "http/cache/flight_responder.hpp"

#include "http/routes/exchange.hpp"

#include <utility>

namespace troupe::http {

namespace {

wire::framing framing_of(const header_list& headers) {
  constexpr std::string_view sse = "text/event-stream";
  const auto type = headers.find("content-type").value_or("");
  return same_token(type.substr(0, sse.size()), sse)
             ? wire::framing::sse
             : wire::framing::json_array;
}

}  // namespace

flight_responder::flight_responder(flight_ptr to, bell_ptr b, wire::endpoint e,
                                   std::function<void()> deserted)
    : flight_(std::move(to)), bell_(std::move(b)), endpoint_(e),
      deserted_(std::move(deserted)) {}

task<> flight_responder::send(unsigned status, const header_list& headers,
                              std::string_view body) {
  take_whole(status, headers, body);
  co_return;
}

void flight_responder::take_whole(unsigned status, const header_list& headers,
                                  std::string_view body) {
  if (status == 200 && body.size() <= wire::kept_answer_max
      && !headers.find("content-encoding"))
    body_.emplace(body);
  flight_->begin({status, headers, true});
  flight_->append(body);
  end(flight::stage::finished);
}

void flight_responder::start(unsigned status, const header_list& headers) {
  if (status == 200 && flight_->shape().streams)
    collector_.emplace(endpoint_, framing_of(headers));
  flight_->begin({status, headers, false});
}

task<> flight_responder::write(std::string_view bytes) {
  flight_->append(bytes);
  if (collector_ && !collector_->gave_up())
    collector_->feed(bytes);
  while (!flight_->has_room())
    co_await bell_->heard();
}

task<> flight_responder::finish() {
  end(flight::stage::finished);
  co_return;
}

void flight_responder::reset() {
  end(flight::stage::reset);
}

void flight_responder::watch(std::function<void()> gone) {
  if (!gone) {
    flight_->watch({});
    return;
  }
  flight_->watch([this, gone = std::move(gone)] {
    deserted_();
    gone();
  });
}

void flight_responder::end(flight::stage how) {
  flight_->end(how, record_ != nullptr ? record_->usage : token_usage{});
}

std::optional<std::string> flight_responder::whole() {
  if (flight_->now() != flight::stage::finished)
    return std::nullopt;
  if (collector_)
    return collector_->finish(record_ != nullptr ? record_->usage
                                                 : token_usage{});
  return std::move(body_);
}

}  // namespace troupe::http
