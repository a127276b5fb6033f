#include "http/simulator/route.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::simulator {

namespace {

struct fixed_path {
  std::string_view path;
  errand what;
  wire on;
  reader read;
  writer write;
};

constexpr fixed_path fixed_paths[] = {
    {"/v1/chat/completions", errand::speak, wire::openai, read_openai_chat,
     write_openai_chat},
    {"/v1/completions", errand::speak, wire::openai, read_openai_completion,
     write_openai_completion},
    {"/v1/responses", errand::speak, wire::openai, read_openai_response,
     write_openai_response},
    {"/v1/embeddings", errand::measure, wire::openai, read_openai_embedding,
     write_openai_embedding},
    {"/v1/messages", errand::speak, wire::anthropic, read_anthropic,
     write_anthropic},
    {"/v1/messages/count_tokens", errand::measure, wire::anthropic,
     read_anthropic_count, write_anthropic_count},
};

struct gemini_method {
  std::string_view name;
  errand what;
  reader read;
  writer write;
};

constexpr gemini_method gemini_methods[] = {
    {"generateContent", errand::speak, read_gemini, write_gemini},
    {"streamGenerateContent", errand::speak, read_gemini, write_gemini},
    {"countTokens", errand::measure, read_gemini_count, write_gemini_count},
    {"embedContent", errand::measure, read_gemini_embedding,
     write_gemini_embedding},
    {"batchEmbedContents", errand::measure, read_gemini_batch,
     write_gemini_batch},
};

/// Undoes percent-encoding; what is no valid escape stays as it is.
std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto* from = text.data() + i + 1;
      const auto [end, bad] = std::from_chars(from, from + 2, value, 16);
      if (bad == std::errc{} && end == from + 2) {
        plain += static_cast<char>(value);
        i += 2;
        continue;
      }
    }
    plain += text[i];
  }
  return plain;
}

route models_route(const http::request& req, wire on, std::string_view name) {
  route found{.what = name.empty() ? errand::list_models : errand::show_model,
              .on = on,
              .model = decoded(name.substr(0, 3 * model_name_max))};
  if (req.method != "GET")
    found.what = errand::wrong_method;
  return found;
}

/// `rest` follows `/models` of the Gemini wire: nothing, `/m` or `/m:method`.
route gemini_route(const http::request& req, std::string_view rest) {
  if (!rest.empty() && rest.front() != '/')
    return {.on = wire::gemini};
  rest.remove_prefix(std::min<std::size_t>(rest.size(), 1));
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos)
    return models_route(req, wire::gemini, rest);
  const auto name = rest.substr(colon + 1);
  const auto* method =
      std::ranges::find(gemini_methods, name, &gemini_method::name);
  if (method == std::end(gemini_methods))
    return {.on = wire::gemini};
  route found{.what = method->what,
              .on = wire::gemini,
              .read = method->read,
              .write = method->write,
              .model = decoded(rest.substr(0, colon)),
              .streams = name.starts_with("stream")};
  found.as_array = found.streams && req.query_value("alt") != "sse";
  if (req.method != "POST")
    found.what = errand::wrong_method;
  return found;
}

route own_route(const http::request& req, std::string_view path) {
  const bool gets = req.method == "GET";
  if (path == "/_sim/stats")
    return {.what = gets ? errand::show_stats : errand::wrong_method};
  if (path == "/_sim/requests")
    return {.what = gets ? errand::show_requests : errand::wrong_method};
  if (path == "/_sim/reset")
    return {.what =
                req.method == "POST" ? errand::reset : errand::wrong_method};
  return {};
}

}  // namespace

route find_route(const http::request& req) {
  const auto path = req.path();
  if (path.starts_with("/_sim/"))
    return own_route(req, path);
  // Gemini offers OpenAI's endpoints, too.
  constexpr std::string_view compatible = "/v1beta/openai/";
  std::string openai_path{path};
  if (path.starts_with(compatible))
    openai_path = "/v1/" + std::string{path.substr(compatible.size())};
  else if (path.starts_with("/v1beta/models"))
    return gemini_route(req, path.substr(14));
  else if (path.starts_with("/v1beta"))
    return {.on = wire::gemini};

  const auto* fixed =
      std::ranges::find(fixed_paths, openai_path, &fixed_path::path);
  if (fixed != std::end(fixed_paths))
    return {.what = req.method == "POST" ? fixed->what : errand::wrong_method,
            .on = fixed->on,
            .read = fixed->read,
            .write = fixed->write,
            .typed_events = fixed->read == read_openai_response};
  const auto on =
      req.headers.find("anthropic-version") ? wire::anthropic : wire::openai;
  constexpr std::string_view models = "/v1/models";
  if (openai_path == models)
    return models_route(req, on, "");
  if (openai_path.starts_with("/v1/models/"))
    return models_route(
        req, on, std::string_view{openai_path}.substr(models.size() + 1));
  return {.on = openai_path.starts_with("/v1/messages") ? wire::anthropic : on};
}

}  // namespace troupe::simulator
