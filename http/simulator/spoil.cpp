#include "http/simulator/spoil.hpp"

#include <algorithm>

namespace troupe::simulator {

namespace {

/// Leaves a line break of the answer: enough to send its head, and nothing to
/// any wire, be it events or JSON.
void keep_head(script& answer) {
  answer.streamed = true;
  answer.bytes.assign(1, '\n');
  answer.steps.resize(1);
  answer.steps.front().size = answer.bytes.size();
}

/// Keeps the first half of the answer: of its events, or of its bytes.
void keep_half(script& answer) {
  if (!answer.streamed) {
    answer.streamed = true;
    answer.bytes.resize(answer.bytes.size() / 2);
    answer.steps.resize(1);
    answer.steps.front().size = answer.bytes.size();
    return;
  }
  // At least one event is kept, and at least one is lost.
  const auto kept = std::max<std::size_t>(answer.steps.size() / 2, 1);
  answer.steps.resize(kept);
  std::size_t size = 0;
  for (const auto& each : answer.steps)
    size += each.size;
  answer.bytes.resize(size);
}

void drop_all(script& answer) {
  answer.bytes.clear();
  answer.steps.clear();
}

void drop_terminal(script& answer) {
  while (!answer.steps.empty() && answer.steps.back().terminal) {
    answer.bytes.resize(answer.bytes.size() - answer.steps.back().size);
    answer.steps.pop_back();
  }
}

/// What came before the answer failed.
void keep_beginning(script& answer, const fault& what) {
  what.early ? keep_head(answer) : keep_half(answer);
}

/// Half an event stays an event; only what it says is no JSON.
void break_json(script& answer, bool early) {
  if (!answer.streamed) {
    answer.bytes.resize(answer.bytes.size() / 2);
    answer.steps.front().size = answer.bytes.size();
    return;
  }
  std::string bytes;
  std::vector<step> steps;
  const auto pieces = answer.pieces();
  const auto broken = early ? 0 : pieces.size() / 2;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string piece{pieces[i]};
    if (i == broken) {
      const auto brace = piece.find('{');
      const auto from = brace == std::string::npos ? piece.size() / 2 : brace;
      piece = piece.substr(0, from + (piece.size() - from) / 2) + "\n\n";
    }
    auto one = answer.steps[i];
    one.size = piece.size();
    bytes += piece;
    steps.push_back(one);
  }
  answer.bytes = std::move(bytes);
  answer.steps = std::move(steps);
}

}  // namespace

void spoil(script& answer, const fault& what, const settings& rules,
           std::string_view error_event) {
  if (answer.steps.empty())
    return;
  switch (what.kind) {
  case fault_kind::reset:
    drop_all(answer);
    answer.status = 0;
    answer.end = curtain::reset;
    break;
  case fault_kind::hang:
    drop_all(answer);
    answer.status = 0;
    answer.last_wait = rules.silence_max;
    answer.end = curtain::reset;
    break;
  case fault_kind::slow_first:
    answer.steps.front().wait += rules.slow_first;
    break;
  case fault_kind::stall:
    keep_beginning(answer, what);
    answer.last_wait = rules.silence_max;
    answer.end = curtain::reset;
    break;
  case fault_kind::cut:
    keep_beginning(answer, what);
    answer.end = curtain::reset;
    break;
  case fault_kind::malformed:
    break_json(answer, what.early);
    break;
  case fault_kind::no_done:
    if (answer.streamed)
      drop_terminal(answer);
    break;
  case fault_kind::error_event:
    if (answer.streamed) {
      keep_beginning(answer, what);
      answer.add(error_event);
    }
    break;
  case fault_kind::empty_body:
    drop_all(answer);
    answer.streamed = false;
    break;
  case fault_kind::status:
  case fault_kind::context_length:
  case fault_kind::content_filter:
  case fault_kind::blocked:
  case fault_kind::quota:
  case fault_kind::unknown_model:
  case fault_kind::count_:
    break;
  }
}

}  // namespace troupe::simulator
