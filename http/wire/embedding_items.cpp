#include "http/wire/embedding_items.hpp"

#include "http/wire/extent.hpp"
#include "http/wire/identity/canonical_form.hpp"
#include "http/wire/identity/model_targets.hpp"
#include "http/wire/json.hpp"
#include "http/wire/sha256.hpp"
#include "http/wire/sorted_members.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace troupe::http::wire {

namespace {

using config::protocol;
using json::object;
using json::value;
using enum endpoint;

/// Changes when the digest's own form does.
constexpr std::string_view digest_format = "troupe embedding 1";

// -- what decides beside the body
// --------------------------------------------------------------------------

/// Appends what of the query may change an answer's values; false if it may
/// change its shape.
bool append_query(std::string& out, std::string_view query, protocol p) {
  std::string rest;
  while (!query.empty()) {
    const auto parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    const auto name = parameter.substr(0, parameter.find('='));
    if (p != protocol::gemini)
      rest.append(parameter).push_back('&');
    else if (name != "key" && name != "access_token" && parameter != "alt=json"
             && !parameter.empty())
      return false;
  }
  append_canonical(out, rest);
  return true;
}

// -- one walk through one body
// --------------------------------------------------------------------------

class item_walk {
public:
  item_walk(const match& m, const json::document& doc, std::string_view body)
      : match_(m), doc_(doc), body_(body) {
    found_.endpoint = m.endpoint;
    if (m.protocol == protocol::gemini)
      found_.model = model_of(m);
  }

  bool walk(object& root) {
    if (match_.endpoint != embed_content)
      return json::each_member(root, [this](std::string_view key, value& v) {
        return member(key, v);
      });
    found_.list = {0, body_.size()};
    return take_content(root, 0, found_.list);
  }

  /// Digests need all members, those behind the items as well.
  std::optional<embedding_items> finish(const request& r,
                                        const embedding_scope& scope) {
    std::string common;
    if (found_.items.empty() || found_.model.empty()
        || !append_common(common, r, scope))
      return std::nullopt;
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < found_.items.size(); ++i) {
      auto& item = found_.items[i];
      // The item's own digest stands at its place until now.
      item.digest = sha256_hex(common + item.digest);
      item.first = places.emplace(item.digest, i).first->second;
    }
    return std::move(found_);
  }

private:
  bool append_common(std::string& out, const request& r,
                     const embedding_scope& scope) {
    append_canonical(out, digest_format);
    append_canonical(out, scope.version);
    append_canonical(out, scope.tenant);
    append_canonical(out, config::name_of(match_.protocol));
    append_canonical(out, found_.model);
    append_targets(out, found_.model, scope.models);
    append_canonical(out, r.headers.find("openai-beta").value_or(""));
    return append_query(out, r.query(), match_.protocol)
           && beside_.append_to(out);
  }

  bool member(std::string_view key, value& v) {
    const bool is_openai = match_.endpoint == embeddings;
    if (key == (is_openai ? "input" : "requests")) {
      beside_.pass(key);
      return is_openai ? take_input(v) : take_requests(v);
    }
    if (key == "model") {
      beside_.pass(key);
      return is_openai ? take_model(v) : names_model(v);
    }
    return is_openai && take_beside(key, v);
  }

  bool take_beside(std::string_view key, value& v) {
    const auto kind = json::kind_of(v);
    if (kind == '{' || kind == '[')
      return false;
    const bool is_usual =
        key == "encoding_format" && json::raw_string_of(v) == "float";
    if (key != "user" && !is_usual)
      return beside_.add(key, v, 1);
    beside_.pass(key);
    return json::sound(v, 1);
  }

  bool take_model(value& v) {
    auto name = json::unescaped(json::raw_string_of(v));
    if (!name)
      return false;
    found_.model = std::move(*name);
    return true;
  }

  /// Gemini says the model once more in some bodies: the same, or it is wrong.
  bool names_model(value& v) const {
    constexpr std::string_view prefix = "models/";
    std::string_view name = json::raw_string_of(v);
    if (name.starts_with(prefix))
      name.remove_prefix(prefix.size());
    return !name.empty() && name == found_.model;
  }

  wire::span span_of(std::string_view part) const {
    return {doc_.offset_of(part), part.size()};
  }

  bool take_input(value& v) {
    if (json::kind_of(v) == '"')
      return take_text(v, found_.list = span_of(json::token_of(v)));
    json::array list;
    std::string_view all;
    if (json::kind_of(v) != '[' || v.get_array().get(list)
        || !json::extent_of(list, all))
      return false;
    found_.list = span_of(all);
    char kind = '\0';  // Of all elements.
    std::string numbers{'['};
    for (auto entry : list) {
      value one;
      if (std::move(entry).get(one))
        return false;
      const auto its = json::kind_of(one);
      kind = kind == '\0' ? its : kind;
      const bool is_number = its != '"' && its != '[';
      if (is_number != (kind != '"' && kind != '[')
          || (!is_number && its != kind)
          || !(is_number ? append_number(numbers, one) : take_one(one)))
        return false;
    }
    if (kind == '\0' || kind == '"' || kind == '[')
      return true;
    numbers.push_back(']');
    add_item(numbers, found_.list);
    return true;
  }

  bool take_one(value& v) {
    if (json::kind_of(v) == '"')
      return take_text(v, span_of(json::token_of(v)));
    json::array list;
    std::string_view all;
    if (v.get_array().get(list) || !json::extent_of(list, all))
      return false;
    std::string numbers{'['};
    for (auto entry : list) {
      value one;
      if (std::move(entry).get(one) || !append_number(numbers, one))
        return false;
    }
    numbers.push_back(']');
    return add_item(numbers, span_of(all));
  }

  static bool append_number(std::string& out, value& v) {
    if (!json::count_of(v))
      return false;
    out.append(json::token_of(v)).push_back(',');
    return true;
  }

  bool take_text(value& v, wire::span at) {
    std::string text;
    return append_value(text, v, 1) && add_item(text, at);
  }

  bool take_requests(value& v) {
    json::array list;
    std::string_view all;
    if (json::kind_of(v) != '[' || v.get_array().get(list)
        || !json::extent_of(list, all))
      return false;
    found_.list = span_of(all);
    for (auto entry : list) {
      value one;
      object content;
      std::string_view whole;
      if (std::move(entry).get(one) || json::kind_of(one) != '{'
          || one.get_object().get(content) || !json::extent_of(content, whole)
          || !take_content(content, 2, span_of(whole)))
        return false;
    }
    return true;
  }

  /// What Gemini is asked about one vector, whatever it comes in.
  bool take_content(object& content, std::size_t depth, wire::span at) {
    sorted_members all;
    std::string text;
    return json::each_member(content,
                             [&](std::string_view key, value& v) {
                               if (key != "model")
                                 return all.add(key, v, depth + 1);
                               all.pass(key);
                               return names_model(v);
                             })
           && all.append_to(text) && add_item(text, at);
  }

  bool add_item(std::string_view form, wire::span at) {
    found_.items.push_back({sha256_hex(form), at});
    return found_.items.size() <= embedding_items_max;
  }

  const match& match_;
  const json::document& doc_;
  std::string_view body_;
  embedding_items found_;
  sorted_members beside_;
};

std::optional<embedding_items> walk(const match& m, json::document& doc,
                                    const request& r,
                                    const embedding_scope& scope) {
  item_walk items{m, doc, r.body};
  auto root = doc.root();
  if (!root || !items.walk(*root) || !doc.at_end())
    return std::nullopt;
  return items.finish(r, scope);
}

}  // namespace

bool has_items(endpoint e) noexcept {
  return e == embeddings || e == embed_content || e == batch_embed_contents;
}

std::optional<embedding_items> split_embeddings(const match& m,
                                                const request& r,
                                                const embedding_scope& scope) {
  const auto& body = r.body;
  if (!has_items(m.endpoint) || body.size() > embedding_body_max)
    return std::nullopt;
  if (body.capacity() - body.size() >= simdjson::SIMDJSON_PADDING) {
    json::document doc{json::document::padded{body}};
    return walk(m, doc, r, scope);
  }
  json::document doc{std::string_view{body}};
  return walk(m, doc, r, scope);
}

std::string with_items(std::string_view body, const embedding_items& items,
                       std::span<const std::size_t> wanted) {
  std::string out;
  out.reserve(body.size());
  out.append(body.substr(0, items.list.at)).push_back('[');
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& at = items.items[wanted[i]].at;
    out.append(i == 0 ? "" : ",").append(body.substr(at.at, at.size));
  }
  out.push_back(']');
  return out.append(body.substr(items.list.at + items.list.size));
}

}  // namespace troupe::http::wire
