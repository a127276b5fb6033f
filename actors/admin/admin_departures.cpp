// ADMIN's second half: how keys and providers go that have work in hand.

#include "actors/admin/admin.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

bool is_leaving(const company::member& m) {
  const auto& s = m.who->standing();
  return s.fate != provider_fate::plays
         || std::ranges::find(s.keys, key_fate::leaves) != s.keys.end();
}

}  // namespace

void admin_state::watch() {
  const bool somebody = std::ranges::any_of(
      book_->members, [](const auto& m) { return is_leaving(*m); });
  if (is_watching_ || !somebody)
    return;
  is_watching_ = true;
  self_->delayed_send(self_, watch_pause, atom::sweep_v);
}

void admin_state::sweep() {
  is_watching_ = false;
  for (const auto& m : book_->members) {
    const auto& s = m->who->standing();
    if (m->told == m->who->roster()
        && std::ranges::find(s.keys, key_fate::leaves) != s.keys.end())
      look_after(m);
    // All of its keys leave, or are gone, once this was done.
    if (s.fate == provider_fate::leaves && m->left_at
        && self_->clock().now() >= *m->left_at + s.settings->waiting.time
        && std::ranges::any_of(s.keys, [](key_fate f) {
             return f == key_fate::lends || f == key_fate::drains;
           })) {
      book_->send_keys_off(*m);
      work();
    }
  }
  dismiss();
  watch();
}

// Asks the keys that leave to say how they stand, then the pool what they said.
void admin_state::look_after(const member_ptr& m) {
  const auto asked = m->who->roster();
  const auto left = std::make_shared<std::size_t>(1);
  const auto one_less = [this, m, asked, left] {
    if (--*left > 0)
      return;
    self_
        ->request(m->who->pool().current(), caf::duration{patience},
                  atom::status_v)
        .then(
            [this, m, asked](const std::vector<key_status>& keys) {
              heard(m, asked, keys);
            },
            [](const caf::error&) {});  // The next look will tell.
  };
  const auto& fates = m->who->standing().keys;
  for (key_index i = 0; i < fates.size(); ++i) {
    if (fates[i] != key_fate::leaves)
      continue;
    ++*left;
    self_
        ->request(asked->places[i].at.current(), caf::duration{patience},
                  atom::adopt_v, m->who->brief_of(i))
        .then(one_less, [](const caf::error&) {});
  }
  one_less();
}

void admin_state::heard(const member_ptr& m, const roster_ptr& asked,
                        const std::vector<key_status>& keys) {
  if (m->who->roster() != asked)
    return;
  bool any = false;
  const auto fates = m->who->standing().keys;
  for (key_index i = 0; i < fates.size(); ++i) {
    const auto& id = asked->places[i].id.value();
    if (fates[i] != key_fate::leaves
        || std::ranges::none_of(keys, [&](const key_status& k) {
             return k.key == id && k.in_flight == 0;
           }))
      continue;
    book_->bury(*m, i);
    any = true;
  }
  if (any)
    work();
}

void admin_state::dismiss() {
  // Copied: who is forgotten is taken out.
  for (const auto& m : std::vector(book_->members)) {
    const auto& s = m->who->standing();
    const bool all_gone = std::ranges::all_of(
        s.keys, [](key_fate f) { return f == key_fate::gone; });
    if (s.fate != provider_fate::plays && m->left_at && all_gone)
      dismiss_branch(m);
    else if (m->told == m->who->roster())
      for (key_index i = 0; i < s.keys.size(); ++i)
        if (s.keys[i] == key_fate::gone && m->keys_hired[i])
          dismiss_key(m, i);
  }
}

void admin_state::dismiss_key(const member_ptr& m, key_index key) {
  m->keys_hired[key] = false;
  const auto provider = m->who->standing().settings;
  const auto gone = [this, provider, key] {
    const auto& id = provider->keys[key].id.value();
    const auto& metrics = book_->on.metrics;
    metrics.gauge(metric::api_key_usable, {provider->name, id}).Set(0);
    metrics.gauge(metric::api_key_in_flight, {provider->name, id}).Set(0);
    spdlog::info("admin key={} removed", id);
  };
  self_
      ->request(m->who->supervisor().current(), caf::duration{patience_at_exit},
                atom::dismiss_v, m->who->key_name(key))
      .then(gone, [this, m, key, gone](const caf::error& why) {
        if (code_of(why) == errc::unknown_child)
          return gone();
        m->keys_hired[key] = true;  // Once more.
        watch();
      });
}

void admin_state::dismiss_branch(const member_ptr& m) {
  if (std::exchange(m->departs, true))
    return;
  book_->let_go(*m);
  const auto gone = [this, m] {
    spdlog::info("admin provider={} removed",
                 m->who->standing().settings->name);
    book_->forget(m);
  };
  self_
      ->request(book_->root.current(), caf::duration{patience_at_exit},
                atom::dismiss_v, m->who->name())
      .then(gone, [this, m, gone](const caf::error& why) {
        if (code_of(why) == errc::unknown_child)
          return gone();
        m->departs = false;  // Once more.
        watch();
      });
}

}  // namespace troupe
