#include "actors/ingress/gate.hpp"

#include "config/auth.hpp"

namespace troupe {

gate_mode gate_mode_of(const config::auth_settings& auth,
                       const config::endpoint& listen) {
  return config::lets_everybody_in(auth, listen) ? gate_mode::open
                                                 : gate_mode::by_key;
}

gate::gate(const config::auth_settings& auth, gate_mode mode) : mode_(mode) {
  for (const auto& c : auth.clients)
    guests_.emplace(c.key_sha256, guest{c.name, c.tenant});
}

errc gate::pass(call& c) const {
  if (const auto found = guests_.find(c.credential_sha256);
      found != guests_.end()) {
    c.client = found->second.name;
    c.tenant = found->second.tenant;
    return errc::none;
  }
  return mode_ == gate_mode::open ? errc::none : errc::unauthorized;
}

}  // namespace troupe
