// The second half of an exchange: a provider's answer on its way to the client.

#include "http/routes/exchange.hpp"

namespace troupe::http {

// -- whole answers
// ---------------------------------------------------------------

task<> exchange::relay_whole(attempt& a) {
  settle(a);
  tell_router(*a.of(), a.ended(), a.first_byte());
  if (client_gone())  // It was only read to be accounted for.
    throw boost::system::system_error{asio::error::operation_aborted};
  const auto& answer = *a.answer();
  record_.status = answer.status;
  record_.bytes_out = answer.body.size();
  co_await res_.send(answer.status, answer.headers, answer.body);
}

task<> exchange::relay_large(attempt& a) {
  const auto stall = a.by().provider->timeouts.stall;
  co_await pass_on(a, a.held());
  while (co_await a.read_more(stall))
    for (const auto p : a.pieces())
      co_await pass_on(a, p);
  const bool whole = a.ended().result.fault == fault::none;
  settle(a);
  tell_router(*a.of(), a.ended(), a.first_byte());
  if (client_gone())
    throw boost::system::system_error{asio::error::operation_aborted};
  if (whole)
    co_await res_.finish();
  else
    res_.reset();  // JSON that ends in its middle must not look complete.
}

// -- streams
// ---------------------------------------------------------------------

relayed_stream exchange::follower_of(const attempt& a) const {
  const auto& sent = a.request();
  if (sent.translated())
    return relayed_stream{std::in_place_type<wire::translated_stream>,
                          a.by().provider->protocol, *sent.translated()};
  wire::stream_options options;
  if (!a.is_sse())
    options.framing = wire::framing::json_array;
  if (wire::has_usage_option(sent.endpoint()) && !asked_.facts.asks_usage)
    options.usage_chunk = wire::usage_chunk::strip;
  return relayed_stream{std::in_place_type<wire::answer_stream>,
                        sent.endpoint(), options};
}

// The client's head is held back until the first real event: an attempt that
// fails before it is made elsewhere, unseen.
task<bool> exchange::relay_stream(attempt& a) {
  const auto& limits = a.by().provider->timeouts;
  auto stream = follower_of(a);
  record_.streamed = true;
  std::string held;  // Until the stream began; and where a read has many parts.
  for (bool more = true; more;) {
    const auto pieces = a.pieces();
    const bool direct = pieces.size() == 1 && held.empty() && stream.began();
    std::string_view ready;
    for (const auto p : pieces) {
      ready = stream.feed(p);
      if (!direct)
        held.append(ready);
    }
    if (stream.began()) {
      if (a.note_first_byte())
        tell_router(*a.of(), {}, a.first_byte());  // Its end may be far.
      co_await pass_on(a, direct ? ready : std::string_view{held});
      held.clear();
    }
    // Not `&& co_await`: gcc 12 would read on after a fault.
    more = stream.fault() == fault::none;
    if (more)
      more = co_await a.read_more(stream.began() ? limits.stall
                                                 : limits.first_byte);
  }
  held.append(stream.end());
  a.ended().usage = stream.usage();
  co_return co_await end_stream(a, stream, std::move(held));
}

// A client that leaves does not end the attempt, which may be read on.
task<> exchange::pass_on(attempt& a, std::string_view bytes) {
  if (client_gone())
    co_return;
  if (record_.status == 0) {
    record_.status = a.status();
    res_.start(record_.status, a.headers());
  }
  record_.bytes_out += bytes.size();
  try {
    co_await res_.write(bytes);
  } catch (const boost::system::system_error&) {
    interrupt(interruption::client_gone);
  }
}

task<bool> exchange::end_stream(attempt& a, relayed_stream& stream,
                                std::string rest) {
  auto& o = a.ended();
  const auto completion = stream.complete();
  const bool whole = stream.finished() || !completion.empty();
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
    co_return false;  // Nothing was sent: another attempt may do better.
  settle(a);
  if (o.result.fault != fault::none)
    tell_router(*a.of(), o, {});
  rest.append(completion);
  if (o.result.fault != fault::none && o.result.fault != fault::abandoned) {
    rest.append(stream.end_cut(cut_error(o)));
    lane_.count_cut(a.by().provider->name, o.result.fault);
  }
  co_await pass_on(a, rest);
  if (client_gone())
    throw boost::system::system_error{asio::error::operation_aborted};
  co_await res_.finish();
  co_return true;
}

wire::door_error exchange::cut_error(const attempt::outcome& o) const {
  wire::door_error e;
  e.status = o.timed_out ? 504 : 502;
  e.code = "stream_cut";
  e.message = "The answer is not complete: the provider " + o.what + ".";
  e.request_id = req_.id;
  return e;
}

}  // namespace troupe::http
