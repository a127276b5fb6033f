#include "http/wire/usage.hpp"

#include <algorithm>

namespace troupe::http::wire {

namespace {

using json::value;

/// `a - b`, or 0: counts that contradict each other must not become 2^64.
std::uint64_t minus(std::uint64_t a, std::uint64_t b) {
  return a - std::min(a, b);
}

/// Takes a count that is there; null and oddities leave what was known.
bool take(value& v, std::size_t depth, std::optional<std::uint64_t>& into) {
  if (const auto count = json::count_of(v))
    into = count;
  return json::sound(v, depth);
}

struct openai_counts {
  std::optional<std::uint64_t> input, output, cached, written, reasoning;
  std::optional<std::uint64_t> audio_in, audio_out;
};

bool read_details(std::string_view whose, value& v, std::size_t depth,
                  openai_counts& counts) {
  const bool of_input = whose.starts_with("prompt") || whose.starts_with("in");
  return json::each_member(v, depth, [&](std::string_view key, value& part) {
    if (key == "audio_tokens")
      return take(part, depth + 1,
                  of_input ? counts.audio_in : counts.audio_out);
    if (key == "cached_tokens")
      return take(part, depth + 1, counts.cached);
    if (key == "cache_write_tokens")
      return take(part, depth + 1, counts.written);
    if (key == "reasoning_tokens")
      return take(part, depth + 1, counts.reasoning);
    return json::sound(part, depth + 1);
  });
}

/// Adds up what the provider's own tools were used: `{"..._requests": 2}`.
bool add_uses(value& v, std::size_t depth, std::optional<std::uint64_t>& uses) {
  return json::each_member(v, depth, [&](std::string_view key, value& part) {
    std::optional<std::uint64_t> count;
    const bool sound = take(part, depth + 1, count);
    if (count && key.ends_with("_requests"))
      uses = uses.value_or(0) + *count;
    return sound;
  });
}

/// The sound among Gemini's `[{"modality":"AUDIO","tokenCount":7}]`.
bool add_audio(value& v, std::size_t depth, std::uint64_t& audio) {
  return json::each_element(v, depth, [&](value& item) {
    std::optional<std::uint64_t> count;
    bool is_audio = false;
    const bool sound = json::each_member(
        item, depth + 1, [&](std::string_view key, value& part) {
          if (key == "modality")
            is_audio = json::raw_string_of(part) == "AUDIO";
          if (key == "tokenCount")
            return take(part, depth + 2, count);
          return json::sound(part, depth + 2);
        });
    if (is_audio)
      audio += count.value_or(0);
    return sound;
  });
}

}  // namespace

bool read_openai_usage(value& v, std::size_t depth, token_usage& usage) {
  openai_counts counts;
  const bool sound =
      json::each_member(v, depth, [&](std::string_view key, value& part) {
        if (key == "prompt_tokens" || key == "input_tokens")
          return take(part, depth + 1, counts.input);
        if (key == "completion_tokens" || key == "output_tokens")
          return take(part, depth + 1, counts.output);
        if (key.ends_with("_tokens_details"))
          return read_details(key, part, depth + 1, counts);
        return json::sound(part, depth + 1);
      });
  if (!sound || (!counts.input && !counts.output))
    return sound;
  const auto input = counts.input.value_or(0);
  const auto output = counts.output.value_or(0);
  usage = {};
  usage.in_cache_read = std::min(input, counts.cached.value_or(0));
  usage.in_cache_write_5m =
      std::min(input - usage.in_cache_read, counts.written.value_or(0));
  const auto fresh = input - usage.in_cache_read - usage.in_cache_write_5m;
  usage.in_audio = std::min(fresh, counts.audio_in.value_or(0));
  usage.in_uncached = fresh - usage.in_audio;
  usage.out_reasoning = std::min(output, counts.reasoning.value_or(0));
  const auto spoken = output - usage.out_reasoning;
  usage.out_audio = std::min(spoken, counts.audio_out.value_or(0));
  usage.out_text = spoken - usage.out_audio;
  usage.reported = true;
  return true;
}

bool read_anthropic_usage(value& v, std::size_t depth, token_usage& usage) {
  std::optional<std::uint64_t> input, output, read, written, w5m, w1h, thinking;
  std::optional<std::uint64_t> uses;
  const bool sound =
      json::each_member(v, depth, [&](std::string_view key, value& part) {
        if (key == "input_tokens")
          return take(part, depth + 1, input);
        if (key == "output_tokens")
          return take(part, depth + 1, output);
        if (key == "cache_read_input_tokens")
          return take(part, depth + 1, read);
        if (key == "cache_creation_input_tokens")
          return take(part, depth + 1, written);
        if (key == "server_tool_use")
          return add_uses(part, depth + 1, uses);
        if (key != "cache_creation" && key != "output_tokens_details")
          return json::sound(part, depth + 1);
        return json::each_member(part, depth + 1,
                                 [&](std::string_view k, value& count) {
                                   if (k == "ephemeral_5m_input_tokens")
                                     return take(count, depth + 2, w5m);
                                   if (k == "ephemeral_1h_input_tokens")
                                     return take(count, depth + 2, w1h);
                                   if (k == "thinking_tokens")
                                     return take(count, depth + 2, thinking);
                                   return json::sound(count, depth + 2);
                                 });
      });
  if (!sound || (!input && !output))
    return sound;
  usage.in_uncached = input.value_or(usage.in_uncached);
  usage.in_cache_read = read.value_or(usage.in_cache_read);
  if (w5m || w1h) {
    usage.in_cache_write_5m = w5m.value_or(0);
    usage.in_cache_write_1h = w1h.value_or(0);
  } else if (written) {
    // A total without its parts: what is not known to be 1h is 5m.
    usage.in_cache_write_1h = std::min(usage.in_cache_write_1h, *written);
    usage.in_cache_write_5m = *written - usage.in_cache_write_1h;
  }
  const auto out = output.value_or(usage.out_text + usage.out_reasoning);
  usage.out_reasoning = std::min(out, thinking.value_or(usage.out_reasoning));
  usage.out_text = out - usage.out_reasoning;
  usage.tool_units = uses.value_or(usage.tool_units);
  usage.reported = true;
  return true;
}

bool read_gemini_usage(value& v, std::size_t depth, token_usage& usage) {
  std::optional<std::uint64_t> prompt, cached, tools, candidates, thoughts;
  std::uint64_t audio_in = 0, audio_cached = 0, audio_out = 0;
  const bool sound =
      json::each_member(v, depth, [&](std::string_view key, value& part) {
        if (key == "promptTokenCount")
          return take(part, depth + 1, prompt);
        if (key == "cachedContentTokenCount")
          return take(part, depth + 1, cached);
        if (key == "toolUsePromptTokenCount")
          return take(part, depth + 1, tools);
        if (key == "candidatesTokenCount")
          return take(part, depth + 1, candidates);
        if (key == "thoughtsTokenCount")
          return take(part, depth + 1, thoughts);
        if (key == "promptTokensDetails")
          return add_audio(part, depth + 1, audio_in);
        if (key == "cacheTokensDetails")
          return add_audio(part, depth + 1, audio_cached);
        if (key == "candidatesTokensDetails")
          return add_audio(part, depth + 1, audio_out);
        return json::sound(part, depth + 1);
      });
  if (!sound || (!prompt && !candidates && !thoughts))
    return sound;
  usage = {};
  usage.in_cache_read = std::min(prompt.value_or(0), cached.value_or(0));
  const auto fresh = minus(prompt.value_or(0), usage.in_cache_read);
  usage.in_audio = std::min(fresh, minus(audio_in, audio_cached));
  usage.in_uncached = fresh - usage.in_audio + tools.value_or(0);
  usage.out_audio = std::min(candidates.value_or(0), audio_out);
  usage.out_text = candidates.value_or(0) - usage.out_audio;
  usage.out_reasoning = thoughts.value_or(0);
  usage.reported = true;
  return true;
}

}  // namespace troupe::http::wire
