// Who may enter, and under which name.
//
// Clients are known by the SHA-256 of their key; the keys themselves are kept
// nowhere. The hash is what is looked up, so how long a look-up takes tells a
// guesser nothing about any key.
//
// An open gate lets everybody in: official SDKs insist on sending some key, so
// an unknown one makes the client nameless, not unwelcome. A known one still
// gives its name and tenant, open gate or not.

#pragma once

#include "actors/contracts.hpp"
#include "config/settings.hpp"
#include "runtime/errc.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace troupe {

/// Whether a key is needed to pass.
enum class gate_mode : std::uint8_t { open, by_key };

/// What `auth.mode` means on this address: `auto` is open on loopback only.
gate_mode gate_mode_of(const config::auth_settings& auth,
                       const config::endpoint& listen);

class gate {
public:
  gate(const config::auth_settings& auth, gate_mode mode);

  /// Writes who `c` is into its `client` and `tenant`. Returns `none` if it may
  /// pass. Errors: unauthorized.
  errc pass(call& c) const;

private:
  struct guest {
    std::string name;
    std::string tenant;
  };

  gate_mode mode_;
  std::unordered_map<std::string, guest> guests_;  // by SHA-256 of the key
};

}  // namespace troupe
