#include "http/jobs/completion_responder.hpp"

#include "http/routes/exchange.hpp"
#include "http/wire/json.hpp"

#include <utility>

namespace troupe::http {

namespace {

using std::chrono::steady_clock;

[[noreturn]] void refuse_more() {
  throw boost::system::system_error{asio::error::message_size};
}

}  // namespace

completion_responder::completion_responder(
    http::reactor& r, wire::endpoint e, std::function<void(job_output)> bring)
    : reactor_(r), answer_(e), bring_(std::move(bring)) {}

task<> completion_responder::send(unsigned status, const header_list& headers,
                                  std::string_view body) {
  answer_.take(status, headers, body);
  co_return;
}

void completion_responder::start(unsigned status, const header_list& headers) {
  answer_.begin(status, headers);
}

task<> completion_responder::write(std::string_view bytes) {
  flow_.add(answer_.feed(bytes));
  if (answer_.is_too_large())
    refuse_more();
  bring_due();
  co_return;
}

task<> completion_responder::finish() {
  answer_.finish();
  co_return;
}

void completion_responder::watch(std::function<void()> gone) {
  gone_ = std::move(gone);
  if (gone_ && left_)  // Not from in here: it is still being set up.
    reactor_.wheel.arm_at(farewell_, steady_clock::now());
}

void completion_responder::leave() {
  left_ = true;
  if (const auto gone = std::exchange(gone_, {}))
    gone();
}

void completion_responder::bring_due() {
  if (const auto words = flow_.take(steady_clock::now()); !words.empty())
    bring_words(words);
  if (const auto next = flow_.next_call();
      next != token_flow::time_point::max() && !pause_.armed())
    reactor_.wheel.arm_at(pause_, next);
}

void completion_responder::bring_words(std::string_view words) {
  std::string text = "{\"text\":";
  wire::json::append_quoted(text, words);
  bring_({"token", shared_bytes{text + "}"}});
}

job_outcome completion_responder::outcome(const exchange_record& record) {
  pause_.disarm();
  if (const auto words = flow_.rest(); !words.empty())
    bring_words(words);
  if (auto usage = answer_.usage_event(record); !usage.empty())
    bring_({"usage", shared_bytes{std::move(usage)}});
  return answer_.outcome(record);
}

}  // namespace troupe::http
