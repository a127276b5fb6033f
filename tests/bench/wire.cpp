// What the wires cost a request: nanoseconds on this thread, the best of a few
// rounds, one line each.

#include "http/wire/answer_facts.hpp"
#include "http/wire/answer_stream.hpp"
#include "http/wire/identity/identity.hpp"
#include "http/wire/identity/keepable.hpp"
#include "http/wire/request_facts.hpp"
#include "http/wire/translate/translate_reply.hpp"
#include "http/wire/translate/translated_stream.hpp"

#include <chrono>
#include <cstdio>
#include <limits>
#include <string>

namespace {

using namespace troupe::http;
using namespace troupe::http::wire;

// Rounds shorter than a scheduler's slice, and many: on a busy machine some of
// them run undisturbed.
constexpr int rounds = 400;
constexpr int calls = 1000;

/// `call` returns a number, so that nobody leaves it out.
template <class Call>
void measure(const char* what, std::size_t units, Call call) {
  double best = std::numeric_limits<double>::max();
  std::size_t sum = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i)
      sum += call();
    const std::chrono::duration<double, std::nano> took =
        std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count() / (calls * static_cast<double>(units)));
  }
  std::printf("%-44s %8.1f ns%s\n", what, best, sum == 0 ? " (failed)" : "");
}

std::string chat_request() {
  std::string body =
      R"({"model":"gpt-4o-mini","messages":[{"role":"system","content":)"
      R"("You are a helpful assistant."},{"role":"user","content":")";
  body.append(330 - body.size() - 44, 'x');
  body += R"("}],"temperature":0.7,"max_tokens":256})";
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  return body;
}

std::string chat_answer() {
  std::string body =
      R"({"id":"chatcmpl-9x8s7d6f5g","object":"chat.completion","created":)"
      R"(1763663021,"model":"gpt-4o-mini","choices":[{"index":0,"message":)"
      R"({"role":"assistant","content":"Hello there, how can I help?"},)"
      R"("logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":)"
      R"(21,"completion_tokens":9,"total_tokens":30,"prompt_tokens_details")"
      R"(:{"cached_tokens":0}}})";
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  return body;
}

const std::string chunk =
    R"(data: {"id":"chatcmpl-9x8s7d6f5g4h3j2k1","object":)"
    R"("chat.completion.chunk","created":1763663021,"model":)"
    R"("gpt-4o-mini-2024-07-18","system_fingerprint":"fp_44709d6fcb",)"
    R"("choices":[{"index":0,"delta":{"content":" hello"},"logprobs":null,)"
    R"("finish_reason":null}],"usage":null})"
    "\n\n";

const std::string delta =
    "event: content_block_delta\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":)"
    R"({"type":"text_delta","text":" hello"}})"
    "\n\n";

const std::string content =
    R"(data: {"candidates":[{"content":{"parts":[{"text":" hello"}],"role":)"
    R"("model"},"index":0}],"usageMetadata":{"promptTokenCount":21,)"
    R"("candidatesTokenCount":9,"totalTokenCount":30},"modelVersion":)"
    R"("gemini-2.5-flash","responseId":"abcdefghijklmnopqrstuv"})"
    "\r\n\r\n";

std::string times(const std::string& text, std::size_t n) {
  std::string out;
  while (n-- != 0)
    out += text;
  return out;
}

void measure_translation(const std::string& answer) {
  using troupe::config::protocol;
  struct {
    const char* what;
    protocol from;
    const std::string& event;
    protocol to;
  } const ways[]{
      {"openai to anthropic", protocol::openai, chunk, protocol::anthropic},
      {"openai to gemini", protocol::openai, chunk, protocol::gemini},
      {"anthropic to openai", protocol::anthropic, delta, protocol::openai},
      {"anthropic to gemini", protocol::anthropic, delta, protocol::gemini},
      {"gemini to openai", protocol::gemini, content, protocol::openai},
      {"gemini to anthropic", protocol::gemini, content, protocol::anthropic},
  };
  std::printf("(translated: events of %zu, %zu and %zu bytes)\n", chunk.size(),
              delta.size(), content.size());
  for (const auto& way : ways) {
    reply_shape to{way.to, true, true, false, "request"};
    translated_stream stream{way.from, to};
    measure((std::string{"translated_stream, "} + way.what).c_str(), 1,
            [&] { return stream.feed(way.event).size(); });
  }
  const reply_shape to{protocol::anthropic, false, false, false, "request"};
  measure("translate_reply, openai to anthropic", 1, [&] {
    return translate_reply(protocol::openai, answer, to).body.size();
  });
}

/// A chat of twelve turns, `size` bytes.
request chat_of(std::size_t size) {
  request r;
  r.target = "/v1/chat/completions";
  r.headers = {{"host", "localhost"}, {"content-type", "application/json"}};
  r.body = R"({"model":"gpt-4o-mini","temperature":0,"messages":[)";
  for (int i = 0; i < 12; ++i)
    r.body += R"({"role":"user","content":"A line\nof text."},)";
  r.body += R"({"role":"user","content":")";
  r.body.append(size - r.body.size() - 4, 'x');
  r.body += R"("}]})";
  return r;
}

void measure_identity(const match& m) {
  for (const std::size_t size : {1024u, 32u << 10}) {
    auto asked = chat_of(size);
    const auto facts = read_request(m, asked.body).facts;
    identity_scope scope{"tenant", "1"};
    std::printf("(a chat of %zu bytes)\n", asked.body.size());
    measure("identify", 1,
            [&] { return identify(m, asked, facts, scope).digest.size(); });
    scope.with_topic = true;
    measure("identify, with its topic", 1,
            [&] { return identify(m, asked, facts, scope).digest.size(); });
  }
}

}  // namespace

int main() {
  const header_list headers{{"host", "localhost"},
                            {"authorization", "Bearer key"},
                            {"content-type", "application/json"}};
  measure("find_endpoint, chat", 1, [&] {
    return find_endpoint("POST", "/v1/chat/completions", headers) ? 1u : 0u;
  });
  measure("find_endpoint, gemini", 1, [&] {
    return find_endpoint("POST",
                         "/v1beta/models/gemini-2.5-flash:generateContent",
                         headers)
               ? 1u
               : 0u;
  });

  const auto m = *find_endpoint("POST", "/v1/chat/completions", headers);
  auto request = chat_request();
  std::printf("(a chat request of %zu bytes)\n", request.size());
  measure("read_request", 1,
          [&] { return read_request(m, request).facts.model.size(); });
  const auto facts = read_request(m, request).facts;
  measure("with_model", 1,
          [&] { return with_model(request, facts, "gpt-4o").size(); });
  measure("upstream_path", 1,
          [&] { return upstream_path(m, {}, "/v1", "gpt-4o").size(); });

  const auto answer = chat_answer();
  std::printf("(a chat answer of %zu bytes)\n", answer.size());
  measure("read_answer", 1, [&] {
    return read_answer(endpoint::chat_completions, answer).usage.total();
  });

  measure("worth_of", 1, [&] {
    return worth_of(endpoint::chat_completions, answer).keepable ? 1u : 0u;
  });
  measure_identity(m);

  std::printf("(events of %zu and %zu bytes)\n", chunk.size(), delta.size());
  answer_stream one{endpoint::chat_completions};
  measure("answer_stream, one chunk a read", 1,
          [&] { return one.feed(chunk).size(); });
  const auto ten = times(chunk, 10);
  answer_stream many{endpoint::chat_completions};
  measure("answer_stream, ten chunks a read, each", 10,
          [&] { return many.feed(ten).size(); });
  const auto head = chunk.substr(0, 100);
  const auto tail = chunk.substr(100);
  answer_stream halves{endpoint::chat_completions};
  measure("answer_stream, a chunk in two reads", 1,
          [&] { return halves.feed(head).size() + halves.feed(tail).size(); });
  answer_stream claude{endpoint::messages};
  measure("answer_stream, one message delta a read", 1,
          [&] { return claude.feed(delta).size(); });
  measure_translation(answer);
  return 0;
}
