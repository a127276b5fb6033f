#include "http/routes/operators.hpp"

#include "http/wire/credential.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace troupe::http {

namespace {

constexpr std::array<std::string_view, 4> fields_of_proxies{
    "forwarded", "x-forwarded-for", "x-real-ip", "via"};

bool is_loopback(const std::string& host) {
  if (host == "localhost")
    return true;
  boost::system::error_code bad;
  const auto at = boost::asio::ip::make_address(host, bad);
  if (bad)
    return false;
  if (at.is_v6() && at.to_v6().is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped,
                                            at.to_v6())
        .is_loopback();
  return at.is_loopback();
}

bool is_local(const request& req) {
  return is_loopback(req.peer)
         && std::ranges::none_of(fields_of_proxies, [&](auto name) {
              return req.headers.find(name).has_value();
            });
}

bool is_open(const config::settings& now) {
  if (!now.auth.clients.empty())
    return false;
  return now.auth.mode == config::auth_mode::open
         || (now.auth.mode == config::auth_mode::automatic
             && is_loopback(now.http.listen.host));
}

using digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

digest sha256(std::string_view text) {
  digest made{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         made.data());
  return made;
}

// Digests, so that the time tells nothing of the length either.
bool same_secret(std::string_view a, std::string_view b) {
  const auto x = sha256(a);
  const auto y = sha256(b);
  return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

wire::door_error refusal_of(const request& req, unsigned status,
                            std::string_view code, std::string message) {
  wire::door_error why;
  why.status = status;
  why.code = code;
  why.message = std::move(message);
  why.request_id = req.id;
  return why;
}

}  // namespace

std::optional<wire::door_error> refuse_operator(const request& req,
                                                const config::settings& now) {
  const auto& token = now.auth.admin_token;
  if (token.empty()) {
    if (is_open(now) && is_local(req))
      return std::nullopt;
    return refusal_of(req, 403, "forbidden",
                      "This is for operators: set auth.admin_token and send it "
                      "as a bearer token.");
  }
  const auto shown = wire::credential_of(req);
  if (shown.empty())
    return refusal_of(req, 401, "unauthorized",
                      "This is for operators: send auth.admin_token as a "
                      "bearer token.");
  if (!same_secret(shown, token))
    return refusal_of(req, 403, "forbidden", "This is not the admin token.");
  return std::nullopt;
}

}  // namespace troupe::http
