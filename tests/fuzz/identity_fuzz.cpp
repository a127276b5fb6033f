// The caches' questions to bytes from outside: nothing breaks them, a body has
// one identity however it is spelled, and a wish is sound or refused.

#include "http/wire/identity/cache_wish.hpp"
#include "http/wire/identity/identity.hpp"
#include "http/wire/identity/keepable.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include <cmath>
#include <string>

namespace {

using namespace troupe::http;
using namespace troupe::http::wire;
using nlohmann::json;
using troupe::fuzz::choices;
using troupe::fuzz::require;

/// Whether nlohmann spells every number so that it is the same to us.
bool has_plain_numbers(const json& v) {
  if (v.is_structured()) {
    for (const auto& inner : v)
      if (!has_plain_numbers(inner))
        return false;
    return true;
  }
  return !v.is_number_float() || (std::abs(v.get<double>()) < 1e15);
}

request_identity identity_of(endpoint e, const std::string& body) {
  const match m{e, row_of(e).protocol, "m", "v1beta"};
  request r;
  r.target = "/";
  r.body = body;
  return identify(m, r, {}, {"tenant", "1", false, true});
}

void check_identity(endpoint e, const std::string& body) {
  const auto id = identity_of(e, body);
  require(id.cacheable == id.reason.empty(), "a reason, or cacheable");
  require(id.cacheable == (id.digest.size() == 64), "a digest if cacheable");
  require(id.topic.empty() || (id.topic.size() == 64 && !id.question.empty()),
          "a topic has a question");
  require(id.topic.empty() || id.topic != id.digest, "a topic is no request");
  require(simdjson::validate_utf8(id.question), "a question is a text");
  if (!id.cacheable)
    return;
  const auto tree = json::parse(body, nullptr, false);
  if (!tree.is_object() || !has_plain_numbers(tree))
    return;
  // Its members are sorted, which must not count; but where their order does.
  if (body.find("properties") != std::string::npos)
    return;
  const auto again = identity_of(e, tree.dump(1, ' ', true));
  require(again.digest == id.digest, "one digest, however it is spelled");
  require(again.topic == id.topic, "one topic, however it is spelled");
  require(again.question == id.question, "and one question");
  require(again.deterministic == id.deterministic, "and one temperature");
}

void check_wish(std::string_view value) {
  for (const auto* name : {"x-troupe-cache", "x-troupe-cache-ttl",
                           "x-troupe-cache-tags", "cache-control"}) {
    const auto got = read_cache_wish({{name, value}});
    if (const auto* const fault = std::get_if<refusal>(&got)) {
      require(fault->param == name, "a refusal names the header");
      continue;
    }
    const auto& wish = std::get<cache_wish>(got);
    require(wish.tags.size() <= tags_max, "tags are few");
    for (const auto& tag : wish.tags)
      require(!tag.empty() && tag.size() <= tag_size_max, "and short");
    require(wish.use != cache_wish::word::off || (!wish.reads && !wish.keeps),
            "off is off");
    require(!wish.ttl || wish.ttl->count() > 0, "a time to live is positive");
  }
}

void check_worth(endpoint e, const std::string& body) {
  const auto worth = worth_of(e, body);
  require(worth.keepable == worth.reason.empty(), "a reason, or keepable");
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      R"({"model":"m","messages":[{"role":"user","content":"h\u0069"}],"n":1})",
      R"({"temperature":0.0,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"tools":[]})",
      R"({"model":"m","system":[{"text":"s","cache_control":{}}],"messages":[]})",
      R"({"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"temperature":0e1}})",
      R"({"input":[{"role":"user","content":"q"}],"store":false})",
      R"({"choices":[{"finish_reason":"stop","message":{"tool_calls":[1]}}]})",
      R"({"status":"completed","output":[{"type":"message","content":[{"type":"refusal"}]}]})",
      R"({"stop_reason":"end_turn","content":[{"type":"text","text":"a"}]})",
      R"({"candidates":[{"finishReason":"STOP","content":{"parts":[{"text":"a"}]}}]})",
      "no-cache, max-age=\"5\", only-if-cached",
      "on, semantic, tools",
      "a,b , c",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  choices choose{bytes, size};
  const auto e = static_cast<endpoint>(
      choose.below(static_cast<std::size_t>(endpoint::count_)));
  const std::string text{choose.rest()};
  check_identity(e, text);
  check_worth(e, text);
  check_wish(text);
  return 0;
}
