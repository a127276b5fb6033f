#include "http/cache/cache_terms.hpp"

#include "http/cache/packing.hpp"
#include "http/routes/exchange.hpp"
#include "http/wire/replay/cached_usage.hpp"

#include <utility>

namespace troupe::http {

flight_shape shape_of(const wire::match& m, const wire::request_facts& facts,
                      std::string_view query) {
  flight_shape shape;
  shape.streams = facts.streams;
  shape.asks_usage =
      facts.streams && wire::has_usage_option(m.endpoint) && facts.asks_usage;
  shape.json_array = m.endpoint == wire::endpoint::stream_generate_content
                     && !wire::asks_for_sse(query);
  return shape;
}

std::optional<worthy_entry> entry_of(const cache_terms& terms, wire::endpoint e,
                                     const exchange_record& record,
                                     const std::string& body) {
  if (e == wire::endpoint::stream_generate_content)
    e = wire::endpoint::generate_content;  // The whole of one is the other's.
  const auto worth = wire::worth_of(e, body);
  worthy_entry result;
  result.exactly = wire::may_keep(terms.policy, terms.wish, terms.id, worth);
  result.by_meaning = terms.resembles && terms.wish.keeps && worth.keepable
                      && !worth.has_tool_calls;
  if (!result.exactly && !result.by_meaning)
    return std::nullopt;
  auto cached = wire::as_cached(e, body);
  if (!cached)
    return std::nullopt;
  auto& entry = result.entry;
  entry.type = "application/json";
  entry.provider = record.provider;
  entry.model = record.model;
  entry.tokens_in = cached->tokens_in;
  entry.tokens_out = cached->tokens_out;
  entry.tags = terms.wish.tags;
  pack(entry, std::move(cached->body));
  return result;
}

}  // namespace troupe::http
