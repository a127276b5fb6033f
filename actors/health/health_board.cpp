#include "actors/health/health_board.hpp"

#include "actors/queue_contracts.hpp"

#include <algorithm>

namespace troupe {

health_check
check_provider(const std::string& provider,
               const std::optional<std::vector<key_status>>& keys) {
  health_check check;
  check.component = "provider:" + provider;
  if (!keys) {
    check.status = health::critical;
    check.message = "The key pool does not answer; it is being restarted.";
    return check;
  }
  std::size_t usable = 0;
  std::size_t dead = 0;
  for (const auto& k : *keys) {
    usable += k.condition == name_of(key_condition::usable) ? 1 : 0;
    dead += k.condition == name_of(key_condition::dead) ? 1 : 0;
    check.details[k.key] = k.condition;
  }
  const auto all = keys->size();
  if (usable == all) {
    check.message = "Every key is usable.";
  } else if (usable > 0) {
    check.status = health::degraded;
    check.message = std::to_string(usable) + " of " + std::to_string(all)
                    + " keys are usable.";
  } else if (dead == all) {
    check.status = health::critical;
    check.message = "The provider refuses every key; replace them.";
  } else {
    check.status = health::unhealthy;
    check.message = "No key is usable now; the details say why.";
  }
  return check;
}

health_check check_queues(
    const std::map<std::string, std::optional<queue_statistics>>& queues) {
  health_check check;
  check.component = "queues";
  std::size_t refusing = 0;
  for (const auto& [name, numbers] : queues) {
    const auto& reason = numbers ? numbers->refuses : "does not answer";
    check.details[name] = reason.empty() ? "takes jobs in" : reason;
    refusing += reason.empty() || reason == queue_starting ? 0 : 1;
  }
  if (refusing == 0) {
    check.message = "Every queue takes jobs in.";
  } else {
    check.status = health::degraded;
    check.message = std::to_string(refusing) + " of "
                    + std::to_string(queues.size())
                    + " queues take no jobs in; the details say why.";
  }
  return check;
}

health_check check_log(std::uint64_t dropped) {
  health_check check;
  check.component = "log";
  check.details["lines_dropped"] = std::to_string(dropped);
  if (dropped == 0) {
    check.message = "Every line was written.";
  } else {
    check.status = health::degraded;
    check.message = "Lines were dropped: whoever reads standard error is too "
                    "slow.";
  }
  return check;
}

}  // namespace troupe
