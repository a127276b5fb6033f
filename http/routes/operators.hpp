// Who may use the operators' endpoints, /api/admin/...
//
//   auth.admin_token is set     whoever shows it: `Authorization: Bearer ...`
//   it is not                   whoever sits at the machine itself, and only
//                               where nobody is asked who they are
//
// Sits at the machine: the connection is from a loopback address and did not
// come through a proxy that says so, for behind one everybody is local.
//
// Limits: a proxy on the same machine that adds none of the usual fields cannot
// be told from its clients; set a token there.

#pragma once

#include "config/settings.hpp"
#include "http/message.hpp"
#include "http/wire/error_body.hpp"

#include <optional>

namespace troupe::http {

/// Why `req` may not; nothing if it may.
std::optional<wire::door_error> refuse_operator(const request& req,
                                                const config::settings& now);

}  // namespace troupe::http
