// The head of a request to a provider, made from the client's.
//
// Everything passes but what belongs to one connection (hop by hop), to the
// client's own entry (its key, its cookies, troupe's headers), and what the
// provider must see its own way: Host, the key, the length.

#pragma once

#include "config/settings.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::http::upstream {

/// What of the head differs from the client's.
struct head_parts {
  std::string_view method;
  std::string_view target;
  const config::provider_settings& provider;
  std::string_view secret;
  std::size_t body_size = 0;
  bool has_body = false;
};

/// Appends request line and fields, up to and with the empty line.
void append_request_head(std::string& out, const head_parts& parts,
                         const header_list& from_client);

/// The fields of a provider's answer that a client should see: without those
/// of the connection, cookies, and the provider's `x-request-id`, which goes by
/// the name of `x-troupe-provider-request-id`.
header_list headers_for_client(const header_list& from_provider);

}  // namespace troupe::http::upstream
