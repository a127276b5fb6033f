#include "actors/api_key/limit_book.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// A limit, and what of a call it counts.
struct limit_row {
  key_limit limit;
  limit_kind counts;
};

constexpr std::array window_rows{
    limit_row{key_limit::rpm, limit_kind::requests},
    limit_row{key_limit::rph, limit_kind::requests},
    limit_row{key_limit::rpd, limit_kind::requests},
    limit_row{key_limit::tpm, limit_kind::tokens},
};

constexpr std::array learned_rows{
    limit_row{key_limit::requests, limit_kind::requests},
    limit_row{key_limit::tokens, limit_kind::tokens},
    limit_row{key_limit::input_tokens, limit_kind::input_tokens},
    limit_row{key_limit::output_tokens, limit_kind::output_tokens},
};

template <class Enum>
constexpr std::size_t at(Enum x) {
  return static_cast<std::size_t>(x);
}

/// Even an empty call takes something from a token limit.
constexpr std::uint64_t tokens_min = 1;

/// Whether the provider turned a call with this end away at the door. It then
/// took no tokens; else nobody knows how far it came, unless it is reported.
bool was_turned_away(fault f) {
  switch (f) {
  case fault::rate:
  case fault::quota:
  case fault::credential:
  case fault::client:
  case fault::context_length:
  case fault::untranslatable:
    return true;
  case fault::none:
  case fault::transient:
  case fault::content_filter:
  case fault::malformed:
  case fault::abandoned:
  case fault::count_:
    return false;
  }
  return false;
}

// What a lease took of each kind of limit. Without a report of usage: no tokens
// if it was turned away, else all that was reserved.
limit_book::amounts used_by(const lease_report& report,
                            const limit_book::amounts& reserved) {
  const auto& usage = report.usage;
  auto result = reserved;
  if (usage.reported) {
    result[at(limit_kind::tokens)] = usage.total();
    result[at(limit_kind::input_tokens)] = usage.input() - usage.in_cache_read;
    result[at(limit_kind::output_tokens)] = usage.output();
  } else if (was_turned_away(report.fault)) {
    result = {};
    result[at(limit_kind::requests)] = reserved[at(limit_kind::requests)];
  }
  return result;
}

}  // namespace

limit_book::amounts limit_book::amounts_of(const key_demand& demand) {
  const auto input = std::min(demand.tokens_in, demand.tokens);
  amounts result{};
  result[at(limit_kind::requests)] = 1;
  result[at(limit_kind::tokens)] = std::max(demand.tokens, tokens_min);
  result[at(limit_kind::input_tokens)] = std::max(input, tokens_min);
  result[at(limit_kind::output_tokens)] =
      std::max(demand.tokens - input, tokens_min);
  return result;
}

limit_book::obstacle limit_book::find_obstacle(const amounts& wanted,
                                               time_point now) {
  obstacle result{.limit = {}, .until = now, .reserved = false};
  const auto meet = [&](key_limit limit, std::optional<time_point> until) {
    if (!result.limit)
      result.limit = limit;
    result.until = std::max(result.until, until.value_or(now));
    result.reserved = result.reserved || !until;
  };
  for (const auto& row : window_rows) {
    auto& w = window(row.limit);
    if (!w.fits(wanted[at(row.counts)], now))
      meet(row.limit, w.fits_at(wanted[at(row.counts)], now));
  }
  for (const auto& row : learned_rows) {
    const auto until = learned(row.counts).fits_at(wanted[at(row.counts)], now);
    if (until > now)
      meet(row.limit, until);
  }
  return result;
}

limit_book::entry limit_book::lend(std::uint64_t ordinal, const amounts& wanted,
                                   time_point now) {
  entry result{.ordinal = ordinal, .reserved = wanted, .lent = {}};
  for (const auto& row : window_rows)
    if (row.counts == limit_kind::requests)
      window(row.limit).book(1, now);
    else
      window(row.limit).hold(wanted[at(row.counts)]);
  for (const auto& row : learned_rows)
    result.lent[at(row.counts)] =
        learned(row.counts).lend(ordinal, wanted[at(row.counts)], now).lent;
  return result;
}

void limit_book::withdraw(const entry& e) {
  for (const auto& row : window_rows)
    if (row.counts == limit_kind::requests)
      window(row.limit).unbook(1);
    else
      window(row.limit).release(e.reserved[at(row.counts)]);
  for (const auto& row : learned_rows)
    learned(row.counts)
        .withdraw({e.ordinal, e.lent[at(row.counts)]},
                  e.reserved[at(row.counts)]);
}

void limit_book::learn(const entry& e, const limit_readings& readings,
                       time_point now) {
  for (const auto& row : learned_rows)
    learned(row.counts)
        .learn(readings.of[at(row.counts)], {e.ordinal, e.lent[at(row.counts)]},
               readings.at, now);
}

void limit_book::settle(const entry& e, const lease_report& report,
                        time_point now) {
  if (report.limits != nullptr)
    learn(e, *report.limits, now);
  const auto used = used_by(report, e.reserved);
  auto& tokens = window(key_limit::tpm);
  tokens.release(e.reserved[at(limit_kind::tokens)]);
  if (used[at(limit_kind::tokens)] > 0)
    tokens.book(used[at(limit_kind::tokens)], now);
  for (const auto& row : learned_rows)
    learned(row.counts)
        .settle({e.ordinal, e.lent[at(row.counts)]}, e.reserved[at(row.counts)],
                used[at(row.counts)], now);
}

void limit_book::settle_all(time_point now) {
  // The learned limits have taken it already.
  for (auto& w : windows_)
    w.book_held(now);
}

void limit_book::adopt(const config::key_limits& limits) {
  window(key_limit::rpm).set_limit(limits.rpm);
  window(key_limit::rph).set_limit(limits.rph);
  window(key_limit::rpd).set_limit(limits.rpd);
  window(key_limit::tpm).set_limit(limits.tpm);
}

limit_uses limit_book::uses(time_point now) {
  limit_uses result{};
  for (const auto& row : window_rows)
    result[at(row.limit)] = 1 - window(row.limit).free_share(now);
  for (const auto& row : learned_rows)
    result[at(row.limit)] = 1 - learned(row.counts).free_share(now);
  return result;
}

std::uint64_t limit_book::calls_free(time_point now) {
  auto result = learned(limit_kind::requests).free(now);
  for (const auto& row : window_rows)
    if (row.counts == limit_kind::requests)
      result = std::min(result, window(row.limit).free(now));
  return result;
}

std::uint64_t limit_book::tokens_free(time_point now) {
  const auto whole = std::min(window(key_limit::tpm).free(now),
                              learned(limit_kind::tokens).free(now));
  const auto input = learned(limit_kind::input_tokens).free(now);
  const auto output = learned(limit_kind::output_tokens).free(now);
  // One that is not limited is the largest number: then the sum overflows, and
  // the other one alone does not bound a call.
  return input + output < std::max(input, output)
             ? whole
             : std::min(whole, input + output);
}

}  // namespace troupe
