#include "http/routes/entrance.hpp"

#include "config/auth.hpp"
#include "http/ask.hpp"
#include "http/routes/exchange.hpp"
#include "http/wire/credential.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe::http {

namespace {

task<caf::expected<lease>> ask_ingress(lane& l, executor where, call_ptr who) {
  return ask<lease>(where, std::move(who), [&l](call_ticket t) {
    caf::anon_send(l.ingress.current(), atom::admit_v, std::move(t));
  });
}

bool was_lost(const caf::expected<lease>& got) {
  return code_of(got) == errc::actor_lost;
}

/// Whether INGRESS lets everybody in, and knows nobody by name.
bool is_wide_open(const lane& l) {
  const auto& now = l.settings();
  return !l.knows_clients()
         && config::lets_everybody_in(now.auth, now.http.listen);
}

caf::expected<guest> guest_of(const caf::expected<lease>& got, call& who) {
  if (!got)
    return got.error();
  return guest{std::move(who.client), std::move(who.tenant)};
}

}  // namespace

task<caf::expected<guest>> enter(lane& l, const request& req, executor where) {
  if (is_wide_open(l))
    co_return guest{};
  auto who = std::make_shared<call>();
  who->id = req.id;
  who->entry_only = true;
  if (l.knows_clients())
    who->credential_sha256 = wire::credential_sha256(req);
  auto got = co_await ask_ingress(l, where, who);
  for (std::uint32_t losses = 0; was_lost(got) && losses < losses_max;
       ++losses) {
    timer pause{where};
    pause.expires_after(loss_pause * (1 << losses));
    co_await pause.async_wait(use_task);
    got = co_await ask_ingress(l, where, who);
  }
  co_return guest_of(got, *who);
}

}  // namespace troupe::http
