// What each endpoint of each wire reads and writes.
//
// A reader turns a request's JSON into a prompt or says what is wrong with it;
// a writer puts an answer on the wire. Which path belongs to which pair is
// told in provider.cpp.

#pragma once

#include "http/simulator/answer.hpp"
#include "http/simulator/fields.hpp"
#include "http/simulator/prompt.hpp"
#include "http/simulator/refusal.hpp"
#include "http/simulator/script.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::simulator {

/// An answer ready to be written.
struct composition {
  const prompt& asked;
  const json& body;
  std::vector<answer> answers;
  usage used;
  std::uint64_t id = 0;      ///< 64 bits that name this answer.
  std::int64_t created = 0;  ///< Seconds since 1970.
  pace at;
  bool as_array = false;  ///< Gemini: a stream as a JSON array, not as events.
};

/// Fills `into`; the model is already there if the path names it.
using reader = std::optional<refusal> (*)(const json& body, prompt& into);
using writer = void (*)(const composition& with, script& to);

std::optional<refusal> read_openai_chat(const json& body, prompt& into);
std::optional<refusal> read_openai_completion(const json& body, prompt& into);
std::optional<refusal> read_openai_response(const json& body, prompt& into);
std::optional<refusal> read_openai_embedding(const json& body, prompt& into);
void write_openai_chat(const composition& with, script& to);
void write_openai_completion(const composition& with, script& to);
void write_openai_response(const composition& with, script& to);
void write_openai_embedding(const composition& with, script& to);

std::optional<refusal> read_anthropic(const json& body, prompt& into);
std::optional<refusal> read_anthropic_count(const json& body, prompt& into);
void write_anthropic(const composition& with, script& to);
void write_anthropic_count(const composition& with, script& to);
/// What version 2026-10-21 takes no longer.
std::optional<refusal> check_anthropic_2026(const json& body);

std::optional<refusal> read_gemini(const json& body, prompt& into);
std::optional<refusal> read_gemini_count(const json& body, prompt& into);
std::optional<refusal> read_gemini_embedding(const json& body, prompt& into);
std::optional<refusal> read_gemini_batch(const json& body, prompt& into);
void write_gemini(const composition& with, script& to);
void write_gemini_count(const composition& with, script& to);
void write_gemini_embedding(const composition& with, script& to);
void write_gemini_batch(const composition& with, script& to);

/// The list of models, or one of them, as `on` shows it.
json list_models(wire on, const std::vector<std::string>& names);
json show_model(wire on, std::string_view name);

/// Sends `body` as the whole answer, after the time its tokens take.
void write_whole(const composition& with, const json& body, script& to);
/// Sets the headers of an event stream.
void begin_events(script& to);

/// Reads and checks the field `model`.
void read_model(fields& from, prompt& into);
/// The event or piece that reports `no` in the middle of a stream.
std::string error_event(wire on, bool typed_events, const refusal& no,
                        std::string_view request_id);

}  // namespace troupe::simulator
