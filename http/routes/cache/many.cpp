#include "http/routes/cache/many.hpp"

#include "http/message.hpp"
#include "http/routes/cache/tokens.hpp"
#include "http/wire/json.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <simdjson.h>

#include <unordered_set>

namespace troupe::http::app_cache {

namespace {

using nlohmann::json;
using wire::json::append_quoted;

bool is_json_type(std::string_view type) {
  const auto essence = trimmed(type.substr(0, type.find(';')));
  return same_token(essence, "application/json") || essence.ends_with("+json");
}

std::string base64_of(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void append_value(std::string& out, const cache_entry& entry) {
  const auto value = entry.value.view();
  if (is_json_type(entry.type) && json::accept(value)) {
    out.append("\"value\":").append(value).append(R"(,"encoding":"json")");
    return;
  }
  const bool text = simdjson::validate_utf8(value.data(), value.size());
  out.append("\"value\":");
  append_quoted(out, text ? value : base64_of(value));
  out.append(text ? R"(,"encoding":"text")" : R"(,"encoding":"base64")");
}

void append_entry(std::string& out, const std::string& key,
                  const cache_finding& found) {
  append_quoted(out, key);
  out.append(":{");
  append_value(out, found.entry);
  out.append(R"(,"type":)");
  append_quoted(out, found.entry.type);
  out.append(R"(,"etag":)");
  append_quoted(out, print_etag(found.etag));
  out.append(R"(,"age_ms":)").append(std::to_string(found.age_ms));
  out.append(R"(,"ttl_ms":)").append(std::to_string(found.ttl_ms));
  out.append("}");
}

/// The names of a list, with commas between.
class name_list {
public:
  void add(const std::string& name) {
    if (!text_.empty())
      text_.push_back(',');
    append_quoted(text_, name);
  }
  const std::string& text() const { return text_; }

private:
  std::string text_;
};

}  // namespace

std::variant<std::vector<std::string>, wire::door_error>
read_keys(std::string_view text) {
  const auto body = json::parse(text, nullptr, false);
  const auto shape = "The body must be {\"keys\":[...]}, 1 to "
                     + std::to_string(keys_max) + " strings.";
  if (!body.is_object() || body.size() != 1 || !body.contains("keys")
      || !body["keys"].is_array())
    return invalid("keys", shape);
  const auto& listed = body["keys"];
  if (listed.empty() || listed.size() > keys_max)
    return invalid("keys", shape);
  std::vector<std::string> keys;
  std::unordered_set<std::string_view> seen;
  keys.reserve(listed.size());  // Views of them are held.
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const auto at = "keys[" + std::to_string(i) + "]";
    if (!listed[i].is_string())
      return invalid(at, "'" + at + "' must be a string.");
    const auto& key = listed[i].get_ref<const std::string&>();
    if (const auto fault = fault_of_name(key, key_size_max); !fault.empty())
      return invalid(at, "'" + at + "' " + fault + ".");
    if (!seen.insert(key).second)
      continue;  // An object names each member once.
    keys.push_back(key);
  }
  return keys;
}

std::string print_found(const std::vector<std::string>& keys,
                        const cache_findings& found) {
  std::string out = R"({"entries":{)";
  name_list missing;
  name_list omitted;
  bool first = true;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& one = found[i];
    const bool here =
        one.state == cache_state::fresh || one.state == cache_state::stale;
    if (!here) {
      missing.add(keys[i]);
    } else if (out.size() + one.entry.value.size() > answer_size_max) {
      omitted.add(keys[i]);
    } else {
      if (!first)
        out.push_back(',');
      first = false;
      append_entry(out, keys[i], one);
    }
  }
  out.append(R"(},"missing":[)").append(missing.text()).append("]");
  if (!omitted.text().empty())
    out.append(R"(,"omitted":[)").append(omitted.text()).append("]");
  out.append("}");
  return out;
}

}  // namespace troupe::http::app_cache
