#include "http/wire/answer_stream.hpp"

#include "http/wire/fault_of.hpp"

#include <functional>

namespace troupe::http::wire {

namespace {

/// Memory kept for the next call, in bytes.
constexpr std::size_t kept_size_max = 1u << 20;

constexpr std::string_view done_mark = "[DONE]";
constexpr std::string_view done_event = "data: [DONE]\n\n";

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<> not_after;
  return not_after(whole.data(), part.data())
         && not_after(part.data() + part.size(), whole.data() + whole.size());
}

/// The blank line that a last event lacks.
std::string_view missing_end(std::string_view raw) {
  return raw.ends_with('\n') || raw.ends_with('\r') ? "\n" : "\n\n";
}

}  // namespace

answer_stream::answer_stream(endpoint e, const stream_options& options)
    : endpoint_(e), kind_(event_kind_of(e)), options_(options),
      sse_(options.event_max), array_(options.event_max) {}

std::string_view answer_stream::feed(std::string_view bytes) {
  if (failure_.fault == fault::malformed)
    return {};
  if (out_.capacity() > kept_size_max)
    out_ = std::string{};
  out_.clear();
  run_ = {};
  input_ = bytes;
  return options_.framing == framing::sse ? feed_sse(bytes) : feed_array(bytes);
}

std::string_view answer_stream::feed_sse(std::string_view bytes) {
  sse_.feed(bytes);
  while (const auto block = sse_.next()) {
    if (!observe(*block)) {
      fail_malformed();
      return passed();
    }
    if (!strip_this_)
      pass(block->raw);
  }
  if (sse_.failed())
    fail_malformed();
  return passed();
}

std::string_view answer_stream::feed_array(std::string_view bytes) {
  array_.feed(bytes);
  while (const auto block = array_.next()) {
    if (!block->element.empty()) {
      if (!read({}, block->element)) {
        fail_malformed();
        return passed();
      }
      ++events_passed_;
    }
    pass(block->raw);
  }
  if (array_.failed())
    fail_malformed();
  return passed();
}

std::string_view answer_stream::end() {
  ended_ = true;
  if (failure_.fault == fault::malformed)
    return {};
  out_.clear();
  run_ = input_ = {};
  if (options_.framing == framing::sse)
    return end_sse();
  if (array_.closed())
    out_.append(array_.rest());
  return out_;
}

std::string_view answer_stream::end_sse() {
  const auto block = sse_.last();
  // What is left and not sound is the cut itself, not a malformed event.
  if (!block || !observe(*block) || strip_this_)
    return {};
  out_.append(block->raw);
  if (block->has_data)
    out_.append(missing_end(block->raw));
  return out_;
}

/// False if the block is no event of this wire.
bool answer_stream::observe(const sse_block& block) {
  strip_this_ = false;
  if (!block.has_data || block.data.empty())
    return true;
  if (kind_ == event_kind::openai_chunk && block.data.starts_with(done_mark)) {
    began_ = terminal_ = true;
    return true;
  }
  return read(block.type, block.data);
}

bool answer_stream::read(std::string_view type, std::string_view data) {
  // Where the reader may look past the event, it need not copy it.
  const bool padded =
      lies_in(data, input_)
      && input_.data() + input_.size() - (data.data() + data.size())
             >= static_cast<std::ptrdiff_t>(simdjson::SIMDJSON_PADDING);
  event_facts facts;
  if (padded) {
    json::document doc{json::document::padded{data}};
    facts = read_event(kind_, type, doc, usage_);
  } else {
    json::document doc{data};
    facts = read_event(kind_, type, doc, usage_);
  }
  if (!facts.sound)
    return false;
  if (facts.error) {
    if (failure_.fault == fault::none)
      failure_ = classify_event(row_of(endpoint_).protocol, data);
    error_passed_ = true;
  }
  began_ = began_ || (!facts.ping && !facts.error);
  terminal_ = terminal_ || facts.terminal;
  finish_seen_ = finish_seen_ || facts.finish;
  sequence_number_ = std::max(sequence_number_, facts.sequence_number);
  strip_this_ = facts.usage_only && options_.usage_chunk == usage_chunk::strip;
  return true;
}

void answer_stream::pass(std::string_view raw) {
  if (!lies_in(raw, input_)) {
    out_.append(run_).append(raw);
    run_ = {};
  } else if (run_.empty()) {
    run_ = raw;
  } else if (run_.data() + run_.size() == raw.data()) {
    run_ = {run_.data(), run_.size() + raw.size()};
  } else {
    out_.append(run_);
    run_ = raw;
  }
}

std::string_view answer_stream::passed() {
  if (out_.empty())
    return run_;
  out_.append(run_);
  return out_;
}

void answer_stream::fail_malformed() {
  failure_ = {fault::malformed, std::nullopt};
}

bool answer_stream::finished() const {
  if (kind_ != event_kind::gemini)
    return terminal_;
  return finish_seen_ && ended_
         && (options_.framing == framing::sse || array_.closed());
}

std::string answer_stream::end_cut(const door_error& err) const {
  const auto dialect = row_of(endpoint_).protocol;
  if (options_.framing == framing::json_array) {
    if (array_.closed())
      return {};
    if (error_passed_)
      return "]";
    return (events_passed_ == 0 ? "[" : ",") + error_body(dialect, err) + "]";
  }
  if (error_passed_)
    return {};
  switch (kind_) {
  case event_kind::openai_response:
    return "event: error\ndata: "
           + responses_error_event(err, sequence_number_ + 1) + "\n\n";
  case event_kind::anthropic:
    return "event: error\ndata: " + error_body(dialect, err) + "\n\n";
  default:
    return "data: " + error_body(dialect, err) + "\n\n";
  }
}

std::string_view answer_stream::complete() const {
  const bool forgotten = ended_ && kind_ == event_kind::openai_chunk
                         && finish_seen_ && !terminal_
                         && failure_.fault == fault::none;
  return forgotten ? done_event : std::string_view{};
}

}  // namespace troupe::http::wire
