#include "actors/router/target_order.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>
#include <utility>

namespace troupe {

namespace {

// What a target is sorted by; equals stay as they are configured.
struct keyed {
  double group = 0;
  double key = 0;
  std::size_t place = 0;
  target_index target = 0;

  auto sorted_by() const { return std::tie(group, key, place); }
};

// Weighted sampling without replacement (Efraimidis and Spirakis, 2006): the
// order by u^(1/w) is that of repeated draws by weight.
double draw(const routing::target& t, const order_inputs& in) {
  // In logarithms, against underflow; negated, since the smallest goes first.
  const auto u = std::max(in.random(), 1e-300);
  return -std::log(u) / static_cast<double>(t.weight);
}

double cost(const routing::target& t, const order_inputs& in) {
  if (!t.price)
    return price_unknown;
  return static_cast<double>(in.tokens_in) * t.price->input
         + static_cast<double>(in.tokens_out) * t.price->output;
}

template <class KeyOf>
target_list sorted_by(const routing::model& m, KeyOf key_of) {
  boost::container::small_vector<keyed, 4> keys;
  for (const auto t : m.targets) {
    const auto [group, key] = key_of(t);
    keys.push_back({group, key, keys.size(), t});
  }
  std::ranges::sort(keys, std::less{}, &keyed::sorted_by);
  target_list result;
  for (const auto& k : keys)
    result.push_back(k.target);
  return result;
}

}  // namespace

target_list order_of(const routing& routes, const routing::model& m,
                     const order_inputs& in) {
  if (m.targets.size() == 1)
    return {m.targets.front()};
  const auto& all = routes.targets();
  switch (m.strategy) {
  case config::strategy::weighted:
    return sorted_by(m, [&](auto t) {
      return std::pair{0.0, draw(all[t], in)};
    });
  case config::strategy::cost:
    return sorted_by(m, [&](auto t) {
      return std::pair{0.0, cost(all[t], in)};
    });
  case config::strategy::latency: {
    const bool explores = in.random() < exploring_share;
    return sorted_by(m, [&](auto t) {
      const auto known = in.latency(t);
      const double unknown = explores ? -1.0 : HUGE_VAL;
      return std::pair{0.0,
                       known ? static_cast<double>(known->count()) : unknown};
    });
  }
  case config::strategy::priority:
    break;
  }
  return sorted_by(m, [&](auto t) {
    return std::pair{static_cast<double>(all[t].priority), draw(all[t], in)};
  });
}

}  // namespace troupe
