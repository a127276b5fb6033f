#include "http/jobs/webhook_letter.hpp"

#include "config/base_url.hpp"
#include "http/jobs/one_line.hpp"
#include "http/status_text.hpp"
#include "http/wire/fault_of.hpp"
#include "http/wire/json.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <variant>

namespace troupe::http {

namespace {

constexpr std::string_view encoded_secret = "whsec_";

/// Of an answer's body, in an error's text.
constexpr std::size_t quoted_max = 300;

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string text(4 * ((size + 2) / 3) + 1, '\0');  // And a zero behind it.
  const auto length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes,
                      static_cast<int>(size));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

/// Nothing if it is no base64.
std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(3 * (text.size() / 4) + 3, '\0');
  const auto length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  if (length < 0)
    return std::nullopt;
  const auto padding = std::ranges::count(text.substr(text.size() - 2), '=');
  bytes.resize(static_cast<std::size_t>(length - padding));
  return bytes;
}

std::string key_of(std::string_view secret) {
  if (secret.starts_with(encoded_secret)
      && secret.size() > encoded_secret.size() + 2)
    if (auto key = from_base64(secret.substr(encoded_secret.size())))
      return *key;
  return std::string{secret};
}

void append_text(std::string& out, std::string_view name,
                 std::string_view text) {
  out.append(out.empty() ? "{\"" : ",\"").append(name).append("\":");
  wire::json::append_quoted(out, text);
}

void append_raw(std::string& out, std::string_view name,
                std::string_view text) {
  out.append(",\"").append(name).append("\":").append(text);
}

std::string body_of(const job_errand& errand) {
  const auto& job = errand.job;
  std::string out;
  out.reserve(job.data.size() + 256);
  append_text(out, "id", job.id);
  append_text(out, "queue", errand.queue->name);
  append_raw(out, "attempt", std::to_string(job.attempt));
  append_raw(out, "attempts", std::to_string(job.attempts));
  if (!job.name.empty())
    append_text(out, "name", job.name);
  if (!job.group.empty())
    append_text(out, "group", job.group);
  append_raw(out, "created_at", std::to_string(job.created_at));
  append_raw(out, "data", job.data.size() > 0 ? job.data.view() : "null");
  if (job.checkpoint.size() > 0)
    append_raw(out, "checkpoint", job.checkpoint.view());
  return out + "}";
}

void append_field(std::string& out, std::string_view name,
                  std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

std::string host_of(const config::base_url& url) {
  const bool literal = url.at.host.find(':') != std::string::npos;
  auto host = literal ? "[" + url.at.host + "]" : url.at.host;
  if (url.at.port != (url.tls ? 443 : 80))
    host += ":" + std::to_string(url.at.port);
  return host;
}

shared_bytes result_of(const webhook_answer& answer) {
  if (answer.body.empty())
    return {};
  if (!answer.cut && nlohmann::json::accept(answer.body))
    return shared_bytes{on_one_line(answer.body)};
  std::string text;
  wire::json::append_quoted(text, answer.body);
  return shared_bytes{std::move(text)};
}

std::string error_of(const webhook_answer& answer) {
  auto text = "HTTP " + std::to_string(answer.status) + " "
              + std::string{reason_of(answer.status)};
  if (!answer.body.empty())
    text.append(": ").append(answer.body, 0, quoted_max);
  return text;
}

bool is_refusal(unsigned status) {
  return status == 400 || status == 410 || status == 422;
}

}  // namespace

std::optional<webhook_place> read_webhook_place(std::string_view url) {
  auto read = config::parse_base_url(url);
  const auto* at = std::get_if<config::base_url>(&read);
  if (at == nullptr)
    return std::nullopt;
  webhook_place to{*at, at->path};
  if (to.target.empty() || url.ends_with('/'))
    to.target += '/';
  return to;
}

std::string signature_of(std::string_view secret, std::string_view id,
                         std::string_view timestamp, std::string_view body) {
  const auto key = key_of(secret);
  std::string signed_text;
  signed_text.reserve(id.size() + timestamp.size() + body.size() + 2);
  signed_text.append(id).append(".").append(timestamp).append(".");
  signed_text.append(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()),
       signed_text.size(), digest.data(), &size);
  return "v1," + base64(digest.data(), size);
}

webhook_letter write_letter(const job_errand& errand, const webhook_place& to,
                            std::int64_t now) {
  webhook_letter letter;
  letter.body = body_of(errand);
  const auto id = errand.queue->name + ":" + errand.job.id;
  const auto timestamp = std::to_string(now);
  auto& head = letter.head;
  head.append("POST ").append(to.target).append(" HTTP/1.1\r\n");
  append_field(head, "Host", host_of(to.at));
  append_field(head, "Content-Type", "application/json");
  append_field(head, "User-Agent", "troupe/" TROUPE_VERSION);
  append_field(head, "Accept-Encoding", "identity");
  append_field(head, "webhook-id", id);
  append_field(head, "webhook-timestamp", timestamp);
  if (!errand.queue->secret.empty())
    append_field(
        head, "webhook-signature",
        signature_of(errand.queue->secret, id, timestamp, letter.body));
  append_field(head, "Content-Length", std::to_string(letter.body.size()));
  head.append("\r\n");
  return letter;
}

job_outcome judge(const webhook_answer& answer,
                  std::chrono::system_clock::time_point now) {
  job_outcome o;
  if (answer.status >= 200 && answer.status < 300) {
    o.value = result_of(answer);
    return o;
  }
  o.how = is_refusal(answer.status) ? job_outcome::kind::refused
                                    : job_outcome::kind::failed;
  o.value = shared_bytes{error_of(answer)};
  if (const auto wait = wire::retry_after_of(answer.headers, now))
    o.retry_in_ms = static_cast<std::uint64_t>(wait->count());
  return o;
}

}  // namespace troupe::http
