#include "http/wire/endpoint.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::wire {

namespace {

using config::protocol;
using enum endpoint;

constexpr auto openai = protocol::openai;
constexpr auto anthropic = protocol::anthropic;
constexpr auto gemini = protocol::gemini;

// clang-format off
constexpr std::array rows{
    //            endpoint                 dialect    method  path                        streams  body
    endpoint_row{chat_completions,        openai,    "POST", "/v1/chat/completions",      true,  true,  "chat_completions"},
    endpoint_row{completions,             openai,    "POST", "/v1/completions",           true,  true,  "completions"},
    endpoint_row{responses,               openai,    "POST", "/v1/responses",             true,  true,  "responses"},
    endpoint_row{embeddings,              openai,    "POST", "/v1/embeddings",            false, true,  "embeddings"},
    endpoint_row{list_models,             openai,    "GET",  "/v1/models",                false, false, "models"},
    endpoint_row{get_model,               openai,    "GET",  "/v1/models/",               false, false, "model"},
    endpoint_row{messages,                anthropic, "POST", "/v1/messages",              true,  true,  "messages"},
    endpoint_row{count_message_tokens,    anthropic, "POST", "/v1/messages/count_tokens", false, true,  "count_message_tokens"},
    endpoint_row{list_anthropic_models,   anthropic, "GET",  "/v1/models",                false, false, "models"},
    endpoint_row{get_anthropic_model,     anthropic, "GET",  "/v1/models/",               false, false, "model"},
    endpoint_row{generate_content,        gemini,    "POST", "generateContent",           false, true,  "generate_content"},
    endpoint_row{stream_generate_content, gemini,    "POST", "streamGenerateContent",     true,  true,  "stream_generate_content"},
    endpoint_row{count_tokens,            gemini,    "POST", "countTokens",               false, true,  "count_tokens"},
    endpoint_row{embed_content,           gemini,    "POST", "embedContent",              false, true,  "embed_content"},
    endpoint_row{batch_embed_contents,    gemini,    "POST", "batchEmbedContents",        false, true,  "batch_embed_contents"},
    endpoint_row{list_gemini_models,      gemini,    "GET",  "/models",                   false, false, "models"},
    endpoint_row{get_gemini_model,        gemini,    "GET",  "/models/",                  false, false, "model"},
};
// clang-format on

static_assert(rows.size() == static_cast<std::size_t>(endpoint::count_));

constexpr std::string_view models_prefix = "models/";
constexpr std::string_view tuned_prefix = "tunedModels/";

match of(endpoint e, std::string_view model = {},
         std::string_view version = {}) {
  return {e, row_of(e).protocol, model, version};
}

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/// `%XX` resolved; a broken one stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0
        && hex_value(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16
                                      + hex_value(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

bool stays_in_path(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
         || c == '~' || c == '/' || c == ':' || c == '@';
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    if (stays_in_path(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
}

/// Whether a model's name may become part of an upstream path: a segment `..`
/// would lead our key somewhere else.
bool may_be_in_path(std::string_view encoded) {
  const auto name = percent_decoded(encoded);
  if (name.empty())
    return false;
  std::string_view rest{name};
  while (true) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..")
      return false;
    if (slash == std::string_view::npos)
      return true;
    rest.remove_prefix(slash + 1);
  }
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<match> find_verb(std::string_view model, std::string_view verb,
                               std::string_view version) {
  for (const auto& row : rows)
    if (row.protocol == gemini && row.has_body && row.path == verb)
      return of(row.endpoint, model, version);
  return std::nullopt;
}

/// `{model}:{verb}` or `{model}`, behind `/models/` or `/tunedModels/`.
std::optional<match> find_gemini_model(std::string_view rest,
                                       std::string_view version) {
  auto colon = rest.rfind(':');
  std::size_t width = 1;
  if (colon == std::string_view::npos) {
    colon = std::max(rest.rfind("%3A") + 1, rest.rfind("%3a") + 1) - 1;
    width = 3;
  }
  const auto model = rest.substr(0, colon);
  if (!may_be_in_path(model.substr(
          model.starts_with(tuned_prefix) ? tuned_prefix.size() : 0)))
    return std::nullopt;
  return colon == std::string_view::npos
             ? of(get_gemini_model, model, version)
             : find_verb(model, rest.substr(colon + width), version);
}

/// What follows `/v1beta`.
std::optional<match> find_gemini(std::string_view rest,
                                 std::string_view version) {
  if (rest == "/models")
    return of(list_gemini_models, {}, version);
  if (!take(rest, "/"))
    return std::nullopt;
  if (rest.starts_with(tuned_prefix) || take(rest, models_prefix))
    return find_gemini_model(rest, version);
  return std::nullopt;
}

bool speaks_gemini(const header_list& headers) {
  return headers.find("x-goog-api-key").has_value();
}

bool speaks_anthropic(const header_list& headers) {
  return headers.find("anthropic-version").has_value();
}

/// What follows `/v1/models`, in whichever dialect the headers speak.
std::optional<match> find_models(std::string_view rest,
                                 const header_list& headers) {
  if (!rest.empty() && rest.front() != '/')
    return std::nullopt;
  const auto name = rest.empty() ? rest : rest.substr(1);
  const auto as_gemini = find_gemini_model(name, "v1");
  if (as_gemini && as_gemini->endpoint != get_gemini_model)
    return as_gemini;
  if (speaks_gemini(headers))
    return rest.empty() ? of(list_gemini_models, {}, "v1") : as_gemini;
  const bool other = speaks_anthropic(headers);
  if (rest.empty())
    return of(other ? list_anthropic_models : list_models);
  if (!may_be_in_path(name))
    return std::nullopt;
  return of(other ? get_anthropic_model : get_model, name);
}

std::optional<match> find_path(std::string_view path,
                               const header_list& headers) {
  for (const auto& row : rows)
    if (row.has_body && row.protocol != gemini && row.path == path)
      return of(row.endpoint);
  auto rest = path;
  if (take(rest, "/v1beta"))
    return find_gemini(rest, path.substr(1, 6));
  if (take(rest, "/v1alpha"))
    return find_gemini(rest, path.substr(1, 7));
  if (take(rest, "/v1/models"))
    return find_models(rest, headers);
  if (rest.starts_with("/v1/tunedModels/"))
    return find_gemini(rest.substr(3), path.substr(1, 2));
  return std::nullopt;
}

/// Whether a query parameter carries a Gemini client's credential.
bool is_credential(std::string_view parameter) {
  const auto name = percent_decoded(parameter.substr(0, parameter.find('=')));
  return name == "key" || name == "access_token";
}

void append_query(std::string& out, std::string_view query, protocol dialect) {
  char mark = '?';
  while (!query.empty()) {
    const auto parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    if (parameter.empty() || (dialect == gemini && is_credential(parameter)))
      continue;
    out.append(1, mark).append(parameter);
    mark = '&';
  }
}

}  // namespace

const endpoint_row& row_of(endpoint e) noexcept {
  return rows[static_cast<std::size_t>(e)];
}

std::string_view name_of(endpoint e) noexcept {
  return row_of(e).name;
}

std::optional<match> find_endpoint(std::string_view method,
                                   std::string_view path,
                                   const header_list& headers) {
  const auto found = find_path(path, headers);
  return found && row_of(found->endpoint).method == method ? found
                                                           : std::nullopt;
}

std::string_view methods_of(std::string_view path, const header_list& headers) {
  const auto found = find_path(path, headers);
  return found ? row_of(found->endpoint).method : std::string_view{};
}

std::optional<config::protocol> dialect_of(std::string_view path,
                                           const header_list& headers) {
  if (const auto found = find_path(path, headers))
    return found->protocol;
  if (path.starts_with("/v1beta/") || path.starts_with("/v1alpha/"))
    return gemini;
  if (!path.starts_with("/v1/"))
    return std::nullopt;
  if (speaks_gemini(headers))
    return gemini;
  return speaks_anthropic(headers) ? anthropic : openai;
}

std::string model_of(const match& m) {
  return percent_decoded(m.model_in_path);
}

bool has_usage_option(endpoint e) noexcept {
  return e == endpoint::chat_completions || e == endpoint::completions;
}

bool asks_for_sse(std::string_view query) {
  while (!query.empty()) {
    const auto parameter = query.substr(0, query.find('&'));
    // Google reads both spellings of its system parameters.
    if (parameter == "alt=sse" || parameter == "$alt=sse"
        || parameter == "%24alt=sse")
      return true;
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
  }
  return false;
}

std::string upstream_path(const match& m, std::string_view query,
                          std::string_view base_path, std::string_view model) {
  const auto& row = row_of(m.endpoint);
  std::string out;
  out.reserve(base_path.size() + row.path.size() + model.size() + query.size()
              + 32);  // version, `models/`, two escapes
  out.append(base_path);
  if (m.protocol == gemini) {
    out.append(1, '/').append(m.version).push_back('/');
    if (!m.model_in_path.empty()) {
      if (!model.starts_with(tuned_prefix) && !model.starts_with(models_prefix))
        out.append(models_prefix);
      append_encoded(out, model);
    } else {
      out.append("models");
    }
    if (row.has_body)
      out.append(1, ':').append(row.path);
  } else {
    out.append(m.protocol == openai ? row.path.substr(3) : row.path);
    if (row.path.ends_with('/'))
      append_encoded(out, model);
  }
  append_query(out, query, m.protocol);
  return out;
}

}  // namespace troupe::http::wire
