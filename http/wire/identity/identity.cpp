#include "http/wire/identity/identity.hpp"

#include "http/wire/identity/canonical_form.hpp"
#include "http/wire/identity/model_targets.hpp"
#include "http/wire/identity/rules.hpp"
#include "http/wire/sha256.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::wire {

namespace {

/// Changes whenever the same request may get another digest.
constexpr std::string_view format = "troupe identity 1";

/// Headers that change what the provider understands.
constexpr std::array<std::string_view, 3> telling_headers{
    "anthropic-version", "anthropic-beta", "openai-beta"};

/// The thread's own, for one request at a time.
struct desk {
  sorted_tree body;
  std::string form;
};

desk& my_desk() {
  thread_local desk d;
  return d;
}

/// What differs between a stream and the whole is no endpoint of its own.
endpoint family_of(endpoint e) {
  return e == endpoint::stream_generate_content ? endpoint::generate_content
                                                : e;
}

std::string_view reason_of(sorted_tree::outcome o) {
  switch (o) {
  case sorted_tree::outcome::given_twice:
    return "It has a member twice.";
  case sorted_tree::outcome::too_large:
    return "It has too many values.";
  default:
    return "It is not sound.";
  }
}

/// Whether a parameter only carries a credential, or says how the answer
/// travels.
bool is_telling(std::string_view parameter) {
  const auto name = parameter.substr(0, parameter.find('='));
  for (const std::string_view silent :
       {"key", "access_token", "alt", "$alt", "%24alt"})
    if (name == silent)
      return false;
  return !name.empty();
}

void append_query(std::string& out, std::string_view query) {
  while (!query.empty()) {
    const auto parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    if (!is_telling(parameter))
      continue;
    out.push_back('?');
    append_canonical(out, parameter);
  }
}

void append_headers(std::string& out, const header_list& headers) {
  for (const auto [name, value] : headers)
    for (const auto telling : telling_headers)
      if (name.size() == telling.size() && same_token(name, telling)) {
        out.push_back('H');
        append_canonical(out, telling);
        append_canonical(out, value);
      }
}

/// All that is said outside of the body.
void append_frame(std::string& out, const match& m, const request& r,
                  const request_facts& facts, const identity_scope& scope,
                  bool tool_calls) {
  for (const auto part :
       {format, scope.version, scope.tenant, name_of(family_of(m.endpoint)),
        m.version, std::string_view{facts.model}})
    append_canonical(out, part);
  append_targets(out, facts.model, scope.models);
  out.push_back(tool_calls ? 'T' : '-');
  append_headers(out, r.headers);
  append_query(out, r.query());
}

bool is_question(std::string_view text) {
  return text.size() <= question_size_max
         && text.find_first_not_of(" \t\r\n") != std::string_view::npos;
}

void identify_topic(request_identity& id, endpoint e, desk& at,
                    std::size_t frame_size) {
  const auto* const text = question_in(e, at.body);
  if (text == nullptr || !is_question(text->text))
    return;
  at.form.resize(frame_size);
  // A digest for another purpose: it never equals that of a whole request.
  at.form.append("topic");
  append_canonical(at.form, at.body, text);
  id.topic = sha256_hex(at.form);
  id.question = text->text;
}

request_identity identify(const match& m, const request& r,
                          const request_facts& facts,
                          const identity_scope& scope, json::document& doc,
                          desk& at) {
  request_identity id;
  if (const auto read = at.body.read(doc); read != sorted_tree::outcome::read) {
    id.reason = reason_of(read);
    return id;
  }
  id.has_tools = offers_tools(at.body);
  id.deterministic = is_deterministic(m.endpoint, at.body);
  id.reason = barred(m.protocol, at.body);
  if (!id.reason.empty())
    return id;
  leave_out(m.protocol, at.body);
  at.form.clear();
  append_frame(at.form, m, r, facts, scope,
               id.has_tools && scope.takes_tool_calls);
  const auto frame_size = at.form.size();
  append_canonical(at.form, at.body);
  id.digest = sha256_hex(at.form);
  id.cacheable = !id.digest.empty();
  if (scope.with_topic && !id.has_tools && id.cacheable)
    identify_topic(id, m.endpoint, at, frame_size);
  return id;
}

}  // namespace

request_identity identify(const match& m, const request& r,
                          const request_facts& facts,
                          const identity_scope& scope) {
  request_identity id;
  if (!row_of(m.endpoint).has_body) {
    id.reason = "It asks for no answer of a model.";
    return id;
  }
  if (r.body.size() > identity_size_max) {
    id.reason = "It is too large.";
    return id;
  }
  auto& at = my_desk();
  const auto read = [&](json::document&& doc) {
    return identify(m, r, facts, scope, doc, at);
  };
  id = r.body.capacity() - r.body.size() >= simdjson::SIMDJSON_PADDING
           ? read(json::document{json::document::padded{r.body}})
           : read(json::document{std::string_view{r.body}});
  at.body.clear();
  if (at.form.capacity() > json::kept_size_max)
    at.form = std::string{};
  return id;
}

}  // namespace troupe::http::wire
