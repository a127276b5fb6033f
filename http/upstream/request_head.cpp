#include "http/upstream/request_head.hpp"

#include <boost/beast/http/field.hpp>

#include <array>
#include <charconv>

namespace troupe::http::upstream {

namespace {

using field = boost::beast::http::field;

field known(std::string_view name) {
  return boost::beast::http::string_to_field({name.data(), name.size()});
}

bool begins_with(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size()
         && same_token(name.substr(0, prefix.size()), prefix);
}

// Fields of one connection: RFC 9110, 7.6.1.
bool is_hop_by_hop(field f) {
  switch (f) {
  case field::connection:
  case field::keep_alive:
  case field::proxy_authenticate:
  case field::proxy_authorization:
  case field::proxy_connection:
  case field::te:
  case field::trailer:
  case field::transfer_encoding:
  case field::upgrade:
    return true;
  default:
    return false;
  }
}

bool stays_here(std::string_view name) {
  const auto f = known(name);
  switch (f) {
  case field::host:
  case field::content_length:
  case field::expect:
  case field::authorization:
  case field::cookie:
  // Answers are read on their way (usage, faults): they must come as they are.
  case field::accept_encoding:
    return true;
  case field::unknown:
    return same_token(name, "x-api-key") || same_token(name, "x-goog-api-key")
           || begins_with(name, "x-troupe-");
  default:
    return is_hop_by_hop(f);
  }
}

bool stays_away(std::string_view name) {
  const auto f = known(name);
  switch (f) {
  case field::content_length:
  case field::date:
  case field::server:
  case field::set_cookie:
  case field::strict_transport_security:
  case field::alt_svc:
    return true;
  default:
    return is_hop_by_hop(f) || begins_with(name, "x-troupe-");
  }
}

void append_field(std::string& out, std::string_view name,
                  std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_host(std::string& out, const config::base_url& url) {
  const bool literal = url.at.host.find(':') != std::string::npos;
  out.append("Host: ");
  out.append(literal ? "[" : "").append(url.at.host).append(literal ? "]" : "");
  if (url.at.port != (url.tls ? 443 : 80))
    out.append(":").append(std::to_string(url.at.port));
  out.append("\r\n");
}

void append_key(std::string& out, config::protocol p, std::string_view secret) {
  switch (p) {
  case config::protocol::openai:
    out.append("Authorization: Bearer ").append(secret).append("\r\n");
    break;
  case config::protocol::anthropic:
    append_field(out, "x-api-key", secret);
    break;
  case config::protocol::gemini:
    append_field(out, "x-goog-api-key", secret);
    break;
  }
}

}  // namespace

void append_request_head(std::string& out, const head_parts& parts,
                         const header_list& from_client) {
  out.append(parts.method).append(" ").append(parts.target);
  out.append(" HTTP/1.1\r\n");
  append_host(out, parts.provider.base_url);
  for (const auto [name, value] : from_client)
    if (!stays_here(name))
      append_field(out, name, value);
  append_key(out, parts.provider.protocol, parts.secret);
  out.append("Accept-Encoding: identity\r\n");
  if (parts.has_body) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                   parts.body_size)
                         .ptr;
    append_field(
        out, "Content-Length",
        {digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  out.append("\r\n");
}

header_list headers_for_client(const header_list& from_provider) {
  header_list kept;
  for (const auto [name, value] : from_provider) {
    if (same_token(name, "x-request-id"))
      kept.add("x-troupe-provider-request-id", value);
    else if (!stays_away(name))
      kept.add(name, value);
  }
  return kept;
}

}  // namespace troupe::http::upstream
