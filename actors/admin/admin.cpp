#include "actors/admin/admin.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace troupe {

admin_actor::behavior_type admin(admin_state::self_pointer self,
                                 const std::shared_ptr<company>& book) {
  return self->state.make_behavior(book);
}

admin_actor::behavior_type
admin_state::make_behavior(std::shared_ptr<company> book) {
  book_ = std::move(book);
  // Nobody hears the answers to what an earlier incarnation asked.
  for (const auto& m : book_->members)
    m->departs = false;
  work();
  return {
      [this](atom::status) { return status(); },
      [this](atom::add, const std::string& provider, const key_secret& s) {
        return change(book_->add(provider, s.text));
      },
      [this](atom::drain, const std::string& id) {
        return change(book_->set_fate(id, key_fate::drains));
      },
      [this](atom::remove, const std::string& id) {
        return change(book_->set_fate(id, key_fate::leaves));
      },
      [this](atom::change, const std::string& id, const key_secret& s) {
        return change(book_->change(id, s.text));
      },
      [this](atom::scale, const std::string& queue, std::uint32_t count) {
        return scale(queue, count);
      },
      [this](atom::reload, const settings_ptr& s) {
        return change(book_->reload(*s));
      },
      [this](atom::sweep) { sweep(); },
      [this](atom::retry) { work(); },
  };
}

// Every question is answered with what was written, when it has been done.
template <class Answer>
caf::result<Answer> admin_state::change(const caf::expected<Answer>& written) {
  if (!written)
    return written.error();
  auto promise = self_->make_response_promise();
  if constexpr (std::is_void_v<Answer>)
    waiting_.emplace_back([promise]() mutable { promise.deliver(caf::unit); });
  else
    waiting_.emplace_back(
        [promise, said = *written]() mutable { promise.deliver(said); });
  work();
  return promise;
}

// -- a round
// -------------------------------------------------------------------

void admin_state::work() {
  if (is_working_) {
    again_ = true;
    return;
  }
  is_working_ = true;
  again_ = false;
  failed_ = false;
  phase_ = 0;
  std::ranges::move(waiting_, std::back_inserter(answering_));
  waiting_.clear();
  go_on();
}

void admin_state::go_on() {
  static constexpr std::array<void (admin_state::*)(), 3> phases{
      &admin_state::hire, &admin_state::inform, &admin_state::route};
  if (failed_ || phase_ == phases.size())
    return finish();
  pending_ = 1;  // This call, so that the phase does not end while it begins.
  (this->*phases[phase_++])();
  arrived();
}

void admin_state::arrived() {
  if (--pending_ == 0)
    go_on();
}

void admin_state::finish() {
  is_working_ = false;
  if (failed_) {
    self_->delayed_send(self_, retry_pause, atom::retry_v);
    return;
  }
  for (const auto& tell : std::exchange(answering_, {}))
    tell();
  dismiss();
  watch();
  if (again_)
    work();
}

// Asks somebody for something, as a part of the phase.
template <class Handle, class Then, class... Args>
void admin_state::ask(const Handle& whom, Then then, errc also_fine,
                      Args... args) {
  ++pending_;
  self_->request(whom, caf::duration{patience}, std::move(args)...)
      .then(
          [this, then] {
            then();
            arrived();
          },
          [this, then, also_fine](const caf::error& why) {
            if (code_of(why) == also_fine && also_fine != errc::none) {
              then();
            } else {
              failed_ = true;
              spdlog::warn("admin step failed error=\"{}\"",
                           self_->home_system().render(why));
            }
            arrived();
          });
}

void admin_state::hire() {
  for (const auto& m : book_->members)
    if (m->who->standing().fate == provider_fate::goes)
      continue;
    else if (!m->is_hired)
      hire(m);
    else
      hire_keys(m);
}

// The root answers when the branch is there, the branch when its actors are.
void admin_state::hire(const member_ptr& m) {
  const auto with_it = m->who->standing().keys;
  const auto is_there = [this, m, with_it] {
    ++pending_;
    self_
        ->request(m->who->supervisor().current(), caf::duration{patience},
                  atom::child_v, m->who->pool_name())
        .then(
            [this, m, with_it](const caf::actor&) {
              m->is_hired = true;
              m->owes_word = true;
              m->keys_hired.resize(m->who->standing().keys.size());
              for (std::size_t i = 0; i < with_it.size(); ++i)
                m->keys_hired[i] = with_it[i] != key_fate::gone;
              arrived();
            },
            [this](const caf::error&) {
              failed_ = true;
              arrived();
            });
  };
  ask(book_->root.current(), is_there, errc::child_exists, atom::hire_v,
      std::make_shared<const child_spec>(branch::recipe(m->who)));
}

void admin_state::hire_keys(const member_ptr& m) {
  const auto& fates = m->who->standing().keys;
  for (key_index i = 0; i < fates.size(); ++i)
    if (fates[i] != key_fate::gone && !m->keys_hired[i])
      ask(
          m->who->supervisor().current(), [m, i] { m->keys_hired[i] = true; },
          errc::child_exists, atom::hire_v,
          std::make_shared<const child_spec>(branch::key_recipe(m->who, i)));
}

void admin_state::inform() {
  for (const auto& m : book_->members) {
    if (!m->owes_word || m->who->standing().fate == provider_fate::goes)
      continue;
    const auto news = m->who->roster();
    ask(
        m->who->pool().current(),
        [this, m, news] {
          m->told = news;
          if (m->who->roster() == news)
            inform_keys(m);
        },
        errc::none, atom::adopt_v, news);
  }
}

// It owes no more when all of them have heard.
void admin_state::inform_keys(const member_ptr& m) {
  const auto news = m->who->roster();
  const auto left = std::make_shared<std::size_t>(1);
  const auto one_less = [m, news, left] {
    if (--*left == 0 && m->who->roster() == news)
      m->owes_word = false;
  };
  for (key_index i = 0; i < news->places.size(); ++i) {
    if (news->places[i].on == key_roster::duty::gone)
      continue;
    ++*left;
    ask(news->places[i].at.current(), one_less, errc::none, atom::adopt_v,
        m->who->brief_of(i));
  }
  one_less();
}

void admin_state::route() {
  if (book_->owes_routing) {
    const auto news = book_->routes();
    book_->routes_published->put(news);
    ask(
        book_->router.current(),
        [this, news] {
          if (book_->routes() != news)
            return;
          book_->owes_routing = false;
          for (const auto& m : book_->members)
            if (m->who->standing().fate == provider_fate::leaves && !m->left_at)
              m->left_at = self_->clock().now();
        },
        errc::none, atom::adopt_v, news);
  }
  if (book_->owes_gate) {
    const auto news = book_->entrance();
    book_->gate_published->put(news);
    const auto left = std::make_shared<std::size_t>(book_->ingresses.size());
    for (const auto& at : book_->ingresses)
      ask(
          at.current(),
          [this, news, left] {
            if (--*left == 0 && book_->entrance() == news)
              book_->owes_gate = false;
          },
          errc::none, atom::adopt_v, news);
  }
  if (book_->owes_bounds) {
    const auto news = book_->settings();
    const auto left =
        std::make_shared<std::size_t>(book_->cache_shards.size() + 1);
    const auto told = [this, news, left] {
      if (--*left == 0 && book_->settings() == news)
        book_->owes_bounds = false;
    };
    for (const auto& at : book_->cache_shards)
      ask(at.current(), told, errc::none, atom::adopt_v, news);
    ask(book_->semantic_cache.current(), told, errc::none, atom::adopt_v, news);
  }
  if (book_->owes_queues && book_->queues) {
    const auto news = book_->settings();
    const auto left = std::make_shared<std::size_t>(book_->queues->size());
    for (const auto& [queue, place] : *book_->queues) {
      caf::anon_send(place.pool.current(), atom::adopt_v, news);
      ask(
          place.queue.current(),
          [this, news, left] {
            if (--*left == 0 && book_->settings() == news)
              book_->owes_queues = false;
          },
          errc::none, atom::adopt_v, news);
    }
  }
}

// -- looking
// -------------------------------------------------------------------

caf::result<pool_size> admin_state::scale(const std::string& queue,
                                          std::uint32_t count) {
  auto pool = worker_pool_actor{};
  if (book_->queues)
    if (const auto at = book_->queues->find(queue); at != book_->queues->end())
      pool = at->second.pool.current();
  if (!pool)
    return caf::make_error(errc::unknown_queue, queue);
  auto promise = self_->make_response_promise<pool_size>();
  self_->request(pool, caf::duration{patience}, atom::scale_v, count)
      .then([promise](const pool_size& size) mutable { promise.deliver(size); },
            [promise](const caf::error&) mutable {
              promise.deliver(caf::make_error(errc::actor_lost));
            });
  return promise;
}

caf::result<std::vector<key_status>> admin_state::status() {
  struct survey {
    caf::response_promise promise;
    std::vector<std::vector<key_status>> found;
    std::size_t left = 0;
  };
  auto all = std::make_shared<survey>();
  all->promise = self_->make_response_promise();
  all->found.resize(book_->members.size());
  all->left = all->found.size() + 1;
  const auto one_less = [all] {
    if (--all->left > 0)
      return;
    std::vector<key_status> result;
    for (auto& of : all->found)
      std::ranges::move(of, std::back_inserter(result));
    all->promise.deliver(std::move(result));
  };
  for (std::size_t i = 0; i < all->found.size(); ++i) {
    const auto m = book_->members[i];
    self_
        ->request(m->who->pool().current(), caf::duration{patience},
                  atom::status_v)
        .then(
            [all, i, one_less](std::vector<key_status>& keys) {
              all->found[i] = std::move(keys);
              one_less();
            },
            [all, i, one_less, m](const caf::error&) {
              const auto& of = *m->who->roster();
              for (const auto& p : of.places)
                if (p.on != key_roster::duty::gone)
                  all->found[i].push_back(
                      {of.provider->name, p.id.value(), "unknown", 0, 0});
              one_less();
            });
  }
  one_less();
  return all->promise;
}

}  // namespace troupe
