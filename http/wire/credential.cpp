#include "http/wire/credential.hpp"

#include "http/wire/sha256.hpp"

namespace troupe::http::wire {

std::string_view credential_of(const request& req) {
  constexpr std::string_view scheme = "Bearer ";
  if (const auto value = req.headers.find("authorization");
      value && value->size() > scheme.size()
      && same_token(value->substr(0, scheme.size()), scheme))
    return value->substr(scheme.size());
  for (const std::string_view name : {"x-api-key", "x-goog-api-key"})
    if (const auto value = req.headers.find(name); value && !value->empty())
      return *value;
  return req.query_value("key").value_or("");
}

std::string credential_sha256(const request& req) {
  const auto key = credential_of(req);
  if (key.empty())
    return {};
  return sha256_hex(key);
}

}  // namespace troupe::http::wire
