// What operator, client and request say of the cache, put together once at the
// door; and what follows for an answer.

#pragma once

#include "actors/contracts.hpp"
#include "http/cache/flight.hpp"
#include "http/routes/origin.hpp"
#include "http/wire/identity/cache_policy.hpp"

#include <optional>
#include <string>

namespace troupe::http {

struct exchange_record;

struct cache_terms {
  origin from = origin::client;
  config::cache_policy policy = config::cache_policy::never;
  wire::cache_wish wish;
  std::string tenant;
  wire::request_identity id;
  flight_shape shape;
  /// The semantic cache has a say, too.
  bool resembles = false;
  meaning_ptr meaning;  ///< Of the question, once somebody found it out.
};

/// An entry, and who may keep it.
struct worthy_entry {
  cache_entry entry;
  bool exactly = false;     ///< For the same request.
  bool by_meaning = false;  ///< For questions that mean the same.
};

/// The shape of the answer to the request that `m` and `facts` are of.
flight_shape shape_of(const wire::match& m, const wire::request_facts& facts,
                      std::string_view query);

/// The entry of an answer whose whole body is `body`; nothing if nobody is to
/// keep it.
std::optional<worthy_entry> entry_of(const cache_terms& terms, wire::endpoint e,
                                     const exchange_record& record,
                                     const std::string& body);

}  // namespace troupe::http
