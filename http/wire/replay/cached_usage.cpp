#include "http/wire/replay/cached_usage.hpp"

#include "http/wire/answer_facts.hpp"
#include "http/wire/json.hpp"
#include "http/wire/replay/fold.hpp"
#include "http/wire/replay/play.hpp"
#include "http/wire/request_facts.hpp"

#include <utility>
#include <vector>

namespace troupe::http::wire {

namespace {

constexpr std::string_view own_member = "troupe";

/// Where the usage objects stand in the body: one, or none.
std::vector<span> find_usage(std::string_view body) {
  std::vector<span> found;
  json::document doc{body};
  auto root = doc.root();
  if (!root)
    return found;
  json::each_member(*root, [&](std::string_view key, json::value& v) {
    if ((key != "usage" && key != "usageMetadata") || json::kind_of(v) != '{')
      return json::sound(v, 1);
    simdjson::ondemand::object usage;
    std::string_view text;
    if (v.get_object().get(usage) || usage.raw_json().get(text))
      return false;
    // The blanks behind it come with it.
    found.push_back({doc.offset_of(text), text.rfind('}') + 1});
    return true;
  });
  return found;
}

/// Whether answers may have to be played as streams. Vectors, the bulk of the
/// others, need not be read.
bool is_played(endpoint e) {
  using enum endpoint;
  return e == chat_completions || e == completions || e == responses
         || e == messages || e == generate_content;
}

void zero(tree& value) {
  if (value.is_number())
    value = 0;
  else if (value.is_structured())
    for (auto& one : value)
      zero(one);
}

std::string zeroed(tree usage, const token_usage& cost) {
  take_member(usage, own_member);
  zero(usage);
  append_member(usage, std::string{own_member},
                {{"cached", true},
                 {"input_tokens", cost.input()},
                 {"output_tokens", cost.output()}});
  return print_tree(usage);
}

}  // namespace

std::optional<cached_answer> as_cached(endpoint e, const std::string& body) {
  // Streamed or not, a whole answer is of one form.
  if (e == endpoint::stream_generate_content)
    e = endpoint::generate_content;
  const auto facts = read_answer(e, body);
  if (!facts.sound || (is_played(e) && play_stream(e, body).empty()))
    return std::nullopt;
  cached_answer kept{body, facts.usage.input(), facts.usage.output()};
  const auto all = find_usage(body);
  for (auto at = all.rbegin(); at != all.rend(); ++at) {
    auto usage = read_exactly(std::string_view{body}.substr(at->at, at->size));
    if (!usage)
      return std::nullopt;
    kept.body.replace(at->at, at->size, zeroed(std::move(*usage), facts.usage));
  }
  return kept;
}

}  // namespace troupe::http::wire
