#include "actors/cache_shard/cache_keeper.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

milliseconds cut(std::uint64_t ms, milliseconds max) {
  return milliseconds{static_cast<milliseconds::rep>(
      std::min(ms, static_cast<std::uint64_t>(max.count())))};
}

std::uint64_t ms_between(cache_keeper::time_point from,
                         cache_keeper::time_point to) {
  return to > from ? static_cast<std::uint64_t>(
             std::chrono::duration_cast<milliseconds>(to - from).count())
                   : 0;
}

// From another node anything may come.
bool is_known(const cache_key& key) {
  return key.space < cache_space::count_;
}

cache_operation operation_of(cache_state s) {
  switch (s) {
  case cache_state::fresh:
    return cache_operation::hit;
  case cache_state::stale:
    return cache_operation::stale;
  case cache_state::negative:
    return cache_operation::negative;
  case cache_state::busy:
    return cache_operation::busy;
  default:
    return cache_operation::miss;
  }
}

}  // namespace

cache_keeper::cache_keeper(const cache_keeper_options& options)
    : shelf_(options.bounds, options.retention, options.seed),
      leads_(options.waiting, options.seed), last_etag_(options.seed) {}

// -- questions
// -----------------------------------------------------------------

std::optional<cache_findings> cache_keeper::find(std::uint64_t question,
                                                 const cache_questions& parts,
                                                 time_point now, outbox& out) {
  cache_findings findings(parts.size());
  std::size_t left = 0;
  for (std::size_t i = 0; i < parts.size(); ++i)
    left += !answer(question, i, parts[i], now, findings[i], out);
  if (left == 0)
    return findings;
  parked_.emplace(question, parked{std::move(findings), left});
  return std::nullopt;
}

// Whether the part is answered; else it waits.
bool cache_keeper::answer(std::uint64_t question, std::size_t part,
                          const cache_question& wants, time_point now,
                          cache_finding& to, outbox& out) {
  if (!is_known(wants.key))
    return true;
  const auto hash = shelf_.hash(wants.key);
  const auto s = shelf_.find(wants.key, hash, now);
  if (s != shelf::none && fits(wants, s, now)
      && now < shelf_.at(s).fresh_until) {
    give(s, now, to);
    return true;
  }
  const auto lead = lead_of(wants.key, hash, now, out);
  if (lead != lead_book::none) {
    const auto& leading = leads_.at(lead);
    const bool is_content =
        wants.stale_is_good && s != shelf::none && fits(wants, s, now);
    if (!is_content && leading.holder != question
        && wait(lead, question, part, wants, now))
      return false;
    settle_for(wants, cache_state::busy, leading.token, s, now, to);
    return true;
  }
  if (s == shelf::none)
    shelf_.miss(hash);
  if (wants.lead_ms == 0 || leads_.is_full()) {
    settle_for(wants, cache_state::absent, 0, s, now, to);
    return true;
  }
  const auto led = leads_.begin(wants.key, hash, question, shelf_.sequence(),
                                now + cut(wants.lead_ms, lead_max));
  to.state = cache_state::lead;
  to.token = leads_.at(led).token;
  shelf_.count(wants.key, cache_operation::miss);
  return true;
}

bool cache_keeper::wait(lead_book::slot lead, std::uint64_t question,
                        std::size_t part, const cache_question& wants,
                        time_point now) {
  if (wants.wait_ms == 0 || !leads_.has_room(lead))
    return false;
  leads_.wait(lead, {question, part, wants, lead},
              now + cut(wants.wait_ms, wait_max));
  return true;
}

// Nothing fresh: what is stale, if that is good enough, or what there is to
// say.
void cache_keeper::settle_for(const cache_question& wants, cache_state without,
                              std::uint64_t token, shelf::slot s,
                              time_point now, cache_finding& to) {
  if (s != shelf::none && fits(wants, s, now)
      && (wants.stale_is_good || now < shelf_.at(s).fresh_until))
    return give(s, now, to);
  to.state = without;
  to.token = token;
  shelf_.count(wants.key, operation_of(without));
}

void cache_keeper::give(shelf::slot s, time_point now, cache_finding& to) {
  const auto& r = shelf_.at(s);
  if (r.entry.negative) {
    to.state = cache_state::negative;
  } else {
    to.state = now < r.fresh_until ? cache_state::fresh : cache_state::stale;
    to.entry = r.entry;
  }
  to.age_ms = ms_between(r.kept_at, now);
  to.ttl_ms = ms_between(now, r.fresh_until);
  to.etag = r.etag;
  shelf_.use(s, operation_of(to.state));
}

// Whether it is what the asker wants, its time aside.
bool cache_keeper::fits(const cache_question& wants, shelf::slot s,
                        time_point now) const {
  return !wants.refresh
         && ms_between(shelf_.at(s).kept_at, now) <= wants.max_age_ms;
}

// -- changes
// -------------------------------------------------------------------

cache_receipts cache_keeper::change(const cache_changes& changes,
                                    time_point now, outbox& out) {
  cache_receipts receipts;
  receipts.reserve(changes.size());
  for (const auto& c : changes)
    receipts.push_back(change_one(c, now, out));
  return receipts;
}

cache_receipt cache_keeper::change_one(const cache_change& c, time_point now,
                                       outbox& out) {
  if (!is_known(c.key) || c.verb > cache_verb::yield)
    return {};
  const auto hash = shelf_.hash(c.key);
  const auto there = shelf_.find(c.key, hash, now);
  const auto lead = lead_of(c.key, hash, now, out);
  const bool leads = lead != lead_book::none && c.token != 0
                     && leads_.at(lead).token == c.token;
  if (!leads && (c.token != 0 || c.verb == cache_verb::yield))
    return refuse(c, cache_outcome::lead_lost, there);
  cache_receipt receipt;
  if (c.verb == cache_verb::keep && leads && is_outdated(c, lead)) {
    receipt = refuse(c, cache_outcome::lead_lost, there);
  } else if (c.verb == cache_verb::yield) {
    receipt.outcome = cache_outcome::done;
  } else if (c.if_match != 0
             && (there == shelf::none || shelf_.at(there).etag != c.if_match)) {
    receipt = refuse(c, cache_outcome::changed, there);
  } else if (c.verb == cache_verb::keep) {
    receipt = keep(c, hash, there, lead, now, out);
    if (receipt.outcome != cache_outcome::changed)
      return receipt;
  } else {
    if (lead != lead_book::none)
      leads_.outdate(lead);
    receipt.outcome = cache_outcome::absent;
    if (there != shelf::none) {
      shelf_.remove(there, cache_operation::remove);
      receipt.outcome = cache_outcome::done;
    }
  }
  if (leads)
    pass_on(lead, now, out);
  return receipt;
}

// The lead, if there is one, is over when this has been kept.
cache_receipt cache_keeper::keep(const cache_change& c, std::uint64_t hash,
                                 shelf::slot there, lead_book::slot lead,
                                 time_point now, outbox& out) {
  const bool is_new =
      there == shelf::none || shelf_.at(there).fresh_until <= now;
  if (c.if_absent && !is_new)
    return refuse(c, cache_outcome::changed, there);
  cache_receipt receipt;
  if (shelf_.has_room_for(c.key, c.entry)) {
    receipt = {cache_outcome::done, next_etag(), is_new, 0};
    shelf_.put(c.key, hash, c.entry, {c.ttl_ms, c.stale_ms}, receipt.etag, now);
  } else {
    receipt = refuse(c, cache_outcome::too_large, there);
    receipt.etag = 0;
    if (lead != lead_book::none && leads_.at(lead).token != c.token)
      return receipt;
  }
  if (lead == lead_book::none)
    return receipt;
  cache_finding found;
  found.state = c.entry.negative ? cache_state::negative : cache_state::fresh;
  if (!c.entry.negative)
    found.entry = c.entry;
  found.ttl_ms = c.ttl_ms;
  found.etag = receipt.etag;
  tell_line(lead, found, out);
  return receipt;
}

cache_receipt cache_keeper::refuse(const cache_change& c, cache_outcome why,
                                   shelf::slot there) {
  shelf_.count(c.key, cache_operation::reject);
  return {why, there != shelf::none ? shelf_.at(there).etag : 0, false, 0};
}

bool cache_keeper::is_outdated(const cache_change& c,
                               lead_book::slot lead) const {
  const auto& l = leads_.at(lead);
  return l.outdated || shelf_.is_forbidden(c.key, c.entry, l.begun);
}

bool cache_keeper::purge(std::uint64_t question, const cache_purge& what,
                         time_point now, outbox& out) {
  shelf_.purge(what, question, now, out.purged);
  return sweep(now, out);  // A small shard is through at once.
}

// -- leads and lines
// -----------------------------------------------------------

// Who leads, after what is due has been done.
lead_book::slot cache_keeper::lead_of(const cache_key& key, std::uint64_t hash,
                                      time_point now, outbox& out) {
  const auto lead = leads_.find(key, hash);
  if (lead == lead_book::none || leads_.lead_ends().at(lead) > now)
    return lead;
  pass_on(lead, now, out);
  return leads_.find(key, hash);
}

// The leader brings nothing: the next one, if somebody wants to.
void cache_keeper::pass_on(lead_book::slot lead, time_point now, outbox& out) {
  for (auto w = leads_.first(lead); w != lead_book::none; w = leads_.after(w)) {
    if (leads_.waiting(w).wants.lead_ms == 0)
      continue;
    const auto who = leads_.leave(w);
    leads_.hand_over(lead, who.question, shelf_.sequence(),
                     now + cut(who.wants.lead_ms, lead_max));
    cache_finding found;
    found.state = cache_state::lead;
    found.token = leads_.at(lead).token;
    tell(who, std::move(found), out);
    shelf_.count(who.wants.key, cache_operation::miss);
    return;
  }
  while (leads_.first(lead) != lead_book::none) {
    const auto who = leads_.leave(leads_.first(lead));
    const auto& key = who.wants.key;
    const auto s = shelf_.find(key, shelf_.hash(key), now);
    cache_finding found;
    settle_for(who.wants, cache_state::absent, 0, s, now, found);
    tell(who, std::move(found), out);
  }
  leads_.end(lead);
}

void cache_keeper::tell_line(lead_book::slot lead, const cache_finding& found,
                             outbox& out) {
  while (leads_.first(lead) != lead_book::none) {
    const auto who = leads_.leave(leads_.first(lead));
    shelf_.count(who.wants.key, operation_of(found.state));
    tell(who, cache_finding{found}, out);
  }
  leads_.end(lead);
}

void cache_keeper::tell(const lead_book::waiter& who, cache_finding&& found,
                        outbox& out) {
  const auto at = parked_.find(who.question);
  assert(at != parked_.end());
  at->second.findings[who.part] = std::move(found);
  if (--at->second.left > 0)
    return;
  out.found.push_back({who.question, std::move(at->second.findings)});
  parked_.erase(at);
}

std::uint64_t cache_keeper::next_etag() {
  if (++last_etag_ == 0)
    ++last_etag_;
  return last_etag_;
}

// -- time
// ----------------------------------------------------------------------

bool cache_keeper::sweep(time_point now, outbox& out) {
  const auto due = [now](const due_heap& in) {
    return !in.empty() && in.next_at() <= now;
  };
  while (due(leads_.lead_ends()))
    pass_on(leads_.lead_ends().next(), now, out);
  while (due(leads_.wait_ends())) {
    const auto who = leads_.leave(leads_.wait_ends().next());
    const auto& key = who.wants.key;
    const auto s = shelf_.find(key, shelf_.hash(key), now);
    cache_finding found;
    settle_for(who.wants, cache_state::busy, leads_.at(who.lead).token, s, now,
               found);
    tell(who, std::move(found), out);
  }
  return shelf_.sweep(now, slice, out.purged);
}

std::optional<cache_keeper::time_point> cache_keeper::next_call() const {
  std::optional<time_point> result;
  for (const auto* in : {&leads_.lead_ends(), &leads_.wait_ends()})
    if (!in->empty() && (!result || in->next_at() < *result))
      result = in->next_at();
  return result;
}

}  // namespace troupe
