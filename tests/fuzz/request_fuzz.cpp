// Requests: nothing breaks the reader, and a changed body differs in what was
// to be changed and in nothing else.

#include "http/wire/endpoint.hpp"
#include "http/wire/request_facts.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace {

using namespace troupe::http;
using namespace troupe::http::wire;
using nlohmann::json;
using troupe::fuzz::choices;
using troupe::fuzz::require;

/// How deep nlohmann may be asked to compare.
bool comparable(const json& body) {
  return body.is_object();
}

void check_model_change(const std::string& body, const request_facts& facts) {
  auto before = json::parse(body, nullptr, false);
  if (!comparable(before))
    return;  // A number out of range, or an escape that only we let pass.
  auto after =
      json::parse(with_model(body, facts, "new\"model"), nullptr, false);
  require(after.is_object(), "a changed body is JSON");
  require(after["model"] == "new\"model", "the model is changed");
  require(before["model"] == facts.model, "the model was read right");
  before.erase("model");
  after.erase("model");
  require(before == after, "nothing but the model is changed");
}

void check_usage_change(const std::string& body, const request_facts& facts) {
  auto before = json::parse(body, nullptr, false);
  if (!comparable(before))
    return;
  auto after = json::parse(with_usage_asked(body, facts), nullptr, false);
  require(after.is_object(), "a body that asks for usage is JSON");
  require(after["stream_options"]["include_usage"] == true, "usage is asked");
  if (!before.contains("stream_options") || before["stream_options"].is_null())
    before["stream_options"] = json::object();
  before["stream_options"]["include_usage"] = true;
  require(before == after, "nothing but the wish for usage is changed");
}

void check_body(choices choose) {
  const auto e = static_cast<endpoint>(
      choose.below(static_cast<std::size_t>(endpoint::count_)));
  const match m{e, row_of(e).protocol, "m", "v1beta"};
  std::string body{choose.rest()};
  const auto got = read_request(m, body);
  require(body == choose.rest(), "reading changes nothing");
  if (got.refused) {
    require(!got.refused->message.empty(), "a refusal says why");
    return;
  }
  if (m.protocol != troupe::config::protocol::gemini && row_of(e).has_body)
    check_model_change(body, got.facts);
  if (e == endpoint::chat_completions)
    check_usage_change(body, got.facts);
}

void check_path(choices choose) {
  header_list headers;
  const auto wire = choose.below(3);
  if (wire == 1)
    headers.add("anthropic-version", "2023-06-01");
  if (wire == 2)
    headers.add("x-goog-api-key", "k");
  const auto text = choose.rest();
  const auto path = text.substr(0, text.find('?'));
  const auto query = text.substr(std::min(path.size() + 1, text.size()));
  for (const auto* method : {"GET", "POST"}) {
    const auto found = find_endpoint(method, path, headers);
    if (!found)
      continue;
    require(methods_of(path, headers) == method, "both finders agree");
    require(dialect_of(path, headers) == found->protocol, "and the dialect");
    const auto up = upstream_path(*found, query, "/base", model_of(*found));
    require(up.starts_with("/base/"), "it stays below the base path");
    const auto pure = up.substr(0, up.find('?'));
    require((pure + '/').find("/../") == std::string::npos,
            "it does not climb");
    for (const char c : pure)
      require(c > ' ' && c < 127 && c != '#', "it is a clean path");
  }
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      R"({"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true})",
      R"({"stream_options":{"include_usage":false,"a":1},"messages":[],"model":"a\/b","max_tokens":5})",
      R"({"model":"m","stream_options":null,"input":["a"],"prompt":"x","messages":[]})",
      R"({"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"maxOutputTokens":9}})",
      R"({"requests":[{"model":"models/a","content":{}}],"content":{},"model":"models/b"})",
      "/v1/chat/completions?a=b",
      "/v1beta/models/gemini-2.5:streamGenerateContent?key=k&alt=sse",
      "/v1/models/a%2Fb",
      "/v1beta/tunedModels/x%3AgenerateContent",
      "/v1/messages/count_tokens?beta=true",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  check_body({bytes, size});
  check_path({bytes, size});
  return 0;
}
