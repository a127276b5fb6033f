#include "http/simulator/script.hpp"

namespace troupe::simulator {

void script::add(std::string_view text, microseconds wait, bool terminal) {
  bytes.append(text);
  steps.push_back({wait, text.size(), terminal});
}

std::vector<std::string_view> script::pieces() const {
  std::vector<std::string_view> all;
  std::size_t at = 0;
  for (const auto& each : steps) {
    all.push_back(std::string_view{bytes}.substr(at, each.size));
    at += each.size;
  }
  return all;
}

microseconds script::duration() const {
  auto sum = last_wait;
  for (const auto& each : steps)
    sum += each.wait;
  return sum;
}

microseconds pace::whole(std::size_t tokens) const {
  const auto pieces = (tokens + piece_tokens - 1) / piece_tokens;
  return first + gap * static_cast<std::int64_t>(pieces > 0 ? pieces - 1 : 0);
}

void stream_writer::add(std::string_view text, bool paced, bool terminal) {
  auto wait = microseconds{0};
  if (script_.steps.empty())
    wait = pace_.first;
  else if (paced && paced_before_)
    wait = pace_.gap;
  paced_before_ = paced_before_ || paced;
  script_.add(text, wait, terminal);
}

}  // namespace troupe::simulator
