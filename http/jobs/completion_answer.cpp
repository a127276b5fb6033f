#include "http/jobs/completion_answer.hpp"

#include "http/jobs/answer_words.hpp"
#include "http/jobs/one_line.hpp"
#include "http/routes/exchange.hpp"
#include "http/wire/answer_facts.hpp"
#include "http/wire/fault_of.hpp"
#include "http/wire/json.hpp"
#include "http/wire/stream_event.hpp"

#include <utility>

namespace troupe::http {

namespace {

using std::chrono::milliseconds;

/// Of a provider's body that is no error of its wire, in an error's text.
constexpr std::size_t quoted_max = 300;

/// Nobody could serve it, which says nothing of the job.
std::optional<milliseconds> wait_for_headroom(errc why, unsigned status) {
  switch (why) {
  case errc::keys_cooling:
  case errc::targets_cooling:
  case errc::overloaded:
  case errc::shutting_down:
  case errc::actor_lost:
    return headroom_wait;
  case errc::keys_dead:
    return operator_wait;
  default:
    break;
  }
  // Of a call that was shared nobody says why.
  if (why == errc::none && (status == 429 || status == 529))
    return headroom_wait;
  return std::nullopt;
}

/// Whether asking again is no use.
bool is_about_job(unsigned status) {
  switch (status) {
  case 401:  // Of keys, and not the job's.
  case 402:
  case 403:
  case 408:  // Of time.
  case 409:
  case 425:
  case 429:
    return false;
  default:
    return status >= 400 && status < 500;
  }
}

std::string error_text(unsigned status, std::string_view body) {
  auto message = complaint_of(body);
  if (message.empty())
    message = body.substr(0, quoted_max);
  return "HTTP " + std::to_string(status) + ": " + message;
}

void append_member(std::string& out, std::string_view name,
                   std::string_view text) {
  out.append(out.empty() ? "{" : ",");
  wire::json::append_quoted(out, name);
  out.append(":").append(text);
}

void append_text(std::string& out, std::string_view name,
                 std::string_view text) {
  std::string quoted;
  wire::json::append_quoted(quoted, text);
  append_member(out, name, quoted);
}

std::string printed(const token_usage& u) {
  std::string out;
  append_member(out, "input_tokens", std::to_string(u.input()));
  append_member(out, "output_tokens", std::to_string(u.output()));
  append_member(out, "cached_tokens", std::to_string(u.in_cache_read));
  append_member(out, "reasoning_tokens", std::to_string(u.out_reasoning));
  return out + "}";
}

}  // namespace

completion_answer::completion_answer(wire::endpoint e)
    : endpoint_(e), collector_(e) {}

void completion_answer::begin(unsigned status, const header_list& headers) {
  status_ = status;
  retry_after_ =
      wire::retry_after_of(headers, std::chrono::system_clock::now());
}

std::string completion_answer::feed(std::string_view bytes) {
  std::string words;
  size_ += bytes.size();
  if (!collector_.gave_up())
    collector_.feed(bytes);
  sse_.feed(bytes);
  while (const auto block = sse_.next())
    if (block->has_data && block->data != "[DONE]")
      read_event(block->type, block->data, words);
  content_ += words;
  return words;
}

void completion_answer::read_event(std::string_view type, std::string_view data,
                                   std::string& words) {
  wire::event_facts facts;
  {
    wire::json::document doc{data};
    facts = wire::read_event(wire::event_kind_of(endpoint_), type, doc, usage_);
  }
  ended_ = ended_ || facts.finish || facts.terminal;
  if (facts.error && !std::exchange(failed_, true))
    error_ = complaint_of(data);
  words += words_of(endpoint_, data);
}

void completion_answer::take(unsigned status, const header_list& headers,
                             std::string_view body) {
  begin(status, headers);
  size_ = body.size();
  if (!is_too_large())
    body_.emplace(body);
  finished_ = true;
}

bool completion_answer::is_whole() const {
  return finished_ && !failed_ && (body_ || ended_);
}

token_usage completion_answer::usage_of(const exchange_record& record) const {
  if (record.usage.reported)
    return record.usage;
  return body_ ? wire::read_answer(endpoint_, *body_).usage : usage_;
}

std::string
completion_answer::usage_event(const exchange_record& record) const {
  const auto usage = usage_of(record);
  return usage.reported ? printed(usage) : std::string{};
}

job_outcome completion_answer::outcome(const exchange_record& record) {
  if (is_too_large()) {
    job_outcome o;
    o.how = job_outcome::kind::refused;
    o.value = shared_bytes{"the answer is larger than a job takes"};
    return o;
  }
  if (status_ != 200 || !is_whole())
    return failure(record);
  auto whole = body_ ? std::exchange(body_, {})
                     : (collector_.gave_up() ? std::nullopt
                                             : collector_.finish(record.usage));
  job_outcome o;
  o.value = shared_bytes{result(whole, record)};
  return o;
}

job_outcome completion_answer::failure(const exchange_record& record) const {
  job_outcome o;
  o.how = job_outcome::kind::failed;
  if (retry_after_)
    o.retry_in_ms = static_cast<std::uint64_t>(retry_after_->count());
  if (status_ == 0) {
    o.value = shared_bytes{"no answer came"};
  } else if (status_ == 200) {
    o.value = shared_bytes{failed_ ? "the answer was cut: " + error_
                                   : std::string{"the answer was cut"}};
  } else {
    o.value = shared_bytes{
        error_text(status_, body_ ? std::string_view{*body_} : "")};
    if (const auto wait = wait_for_headroom(record.refused, status_)) {
      o.how = job_outcome::kind::postponed;
      o.retry_in_ms = std::max(o.retry_in_ms,
                               retry_after_ ? 0u
                                            : static_cast<std::uint64_t>(
                                                milliseconds{*wait}.count()));
    } else if (is_about_job(status_)) {
      o.how = job_outcome::kind::refused;
    }
  }
  return o;
}

std::string completion_answer::result(const std::optional<std::string>& whole,
                                      const exchange_record& record) const {
  answer_digest told;
  if (whole)
    told = digest_of(endpoint_, *whole).value_or(answer_digest{});
  std::string out;
  append_text(out, "model", told.model.empty() ? record.model : told.model);
  append_text(out, "content", content_.empty() ? told.content : content_);
  const auto facts =
      whole ? wire::read_answer(endpoint_, *whole) : wire::answer_facts{};
  const auto usage =
      record.usage.reported || !whole ? usage_of(record) : facts.usage;
  append_member(out, "usage", usage.reported ? printed(usage) : "null");
  if (told.finish_reason.empty())
    append_member(out, "finish_reason", "null");
  else
    append_text(out, "finish_reason", told.finish_reason);
  if (facts.sound && whole->size() <= wire::kept_answer_max)
    append_member(out, "response", on_one_line(*whole));
  return out + "}";
}

}  // namespace troupe::http
