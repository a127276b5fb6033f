#include "http/wire/replay/collect.hpp"

#include "http/wire/replay/assembler.hpp"

#include <utility>

namespace troupe::http::wire {

std::unique_ptr<answer_assembler> make_assembler(endpoint e,
                                                 std::size_t size_max) {
  switch (event_kind_of(e)) {
  case event_kind::openai_chunk:
    return make_chunk_assembler(size_max);
  case event_kind::openai_response:
    return make_response_assembler(size_max);
  case event_kind::anthropic:
    return make_message_assembler(size_max);
  case event_kind::gemini:
    break;
  }
  return make_candidate_assembler(size_max);
}

stream_collector::stream_collector(endpoint e, framing f, std::size_t size_max)
    : framing_(f), size_max_(size_max), sse_(size_max), array_(size_max),
      assembler_(make_assembler(e, size_max)) {}

stream_collector::stream_collector(stream_collector&&) noexcept = default;
stream_collector&
stream_collector::operator=(stream_collector&&) noexcept = default;
stream_collector::~stream_collector() = default;

void stream_collector::feed(std::string_view bytes) {
  if (gave_up())
    return;
  if (framing_ == framing::sse)
    feed_sse(bytes);
  else
    feed_array(bytes);
  if (sse_.failed() || array_.failed())
    assembler_.reset();
  if (gave_up()) {
    sse_ = sse_reader{};
    array_ = array_reader{};
  }
}

void stream_collector::feed_sse(std::string_view bytes) {
  sse_.feed(bytes);
  while (!gave_up()) {
    const auto block = sse_.next();
    if (!block)
      return;
    if (block->has_data && !block->data.empty())
      read(block->type, block->data);
  }
}

void stream_collector::feed_array(std::string_view bytes) {
  array_.feed(bytes);
  while (!gave_up()) {
    const auto block = array_.next();
    if (!block)
      return;
    if (!block->element.empty())
      read({}, block->element);
  }
}

void stream_collector::read(std::string_view type, std::string_view event) {
  if (!assembler_->add(type, event))
    assembler_.reset();
}

std::optional<std::string> stream_collector::finish(const token_usage& usage) {
  if (gave_up())
    return std::nullopt;
  if (const auto block = sse_.last();
      block && block->has_data && !block->data.empty())
    read(block->type, block->data);
  const auto assembler = std::exchange(assembler_, nullptr);
  if (!assembler || (framing_ == framing::json_array && !array_.closed()))
    return std::nullopt;
  const auto body = assembler->take(usage);
  if (!body)
    return std::nullopt;
  auto text = print_tree(*body);
  if (text.size() > size_max_)
    return std::nullopt;
  return text;
}

}  // namespace troupe::http::wire
