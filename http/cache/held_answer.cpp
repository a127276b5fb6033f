#include "http/cache/held_answer.hpp"

#include <utility>

namespace troupe::http {

namespace {

/// The only status whose body is what was asked for.
constexpr unsigned good = 200;

}  // namespace

task<> held_answer::send(unsigned status, const header_list& headers,
                         std::string_view body) {
  if (status == good && body.size() <= held_answer_max) {
    headers_ = headers;
    body_ = body;
    stage_ = stage::held;
  } else {
    stage_ = stage::passing;
    co_await client_.send(status, headers, body);
  }
}

void held_answer::start(unsigned status, const header_list& headers) {
  headers_ = headers;
  stage_ = status == good ? stage::holding : stage::passing;
  if (stage_ == stage::passing)
    client_.start(status, headers);
}

task<> held_answer::write(std::string_view bytes) {
  if (stage_ == stage::holding
      && body_.size() + bytes.size() <= held_answer_max) {
    body_.append(bytes);
    co_return;
  }
  if (stage_ == stage::holding) {
    const auto begun = std::exchange(body_, std::string{});
    stage_ = rule_ == beyond_edge::pass_on ? stage::passing : stage::gone;
    if (stage_ == stage::passing) {
      client_.start(good, headers_);
      co_await client_.write(begun);
    }
  }
  if (stage_ == stage::passing)
    co_await client_.write(bytes);
}

task<> held_answer::finish() {
  if (stage_ == stage::holding)
    stage_ = stage::held;
  else if (stage_ == stage::passing)
    co_await client_.finish();
}

// An answer that was cut in its middle is no answer, held back or not.
void held_answer::reset() {
  if (stage_ == stage::gone)
    return;
  stage_ = stage::passing;
  client_.reset();
}

void held_answer::watch(std::function<void()> gone) {
  client_.watch(std::move(gone));
}

}  // namespace troupe::http
