#include "actors/ingress/gate.hpp"

namespace troupe {

namespace {

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host == "[::1]"
         || (host.starts_with("127.")
             && host.find_first_not_of("0123456789.") == std::string::npos);
}

}  // namespace

gate_mode gate_mode_of(const config::auth_settings& auth,
                       const config::endpoint& listen) {
  switch (auth.mode) {
  case config::auth_mode::open:
    return gate_mode::open;
  case config::auth_mode::required:
    return gate_mode::by_key;
  case config::auth_mode::automatic:
    break;
  }
  return is_loopback(listen.host) ? gate_mode::open : gate_mode::by_key;
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
