// The second half of an exchange: a provider's answer on its way to the client.

#include "http/routes/exchange.hpp"
#include "http/upstream/request_head.hpp"
#include "http/wire/answer_facts.hpp"
#include "http/wire/answer_stream.hpp"
#include "http/wire/fault_of.hpp"

namespace troupe::http {

namespace {

bool is_event_stream(const header_list& headers) {
  constexpr std::string_view type = "text/event-stream";
  const auto given = headers.find("content-type");
  return given && given->size() >= type.size()
         && same_token(given->substr(0, type.size()), type);
}

bool is_encoded(const header_list& headers) {
  const auto given = headers.find("content-encoding");
  return given && !given->empty() && !same_token(*given, "identity");
}

void append(std::string& body, std::span<const std::string_view> pieces) {
  for (const auto p : pieces)
    body.append(p);
}

}  // namespace

bool exchange::is_stream(const response_parser& answer) const {
  if (is_encoded(answer.headers()))
    return false;  // Unreadable on its way; passed on as it is.
  return is_event_stream(answer.headers())
         || match_.endpoint == wire::endpoint::stream_generate_content;
}

header_list exchange::answer_headers(const lease& l,
                                     const response_parser& answer) const {
  auto headers = upstream::headers_for_client(answer.headers());
  headers.add("x-troupe-model", l.model);
  headers.add("x-troupe-provider", l.provider->name);
  headers.add("x-troupe-key", l.key.value());
  headers.add("x-troupe-attempts", std::to_string(l.attempt));
  headers.add("x-troupe-cache", "bypass");
  return headers;
}

void exchange::note_first_byte() {
  if (record_.first_byte.count() == 0)
    record_.first_byte = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - started_);
}

// Reads the next bytes of the answer; false at its end, and on a failure, which
// is then noted in `o`.
task<bool> exchange::read_next(upstream::connection& from,
                               std::chrono::milliseconds limit, outcome& o) {
  try {
    co_return co_await from.read_more(limit);
  } catch (const boost::system::system_error& e) {
    auto failure = failed(e, from, "reading the answer");
    failure.usage = o.usage;
    o = std::move(failure);
    co_return false;
  }
}

// -- answers that are faults
// -----------------------------------------------------

task<exchange::outcome> exchange::keep_fault(const lease& l,
                                             upstream::connection& from) {
  outcome o;
  std::string body;
  append(body, from.pieces());
  while (body.size() < wire::error_size_max
         && co_await read_next(from, l.provider->timeouts.stall, o))
    append(body, from.pieces());
  if (o.result.fault != fault::none)
    co_return o;
  const auto& answer = from.answer();
  o.result =
      wire::classify(match_.protocol, answer.status_code(), answer.headers(),
                     body, std::chrono::system_clock::now());
  o.what = "answered with status " + std::to_string(answer.status_code());
  auto& kept = last_.emplace();
  kept.status = answer.status_code();
  kept.headers = answer_headers(l, answer);
  kept.body = std::move(body);
  co_return o;
}

// -- whole answers
// ---------------------------------------------------------------

task<exchange::outcome> exchange::relay_whole(const lease& l,
                                              upstream::connection& from) {
  outcome o;
  std::string body;
  body.reserve(held_reserve);
  append(body, from.pieces());
  while (body.size() <= held_max
         && co_await read_next(from, l.provider->timeouts.stall, o))
    append(body, from.pieces());
  if (o.result.fault != fault::none)
    co_return o;
  note_first_byte();
  if (!from.answered())
    co_return co_await relay_large(l, from, std::move(body));
  const auto& answer = from.answer();
  if (!is_encoded(answer.headers())) {
    const auto facts = wire::read_answer(match_.endpoint, body);
    o.usage = facts.usage;
    if (!facts.sound) {
      o.result.fault = fault::malformed;
      o.what = "answered with something that is not what its API promises";
      co_return o;
    }
  }
  record_.status = answer.status_code();
  record_.bytes_out = body.size();
  o.answered = true;
  co_await res_.send(answer.status_code(), answer_headers(l, answer), body);
  co_return o;
}

task<exchange::outcome> exchange::relay_large(const lease& l,
                                              upstream::connection& from,
                                              std::string held) {
  outcome o;
  o.answered = true;
  record_.status = from.answer().status_code();
  record_.bytes_out = held.size();
  res_.start(record_.status, answer_headers(l, from.answer()));
  co_await res_.write(held);
  while (co_await read_next(from, l.provider->timeouts.stall, o))
    for (const auto p : from.pieces()) {
      record_.bytes_out += p.size();
      co_await res_.write(p);
    }
  o.answered = true;
  if (o.result.fault == fault::none)
    co_await res_.finish();
  else
    res_.reset();  // JSON that ends in its middle must not look complete.
  co_return o;
}

// -- streams
// ---------------------------------------------------------------------

// The client's head is held back until the first real event: an attempt that
// fails before it is made elsewhere, unseen.
task<exchange::outcome> exchange::relay_stream(const lease& l,
                                               upstream::connection& from) {
  const auto& limits = l.provider->timeouts;
  wire::stream_options options;
  if (!is_event_stream(from.answer().headers()))
    options.framing = wire::framing::json_array;
  if (wire::has_usage_option(match_.endpoint) && !facts_.asks_usage)
    options.usage_chunk = wire::usage_chunk::strip;
  wire::answer_stream stream{match_.endpoint, options};
  record_.streamed = true;
  outcome o;
  std::string held;  // Until the stream began; and where a read has many parts.
  do {
    const auto pieces = from.pieces();
    const bool direct = pieces.size() == 1 && held.empty() && stream.began();
    std::string_view ready;
    for (const auto p : pieces) {
      ready = stream.feed(p);
      if (!direct)
        held.append(ready);
    }
    if (stream.began()) {
      co_await pass_on(l, from, direct ? ready : std::string_view{held});
      held.clear();
    }
  } while (stream.fault() == fault::none
           && co_await read_next(
               from, stream.began() ? limits.stall : limits.first_byte, o));
  held.append(stream.end());
  o.usage = stream.usage();
  o.answered = record_.status != 0;
  co_return co_await end_stream(l, from, stream, held, std::move(o));
}

task<> exchange::pass_on(const lease& l, const upstream::connection& from,
                         std::string_view bytes) {
  if (record_.status == 0) {
    note_first_byte();
    record_.status = from.answer().status_code();
    res_.start(record_.status, answer_headers(l, from.answer()));
  }
  record_.bytes_out += bytes.size();
  co_await res_.write(bytes);
}

task<exchange::outcome> exchange::end_stream(const lease& l,
                                             const upstream::connection& from,
                                             wire::answer_stream& stream,
                                             std::string rest, outcome o) {
  const bool whole = stream.finished() || !stream.complete().empty();
  if (stream.fault() != fault::none) {
    o.result = stream.failure();
    o.what = "sent a fault in its stream";
  } else if (whole) {
    o.result = {};  // What came after the last event does not matter.
  } else if (o.result.fault == fault::none) {
    o.result.fault = fault::transient;
    o.what = "ended its stream before it was complete";
  }
  if (!stream.began() && !whole)
    co_return o;  // Nothing was sent: another attempt may do better.
  o.answered = true;
  rest.append(stream.complete());
  if (o.result.fault != fault::none && o.result.fault != fault::abandoned)
    rest.append(stream.end_cut(cut_error(o)));
  co_await pass_on(l, from, rest);
  co_await res_.finish();
  co_return o;
}

wire::door_error exchange::cut_error(const outcome& o) const {
  wire::door_error e;
  e.status = o.timed_out ? 504 : 502;
  e.code = "stream_cut";
  e.message = "The answer is not complete: the provider " + o.what + ".";
  e.request_id = req_.id;
  return e;
}

}  // namespace troupe::http
