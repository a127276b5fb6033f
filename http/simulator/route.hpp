// Which endpoint of which wire a request means.

#pragma once

#include "http/message.hpp"
#include "http/simulator/wires.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::simulator {

enum class errand : std::uint8_t {
  speak,    ///< The model writes an answer.
  measure,  ///< Embeddings and counts: an answer without an author.
  list_models,
  show_model,
  show_stats,     ///< Ours, not a provider's.
  show_requests,  ///< Ours, not a provider's.
  reset,          ///< Ours, not a provider's.
  unknown_path,
  wrong_method,
};

struct route {
  errand what = errand::unknown_path;
  wire on = wire::openai;
  reader read = nullptr;
  writer write = nullptr;
  std::string model{};        ///< If the path names it.
  bool streams = false;       ///< If the path says so.
  bool as_array = false;      ///< Gemini without `alt=sse`.
  bool typed_events = false;  ///< OpenAI responses.
};

/// Never fails: what is unknown gets a route that says so.
route find_route(const http::request& req);

}  // namespace troupe::simulator
