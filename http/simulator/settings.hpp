// How the simulated provider behaves, all of it.
//
// The defaults are a provider in perfect health that answers at once; each
// field takes away a little of that. `options.hpp` turns the flags of `troupe
// simulate` into this.

#pragma once

#include "http/simulator/fault.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::simulator {

struct settings {
  /// Address and port to listen on.
  std::string listen = "127.0.0.1:8089";
  /// Threads that serve; each connection stays on one.
  unsigned threads = 1;

  /// Before the first token of every answer.
  std::chrono::milliseconds latency{0};
  /// Added to `latency`: a random share of this.
  std::chrono::milliseconds jitter{0};
  /// Pace of the tokens after the first; 0 means at once.
  double tokens_per_second = 0;
  /// Tokens in one event of a stream.
  unsigned chunk_tokens = 4;
  /// Least length of an answer, if the model's name asks for no other.
  unsigned answer_tokens = 24;
  /// Longest prompt a model takes, in tokens; 0 means any.
  std::uint64_t context_tokens = 0;

  /// Requests a minute for each key; 0 means no limit.
  std::uint64_t requests_per_minute = 0;
  /// Tokens a minute for each key, in and out; 0 means no limit.
  std::uint64_t tokens_per_minute = 0;

  /// Tried in this order for every request that names a model.
  std::vector<fault_chance> faults;
  /// Keys answered with "this key is wrong".
  std::vector<std::string> dead_keys;
  /// Keys answered with "this account has no money left".
  std::vector<std::string> quota_keys;
  /// The names that `GET /v1/models` lists. Others work as well.
  std::vector<std::string> models{"sim-1", "sim-small", "sim-tokens-200",
                                  "sim-slow", "sim-embedding"};

  /// Everything random follows from this and the order of the requests.
  std::uint64_t seed = 1;

  /// End of a `hang` or `stall`: above the first-byte and stall timeouts of
  /// any client under test, so that theirs fire first.
  std::chrono::milliseconds silence_max{120'000};
  /// How late the first token of `slow_first` is.
  std::chrono::milliseconds slow_first{3'000};
};

}  // namespace troupe::simulator
