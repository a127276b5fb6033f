#include "http/routes/models.hpp"

#include "http/status.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace troupe::http {

namespace {

using nlohmann::json;
using wire::endpoint;

/// Clients want a date of creation; configured names have none.
constexpr int no_date = 0;
constexpr std::string_view no_date_rfc3339 = "1970-01-01T00:00:00Z";

json describe(const std::string& model, config::protocol p) {
  switch (p) {
  case config::protocol::openai:
    return {{"id", model},
            {"object", "model"},
            {"created", no_date},
            {"owned_by", "troupe"}};
  case config::protocol::anthropic:
    return {{"type", "model"},
            {"id", model},
            {"display_name", model},
            {"created_at", no_date_rfc3339}};
  case config::protocol::gemini:
    return {{"name", "models/" + model},
            {"displayName", model},
            {"supportedGenerationMethods",
             {"generateContent", "countTokens", "embedContent"}}};
  }
  return nullptr;
}

json list(const std::vector<config::model_settings>& models,
          config::protocol p) {
  json all = json::array();
  for (const auto& m : models)
    all.push_back(describe(m.name, p));
  switch (p) {
  case config::protocol::openai:
    return {{"object", "list"}, {"data", all}};
  case config::protocol::anthropic:
    return {{"data", all},
            {"has_more", false},
            {"first_id", models.front().name},
            {"last_id", models.back().name}};
  case config::protocol::gemini:
    return {{"models", all}};
  }
  return nullptr;
}

answer json_answer(unsigned status, const std::string& body) {
  return {status, {{"Content-Type", "application/json"}}, body};
}

}  // namespace

std::optional<answer>
answer_models(const std::vector<config::model_settings>& models,
              const wire::match& m, const request& req) {
  if (models.empty())
    return std::nullopt;
  switch (m.endpoint) {
  case endpoint::list_models:
  case endpoint::list_anthropic_models:
  case endpoint::list_gemini_models:
    return json_answer(200, list(models, m.protocol).dump());
  case endpoint::get_model:
  case endpoint::get_anthropic_model:
  case endpoint::get_gemini_model:
    break;
  default:
    return std::nullopt;
  }
  const auto name = wire::model_of(m);
  const bool known = std::any_of(models.begin(), models.end(),
                                 [&](const auto& x) { return x.name == name; });
  if (known)
    return json_answer(200, describe(name, m.protocol).dump());
  auto why = door_error_of(errc::unknown_model);
  why.request_id = req.id;
  return json_answer(why.status, wire::error_body(m.protocol, why));
}

}  // namespace troupe::http
