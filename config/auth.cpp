#include "config/auth.hpp"

#include "config/endpoint.hpp"

namespace troupe::config {

bool lets_everybody_in(const auth_settings& auth, const endpoint& listen) {
  switch (auth.mode) {
  case auth_mode::open:
    return true;
  case auth_mode::required:
    return false;
  case auth_mode::automatic:
    break;
  }
  return is_loopback(listen);
}

}  // namespace troupe::config
