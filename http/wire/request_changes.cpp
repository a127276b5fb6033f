// The few changes troupe makes in a request's body.

#include "http/wire/json.hpp"
#include "http/wire/request_facts.hpp"

#include <algorithm>

namespace troupe::http::wire {

namespace {

constexpr std::string_view models_prefix = "models/";

struct edit {
  span where;
  std::string text;
};

void append_usage_edit(boost::container::small_vector<edit, 3>& edits,
                       std::string_view body, const request_facts& facts) {
  if (facts.asks_usage)
    return;
  const auto& options = facts.stream_options;
  if (!options) {
    edits.push_back(
        {{facts.inside, 0}, R"("stream_options":{"include_usage":true},)"});
  } else if (body[options.at] != '{') {
    edits.push_back({options, R"({"include_usage":true})"});
  } else if (facts.include_usage) {
    edits.push_back({facts.include_usage, "true"});
  } else {
    const auto next = body.find_first_not_of(" \t\r\n", options.at + 1);
    edits.push_back({{options.at + 1, 0},
                     body[next] == '}' ? R"("include_usage":true)"
                                       : R"("include_usage":true,)"});
  }
}

std::string applied(std::string_view body,
                    boost::container::small_vector<edit, 3>& edits) {
  std::sort(edits.begin(), edits.end(), [](const auto& a, const auto& b) {
    return a.where.at < b.where.at;
  });
  std::size_t size = body.size();
  for (const auto& change : edits)
    size += change.text.size();
  std::string out;
  out.reserve(size);
  std::size_t done = 0;
  for (const auto& change : edits) {
    out.append(body.substr(done, change.where.at - done)).append(change.text);
    done = change.where.at + change.where.size;
  }
  return out.append(body.substr(done));
}

}  // namespace

std::string rewritten(std::string_view body, const request_facts& facts,
                      const changes& wanted) {
  boost::container::small_vector<edit, 3> edits;
  if (!wanted.model.empty())
    for (const auto& where : facts.models) {
      std::string name;
      if (body.substr(where.at + 1).starts_with(models_prefix)
          && wanted.model.find('/') == std::string_view::npos)
        name = models_prefix;
      edits.push_back({where, {}});
      json::append_quoted(edits.back().text, name.append(wanted.model));
    }
  if (wanted.ask_usage)
    append_usage_edit(edits, body, facts);
  return applied(body, edits);
}

std::string with_model(std::string_view body, const request_facts& facts,
                       std::string_view new_model) {
  return rewritten(body, facts, {new_model, false});
}

std::string with_usage_asked(std::string_view body,
                             const request_facts& facts) {
  return rewritten(body, facts, {{}, true});
}

}  // namespace troupe::http::wire
