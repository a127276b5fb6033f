#include "http/cache/asking.hpp"

#include "http/ask.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe::http {

task<cache_findings> find_all(lane& l, executor where, cache_questions what) {
  const auto count = what.size();
  auto got =
      co_await ask<cache_findings>(where, std::move(what), [&l](find_ticket t) {
        caf::anon_send(l.cache.current(), atom::find_v, std::move(t));
      });
  cache_findings found;
  if (got)
    found = std::move(*got);
  found.resize(count);
  co_return found;
}

task<cache_finding> find_one(lane& l, executor where, cache_question what) {
  cache_questions all;
  all.push_back(std::move(what));
  auto found = co_await find_all(l, where, std::move(all));
  co_return std::move(found.front());
}

task<cache_receipts> keep_all(lane& l, executor where, cache_changes what) {
  const auto count = what.size();
  auto got =
      co_await ask<cache_receipts>(where, std::move(what), [&l](keep_ticket t) {
        caf::anon_send(l.cache.current(), atom::keep_v, std::move(t));
      });
  cache_receipts receipts;
  if (got)
    receipts = std::move(*got);
  receipts.resize(count);
  co_return receipts;
}

task<cache_receipt> keep_one(lane& l, executor where, cache_change what) {
  cache_changes all;
  all.push_back(std::move(what));
  const auto receipts = co_await keep_all(l, where, std::move(all));
  co_return receipts.front();
}

void keep_unasked(lane& l, cache_change what) {
  cache_changes all;
  all.push_back(std::move(what));
  keep_unasked(l, std::move(all));
}

void keep_unasked(lane& l, cache_changes what) {
  caf::anon_send(l.cache.current(), atom::keep_v,
                 keep_ticket{std::move(what), [](keep_ticket::result&&) {
                             }});
}

task<cache_receipt> purge(lane& l, executor where, cache_purge what) {
  auto got =
      co_await ask<cache_receipt>(where, std::move(what), [&l](purge_ticket t) {
        caf::anon_send(l.cache.current(), atom::purge_v, std::move(t));
      });
  cache_receipt receipt;
  if (got)
    receipt = *got;
  co_return receipt;
}

}  // namespace troupe::http
