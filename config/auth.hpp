// Who may come in without a key, as the configuration has it.
//
// `auth.mode: auto` asks nobody for a key who is on this machine anyway, and
// everybody who is not.

#pragma once

#include "config/settings.hpp"

namespace troupe::config {

/// Whether clients of `listen` may come in without a key, or with any.
bool lets_everybody_in(const auth_settings& auth, const endpoint& listen);

}  // namespace troupe::config
