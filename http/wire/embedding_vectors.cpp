#include "http/wire/embedding_vectors.hpp"

#include "http/wire/extent.hpp"
#include "http/wire/json.hpp"

#include <algorithm>
#include <utility>

namespace troupe::http::wire {

namespace {

using json::object;
using json::value;
using enum endpoint;

/// Between the two parts of an entry; JSON's strings have none.
constexpr char line_end = '\n';

class answer_walk {
public:
  answer_walk(endpoint e, const json::document& doc, std::size_t count)
      : endpoint_(e), doc_(doc), count_(count) {}

  bool member(std::string_view key, value& v) {
    if (endpoint_ == embed_content && key == "embedding")
      return !found_.list && take_object(v) && note_list(found_.vectors[0]);
    if (endpoint_ == batch_embed_contents && key == "embeddings")
      return take_list(v, [this](value& one) { return take_object(one); });
    if (endpoint_ == embeddings && key == "data")
      return take_list(v, [this](value& one) { return take_element(one); });
    if (endpoint_ == embeddings && key == "usage")
      return take_usage(v);
    if (endpoint_ == embeddings && key == "model" && json::kind_of(v) == '"')
      found_.model = json::token_of(v);
    return json::sound(v, 1);
  }

  /// In the order of the items, where the answer says which is whose.
  std::optional<embedding_vectors> finish() {
    if (found_.vectors.size() != count_ || count_ == 0
        || found_.model.find(line_end) != std::string::npos)
      return std::nullopt;
    if (places_.empty())
      return std::move(found_);
    std::vector<wire::span> ordered(count_);
    for (std::size_t i = 0; i < places_.size(); ++i)
      if (places_[i] < count_)
        ordered[places_[i]] = found_.vectors[i];
    const auto is_missing = [](const wire::span& at) {
      return !at;
    };
    if (places_.size() != count_
        || std::any_of(ordered.begin(), ordered.end(), is_missing))
      return std::nullopt;
    found_.vectors = std::move(ordered);
    return std::move(found_);
  }

private:
  wire::span span_of(std::string_view part) const {
    return {doc_.offset_of(part), part.size()};
  }

  bool note_list(wire::span at) {
    found_.list = at;
    return true;
  }

  template <class F>
  bool take_list(value& v, F&& take) {
    json::array list;
    std::string_view whole;
    if (found_.list || json::kind_of(v) != '[' || v.get_array().get(list)
        || !json::extent_of(list, whole))
      return false;
    for (auto entry : list) {
      value one;
      if (std::move(entry).get(one) || !take(one))
        return false;
    }
    return note_list(span_of(whole));
  }

  /// Gemini's `{"values": [...]}`.
  bool take_object(value& v) {
    object one;
    std::string_view whole;
    if (json::kind_of(v) != '{' || v.get_object().get(one)
        || !json::extent_of(one, whole))
      return false;
    bool has_values = false;
    found_.vectors.push_back(span_of(whole));
    return json::each_member(one,
                             [&](std::string_view key, value& part) {
                               if (key != "values")
                                 return json::sound(part, 3);
                               has_values = true;
                               return take_numbers(part).has_value();
                             })
           && has_values;
  }

  /// OpenAI's `{"object": "embedding", "index": 0, "embedding": [...]}`.
  bool take_element(value& v) {
    std::optional<wire::span> vector;
    std::optional<std::uint64_t> index;
    const bool sound =
        json::kind_of(v) == '{'
        && json::each_member(v, 2, [&](std::string_view key, value& part) {
             if (key == "embedding")
               return (vector = take_vector(part)).has_value();
             if (key == "index")
               return (index = json::count_of(part)).has_value();
             return json::sound(part, 3);
           });
    const bool fits =
        index ? places_.size() == found_.vectors.size() : places_.empty();
    if (!sound || !vector || !fits)
      return false;
    found_.vectors.push_back(*vector);
    if (index)
      places_.push_back(*index);
    return true;
  }

  std::optional<wire::span> take_vector(value& v) {
    if (json::kind_of(v) != '"')
      return take_numbers(v);
    const auto text = json::token_of(v);
    if (text.size() <= 2 || text.find_first_of("\\\n") != text.npos)
      return std::nullopt;
    return span_of(text);
  }

  std::optional<wire::span> take_numbers(value& v) {
    json::array numbers;
    std::string_view whole;
    if (json::kind_of(v) != '[' || v.get_array().get(numbers)
        || !json::extent_of(numbers, whole))
      return std::nullopt;
    bool any = false;
    for (auto entry : numbers) {
      value one;
      if (std::move(entry).get(one) || !is_number(one))
        return std::nullopt;
      any = true;
    }
    return any ? std::optional{span_of(whole)} : std::nullopt;
  }

  static bool is_number(value& v) {
    const auto kind = json::kind_of(v);
    return (kind == '-' || (kind >= '0' && kind <= '9')) && json::sound(v, 4);
  }

  bool take_usage(value& v) {
    object usage;
    std::string_view whole;
    if (json::kind_of(v) != '{')
      return json::sound(v, 1);
    if (found_.usage || v.get_object().get(usage)
        || !json::extent_of(usage, whole))
      return false;
    found_.usage = span_of(whole);
    return json::each_member(usage, [this](std::string_view key, value& part) {
      object inner;
      std::string_view ours;
      if (key != "troupe" || json::kind_of(part) != '{')
        return json::sound(part, 2);
      if (part.get_object().get(inner) || !json::extent_of(inner, ours))
        return false;
      found_.cached = span_of(ours);
      return json::each_member(inner, [](std::string_view, value& one) {
        return json::sound(one, 3);
      });
    });
  }

  wire::endpoint endpoint_;
  const json::document& doc_;
  std::size_t count_;
  embedding_vectors found_;
  std::vector<std::uint64_t> places_;  // `index`, where they have one
};

std::optional<embedding_vectors> walk(endpoint e, json::document& doc,
                                      std::size_t count) {
  answer_walk answer{e, doc, count};
  auto root = doc.root();
  if (!root
      || !json::each_member(
          *root,
          [&](std::string_view key, value& v) { return answer.member(key, v); })
      || !doc.at_end())
    return std::nullopt;
  return answer.finish();
}

// -- writing
// --------------------------------------------------------------------------

void append_list(std::string& out, const vector_list& all) {
  if (all.endpoint == embed_content) {
    out.append(all.vectors.front());
    return;
  }
  out.push_back('[');
  for (std::size_t i = 0; i < all.vectors.size(); ++i) {
    out.append(i == 0 ? "" : ",");
    if (all.endpoint != embeddings) {
      out.append(all.vectors[i]);
      continue;
    }
    out.append(R"({"object":"embedding","index":)");
    out.append(std::to_string(i)).append(R"(,"embedding":)");
    out.append(all.vectors[i]).push_back('}');
  }
  out.push_back(']');
}

/// What a list takes beside its vectors: OpenAI's wrapping, or less.
constexpr std::size_t element_size = 64;

std::string with_room(const vector_list& all, std::size_t more) {
  std::size_t size = more + element_size;
  for (const auto& vector : all.vectors)
    size += vector.size() + element_size;
  std::string out;
  out.reserve(size);
  return out;
}

std::string word_of(const vector_list& all) {
  return R"({"cached":)" + std::to_string(all.known) + "}";
}

/// `usage` with the number of known items in it.
std::string usage_of(const vector_list& all, std::string_view body,
                     const embedding_vectors& found) {
  const auto usage = body.substr(found.usage.at, found.usage.size);
  if (all.known == 0)
    return std::string{usage};
  std::string out;
  if (found.cached) {
    const auto at = found.cached.at - found.usage.at;
    out.append(usage.substr(0, at)).append(word_of(all));
    return out.append(usage.substr(at + found.cached.size));
  }
  const bool is_empty =
      usage.find_first_not_of(" \t\r\n", 1) == usage.size() - 1;
  out.append(usage.substr(0, usage.size() - 1));
  out.append(is_empty ? "" : ",").append(R"("troupe":)").append(word_of(all));
  return out.append("}");
}

}  // namespace

std::optional<embedding_vectors>
read_vectors(endpoint e, const std::string& body, std::size_t count) {
  if (body.capacity() - body.size() >= simdjson::SIMDJSON_PADDING) {
    json::document doc{json::document::padded{body}};
    return walk(e, doc, count);
  }
  json::document doc{std::string_view{body}};
  return walk(e, doc, count);
}

std::string join_vectors(const vector_list& all, std::string_view body,
                         const embedding_vectors& found) {
  const auto list_end = found.list.at + found.list.size;
  const auto usage_end = found.usage.at + found.usage.size;
  const bool usage_first = found.usage.at < found.list.at;
  auto out = with_room(all, body.size() - found.list.size);
  const auto add_list = [&](std::size_t from) {
    out.append(body.substr(from, found.list.at - from));
    append_list(out, all);
  };
  const auto add_usage = [&](std::size_t from) {
    out.append(body.substr(from, found.usage.at - from));
    out.append(usage_of(all, body, found));
  };
  if (!found.usage) {
    add_list(0);
    return out.append(body.substr(list_end));
  }
  if (usage_first) {
    add_usage(0);
    add_list(usage_end);
    return out.append(body.substr(list_end));
  }
  add_list(0);
  add_usage(list_end);
  return out.append(body.substr(usage_end));
}

std::string join_vectors(const vector_list& all, std::string_view model) {
  auto out = with_room(all, model.size() + element_size);
  switch (all.endpoint) {
  case embed_content:
    out.append(R"({"embedding":)");
    break;
  case batch_embed_contents:
    out.append(R"({"embeddings":)");
    break;
  default:
    out.append(R"({"object":"list","data":)");
  }
  append_list(out, all);
  if (all.endpoint == embeddings) {
    if (!model.empty())
      out.append(R"(,"model":)").append(model);
    out.append(R"(,"usage":{"prompt_tokens":0,"total_tokens":0,"troupe":)");
    out.append(word_of(all)).push_back('}');
  }
  return out.append("}");
}

std::string written(const kept_vector& kept) {
  std::string out;
  out.reserve(kept.model.size() + 1 + kept.vector.size());
  return out.append(kept.model).append(1, line_end).append(kept.vector);
}

std::optional<kept_vector> read_kept_vector(std::string_view bytes) {
  const auto at = bytes.find(line_end);
  if (at == std::string_view::npos || at + 1 == bytes.size())
    return std::nullopt;
  return kept_vector{bytes.substr(0, at), bytes.substr(at + 1)};
}

}  // namespace troupe::http::wire
