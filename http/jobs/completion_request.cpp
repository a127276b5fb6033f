#include "http/jobs/completion_request.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace troupe::http {

namespace {

using json = nlohmann::ordered_json;  // Keeps the client's order.

/// Longest part of an id that request ids show.
constexpr std::size_t shown_id_max = 64;

constexpr std::string_view chat_target = "/v1/chat/completions";
constexpr std::string_view whole_verb = ":generateContent";
constexpr std::string_view stream_verb = ":streamGenerateContent";

std::string dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_answer(wire::endpoint e) {
  switch (e) {
  case wire::endpoint::chat_completions:
  case wire::endpoint::responses:
  case wire::endpoint::messages:
  case wire::endpoint::generate_content:
  case wire::endpoint::stream_generate_content:
    return true;
  default:
    return false;
  }
}

bool is_gemini(wire::endpoint e) {
  return e == wire::endpoint::generate_content
         || e == wire::endpoint::stream_generate_content;
}

std::string shown(std::string_view id) {
  std::string result{id.substr(0, shown_id_max)};
  std::ranges::replace_if(
      result,
      [](unsigned char c) {
        return std::isalnum(c) == 0 && c != '-' && c != '_' && c != '.';
      },
      '_');
  return result;
}

header_list fields_for(const leased_job& job, wire::endpoint e) {
  auto fields = json_headers();
  fields.add("x-troupe-priority", std::to_string(job.priority));
  if (e == wire::endpoint::messages)
    fields.add("anthropic-version", "2023-06-01");
  if (job.timeout_ms > 0)
    fields.add("x-stainless-timeout",
               std::to_string((job.timeout_ms + 999) / 1000));
  return fields;
}

/// Gemini asks for a stream by its path.
std::string gemini_target(std::string target, bool streams) {
  target = target.substr(0, target.find('?'));
  if (const auto at = target.rfind(':'); at != std::string::npos)
    target.resize(at);
  target.append(streams ? stream_verb : whole_verb);
  return streams ? target + "?alt=sse" : target;
}

/// Takes the wish for a stream out of `from`; nothing if it is no such wish.
std::optional<bool> take_stream(json& from, bool otherwise) {
  const auto found = from.find("stream");
  if (found == from.end())
    return otherwise;
  if (!found->is_boolean())
    return std::nullopt;
  const bool wish = found->get<bool>();
  from.erase(found);
  return wish;
}

struct parts {
  std::string target;
  json body;
  bool streams = true;
};

std::variant<parts, std::string> read_parts(json&& job) {
  if (!job.is_object())
    return "data must be a JSON object";
  parts read;
  const bool is_chat = !job.contains("endpoint");
  auto wish = take_stream(job, true);
  if (!is_chat) {
    if (!job["endpoint"].is_string())
      return "data.endpoint must be a string";
    read.target = job["endpoint"].get<std::string>();
    if (!job.contains("body") || !job["body"].is_object())
      return "data.body must be a JSON object";
    read.body = std::move(job["body"]);
    if (wish)
      wish = take_stream(read.body, *wish);
  } else {
    read.target = chat_target;
    read.body = std::move(job);
  }
  if (!wish)
    return "stream must be true or false";
  read.streams = *wish;
  return read;
}

}  // namespace

wire::match completion_request::match() const {
  return wire::find_endpoint(request.method, request.path(), request.headers)
      .value_or(wire::match{});
}

std::variant<completion_request, std::string>
read_completion(const leased_job& job, std::string_view queue) {
  auto read = read_parts(json::parse(job.data.view(), nullptr, false));
  if (auto* fault = std::get_if<std::string>(&read))
    return std::move(*fault);
  auto& [target, body, streams] = std::get<parts>(read);
  const auto path = std::string_view{target}.substr(0, target.find('?'));
  const auto found = wire::find_endpoint("POST", path, {});
  if (!found || !is_answer(found->endpoint))
    return "data.endpoint is none that answers: " + shown(target);
  completion_request made;
  made.endpoint = found->endpoint;
  made.streams = streams;
  made.request.method = "POST";
  made.request.headers = fields_for(job, found->endpoint);
  made.request.id = "job-" + std::string{queue} + "-" + shown(job.id) + "-"
                    + std::to_string(job.attempt);
  if (is_gemini(found->endpoint)) {
    made.endpoint = streams ? wire::endpoint::stream_generate_content
                            : wire::endpoint::generate_content;
    made.request.target = gemini_target(target, streams);
  } else {
    made.request.target = std::string{path};
    body["stream"] = streams;
  }
  made.request.body = dump(body);
  return made;
}

}  // namespace troupe::http
