// The keys of a provider, as its pool is to use them.
//
// Made by whoever reads the configuration or hears an operator, and given to
// the pool whole: a roster never changes, another one takes its place. A key
// keeps its index through all rosters of its provider, so that leases, calls
// and standings which name it stay right; places of keys that were removed stay
// and are marked.

#pragma once

#include "actors/contracts.hpp"
#include "runtime/supervision/address.hpp"

#include <memory>
#include <vector>

namespace troupe {

struct key_roster {
  enum class duty : std::uint8_t {
    lends,
    drains,  ///< Ends what it has begun, lends no more.
    gone,
  };

  struct place {
    key_id id;
    address<api_key_actor> at;
    duty on = duty::lends;
  };

  std::shared_ptr<const config::provider_settings> provider;
  std::vector<place> places;  ///< By `key_index`.
};

}  // namespace troupe
