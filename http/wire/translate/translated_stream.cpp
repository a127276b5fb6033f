#include "http/wire/translate/translated_stream.hpp"

#include "http/wire/fault_of.hpp"
#include "http/wire/translate/reply_reader.hpp"
#include "http/wire/translate/translate_reply.hpp"

#include <algorithm>
#include <functional>

namespace troupe::http::wire {

namespace {

/// Memory kept for the next call, in bytes.
constexpr std::size_t kept_size_max = 1u << 20;

constexpr std::string_view done_mark = "[DONE]";

std::unique_ptr<stream_writer> writer_for(config::protocol from,
                                          const reply_shape& to) {
  switch (to.client) {
  case config::protocol::anthropic:
    return make_anthropic_writer({from, to});
  case config::protocol::gemini:
    return make_gemini_writer({from, to});
  case config::protocol::openai:
    break;
  }
  return make_openai_writer({from, to});
}

/// Whether so much input follows `data` that the JSON reader may look past it.
bool is_padded(std::string_view data, std::string_view input) {
  const std::less_equal<> not_after;
  if (!not_after(input.data(), data.data())
      || !not_after(data.data() + data.size(), input.data() + input.size()))
    return false;
  return input.data() + input.size() - (data.data() + data.size())
         >= static_cast<std::ptrdiff_t>(simdjson::SIMDJSON_PADDING);
}

/// A block of comments, not only blank lines.
bool is_comment(const sse_block& block) {
  return !block.has_data
         && block.raw.find_first_not_of("\r\n") != std::string_view::npos;
}

}  // namespace

translated_stream::translated_stream(config::protocol from,
                                     const reply_shape& to,
                                     const stream_options& options)
    : from_(from), to_(to), options_(options), sse_(options.event_max),
      array_(options.event_max), writer_(writer_for(from, to)) {}

std::string_view translated_stream::feed(std::string_view bytes) {
  if (out_.capacity() > kept_size_max)
    out_ = std::string{};
  out_.clear();
  if (failure_.fault != fault::none)
    return {};
  input_ = bytes;
  if (options_.framing == framing::sse)
    feed_sse(bytes);
  else
    feed_array(bytes);
  return out_;
}

void translated_stream::feed_sse(std::string_view bytes) {
  sse_.feed(bytes);
  while (const auto block = sse_.next())
    if (!observe(*block))
      return;
  if (sse_.failed())
    fail_malformed(out_.size());
}

void translated_stream::feed_array(std::string_view bytes) {
  array_.feed(bytes);
  while (const auto block = array_.next())
    if (!block->element.empty() && !read({}, block->element))
      return;
  if (array_.failed())
    fail_malformed(out_.size());
}

std::string_view translated_stream::end() {
  out_.clear();
  ended_ = true;
  if (failure_.fault != fault::none)
    return {};
  input_ = {};
  if (options_.framing == framing::sse)
    if (const auto block = sse_.last(); block && block->has_data)
      // What is left and not sound is the cut itself, not a malformed event.
      if (!observe(*block) && failure_.fault == fault::malformed)
        failure_ = {};
  if (failure_.fault != fault::none || terminal_)
    return out_;
  if (from_ == config::protocol::gemini && finished())
    writer_->finish(outline_, usage_, out_);
  else if (from_ == config::protocol::openai && whole_by_reasons())
    writer_->finish(outline_, usage_, forgotten_);
  return out_;
}

/// False if nothing is to be read any more.
bool translated_stream::observe(const sse_block& block) {
  if (terminal_)
    return true;  // What comes after the end does not matter.
  if (is_comment(block))
    writer_->keep_alive(out_);
  if (!block.has_data || block.data.empty())
    return true;
  if (from_ == config::protocol::openai && block.data.starts_with(done_mark)) {
    began_ = terminal_ = true;
    return writer_->finish(outline_, usage_, out_);
  }
  return read(block.type, block.data);
}

bool translated_stream::read(std::string_view type, std::string_view data) {
  // Where the reader may look past the event, it need not copy it.
  if (is_padded(data, input_)) {
    json::document doc{json::document::padded{data}};
    return tell(doc, type, data);
  }
  json::document doc{data};
  return tell(doc, type, data);
}

bool translated_stream::tell(json::document& doc, std::string_view type,
                             std::string_view data) {
  const auto size = out_.size();
  event_.clear();
  if (!read_reply_event(from_, type, doc, usage_, event_))
    return fail_malformed(size);
  if (event_.error) {
    tell_error(data);
    return false;
  }
  if (event_.ping) {
    writer_->keep_alive(out_);
    return true;
  }
  began_ = true;
  if (!outline_.observe(event_))
    return fail_malformed(size);
  // Some send a first event without id or model, about the prompt alone; what
  // follows has both.
  const bool is_told = !event_.deltas.empty() || !outline_.id.empty();
  if (is_told && !writer_->write(event_, outline_, usage_, out_))
    return fail_malformed(size);
  finish_seen_ =
      finish_seen_
      || std::any_of(outline_.choices.begin(), outline_.choices.end(),
                     [](const auto& choice) { return choice.finished(); });
  terminal_ = event_.terminal;
  return !terminal_ || writer_->finish(outline_, usage_, out_);
}

void translated_stream::tell_error(std::string_view data) {
  failure_ = classify_event(from_, data);
  auto err = read_error(from_, 0, data);
  err.request_id = to_.request_id;
  writer_->fail(error_body(to_.client, err), out_);
}

/// Takes back what an event gave out before it turned out to be broken.
bool translated_stream::fail_malformed(std::size_t size) {
  out_.resize(size);
  failure_ = {fault::malformed, std::nullopt};
  return false;
}

bool translated_stream::whole_by_reasons() const {
  return failure_.fault == fault::none && outline_.all_finished();
}

bool translated_stream::finished() const {
  if (from_ != config::protocol::gemini)
    return terminal_;
  return ended_ && whole_by_reasons()
         && (options_.framing == framing::sse || array_.closed());
}

std::string translated_stream::end_cut(const door_error& err) const {
  const bool error_told =
      failure_.fault != fault::none && failure_.fault != fault::malformed;
  std::string out;
  if (!error_told && !finished())
    writer_->fail(error_body(to_.client, err), out);
  return out;
}

}  // namespace troupe::http::wire
