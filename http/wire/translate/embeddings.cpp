#include "http/wire/translate/embeddings.hpp"

#include "http/wire/translate/object_reader.hpp"

#include <openssl/evp.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace troupe::http::wire {

namespace {

using config::protocol;
using dialogue::findings;
using dialogue::object_reader;
using enum endpoint;

static_assert(std::endian::native == std::endian::little,
              "OpenAI's vectors are little-endian");

/// What is asked, in no wire's words.
struct wish {
  std::vector<std::string> texts;
  std::optional<std::uint64_t> dimensions;
  bool base64 = false;
};

void read_input(object_reader& from, wish& into) {
  const auto* input = from.need("input");
  if (input == nullptr)
    return;
  if (input->is_string())
    return into.texts.emplace_back(text_in(*input)), void();
  if (!input->is_array() || input->empty())
    return from.expected("input", "a text or an array of texts");
  for (const auto& one : *input) {
    if (!one.is_string())
      from.refuse("input", "The provider takes texts, no token numbers.");
    into.texts.emplace_back(text_in(one));
  }
}

wish read_openai(const tree& body, findings& found) {
  wish asked;
  object_reader from{body, {}, found};
  read_input(from, asked);
  asked.dimensions = from.whole("dimensions", 1);
  const auto encoding = from.text("encoding_format").value_or("float");
  asked.base64 = encoding == "base64";
  if (encoding != "float" && encoding != "base64")
    from.expected("encoding_format", "'float' or 'base64'");
  from.skip({"model"});
  from.drop({"user"});
  from.refuse_rest();
  return asked;
}

/// The texts of a content, joined: it has one vector.
void read_content(object_reader& from, wish& into) {
  if (from.need("content") == nullptr)
    return;
  const auto* content = from.object("content");
  if (content == nullptr)
    return;
  object_reader holder{*content, from.path_of("content"), from.found()};
  std::string text;
  holder.needed_array("parts");
  dialogue::each_in(holder, "parts", [&](const tree& one, const auto& at) {
    object_reader part{one, at, from.found()};
    text += part.needed_text("text");
    part.refuse_rest();
  });
  into.texts.push_back(std::move(text));
}

void read_gemini(const tree& source, const std::string& at, wish& into,
                 findings& found) {
  object_reader from{source, at, found};
  read_content(from, into);
  const auto dimensions = from.whole("outputDimensionality", 1);
  if (into.texts.size() > 1 && dimensions != into.dimensions)
    from.refuse("outputDimensionality", "It must be the same for all texts.");
  into.dimensions = dimensions;
  from.skip({"model"});
  from.drop({"taskType", "title"});
  from.refuse_rest();
}

wish read(endpoint e, const tree& body, findings& found) {
  if (e == embeddings)
    return read_openai(body, found);
  wish asked;
  if (e == embed_content) {
    read_gemini(body, {}, asked, found);
    return asked;
  }
  object_reader from{body, {}, found};
  from.needed_array("requests");
  dialogue::each_in(from, "requests", [&](const tree& one, const auto& at) {
    read_gemini(one, at, asked, found);
  });
  if (asked.texts.empty())
    from.expected("requests", "at least one request");
  from.skip({"model"});
  from.refuse_rest();
  return asked;
}

tree write_openai(const wish& asked, std::string_view model) {
  tree body{{"model", model}, {"encoding_format", "float"}};
  body["input"] = asked.texts;
  if (asked.dimensions)
    body["dimensions"] = *asked.dimensions;
  return body;
}

tree write_gemini(const wish& asked, std::string_view model) {
  auto list = tree::array();
  const auto name = model.find('/') == std::string_view::npos
                        ? "models/" + std::string{model}
                        : std::string{model};
  for (const auto& text : asked.texts) {
    auto part = tree::object();
    part["text"] = text;
    tree one{{"model", name}};
    one["content"]["parts"].push_back(std::move(part));
    if (asked.dimensions)
      one["outputDimensionality"] = *asked.dimensions;
    list.push_back(std::move(one));
  }
  auto body = tree::object();
  body["requests"] = std::move(list);
  return body;
}

// -- answers ----------------------------------------------------------------

bool is_vector(const tree* values) {
  if (values == nullptr || !values->is_array())
    return false;
  for (const auto& value : *values)
    if (!value.is_number()
        || std::abs(value.get<double>()) > std::numeric_limits<float>::max())
      return false;
  return true;
}

/// Adds the vector `name` of `holder`; false if there is none.
bool take_vector(const tree& holder, std::string_view name,
                 std::vector<const tree*>& into) {
  const auto* values = member_of(holder, name);
  if (!is_vector(values))
    return false;
  into.push_back(values);
  return true;
}

/// The vectors in the order of the texts; nothing if the answer is none.
std::optional<std::vector<const tree*>> vectors_of(protocol from,
                                                   const tree& body) {
  std::vector<const tree*> found;
  if (const auto* one = member_of(body, "embedding"))
    return take_vector(*one, "values", found) ? std::optional{found}
                                              : std::nullopt;
  const bool is_openai = from == protocol::openai;
  const auto* list = member_of(body, is_openai ? "data" : "embeddings");
  if (list == nullptr || !list->is_array())
    return std::nullopt;
  for (const auto& one : *list)
    if (!take_vector(one, is_openai ? "embedding" : "values", found))
      return std::nullopt;
  return found;
}

void read_usage(const tree& body, token_usage& usage) {
  const std::pair<const char*, const char*> places[]{
      {"usage", "prompt_tokens"}, {"usageMetadata", "promptTokenCount"}};
  for (const auto& [holder, name] : places)
    if (const auto* counts = member_of(body, holder))
      if (const auto* n = member_of(*counts, name);
          n != nullptr && n->is_number_unsigned()) {
        usage.in_uncached = n->get<std::uint64_t>();
        usage.reported = true;
      }
}

tree base64_of(const tree& values) {
  std::string bytes;
  bytes.reserve(values.size() * sizeof(float));
  for (const auto& value : values) {
    const auto real = value.get<float>();
    char raw[sizeof real];
    std::memcpy(raw, &real, sizeof real);
    bytes.append(raw, sizeof raw);
  }
  // Four characters for three bytes, and a zero behind them.
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

tree openai_answer(const std::vector<const tree*>& vectors,
                   const token_usage& usage, const embedding_shape& to,
                   std::string_view model) {
  tree body{{"object", "list"}};
  body["data"] = tree::array();
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    tree one{{"object", "embedding"}, {"index", i}};
    one["embedding"] = to.base64 ? base64_of(*vectors[i]) : *vectors[i];
    body["data"].push_back(std::move(one));
  }
  body["model"] = model;
  body["usage"] = tree{{"prompt_tokens", usage.in_uncached},
                       {"total_tokens", usage.in_uncached}};
  return body;
}

tree gemini_answer(const std::vector<const tree*>& vectors,
                   const token_usage& usage, const embedding_shape& to) {
  auto body = tree::object();
  auto list = tree::array();
  for (const auto* values : vectors) {
    auto one = tree::object();
    one["values"] = *values;
    list.push_back(std::move(one));
  }
  if (to.client == embed_content)
    body["embedding"] = list.empty() ? tree::object() : list.front();
  else
    body["embeddings"] = std::move(list);
  if (usage.reported) {
    tree counts{{"promptTokenCount", usage.in_uncached}};
    counts["totalTokenCount"] = usage.in_uncached;
    body["usageMetadata"] = std::move(counts);
  }
  return body;
}

bool is_embedding(endpoint e) {
  return e == embeddings || e == embed_content || e == batch_embed_contents;
}

}  // namespace

embedding_translation translate_embeddings(const match& m,
                                           std::string_view body, protocol to,
                                           std::string_view model) {
  embedding_translation out;
  if (!is_embedding(m.endpoint) || to == protocol::anthropic) {
    out.refused = refusal{"The model's provider has no embeddings.", {}};
    return out;
  }
  std::string fault;
  const auto parsed = read_tree(body, &fault);
  if (!parsed) {
    out.refused = refusal{"The body cannot be read. " + fault, {}};
    return out;
  }
  findings found{m.protocol};
  const auto asked = read(m.endpoint, *parsed, found);
  out.refused = std::move(found.refused);
  if (out.refused)
    return out;
  out.body = print_tree(to == protocol::openai ? write_openai(asked, model)
                                               : write_gemini(asked, model));
  out.endpoint = to == protocol::openai ? embeddings : batch_embed_contents;
  out.dropped = std::move(found.dropped);
  out.shape = {m.endpoint, asked.base64};
  return out;
}

embedding_reply translate_embeddings_reply(protocol from, std::string_view body,
                                           const embedding_shape& to,
                                           std::string_view model) {
  embedding_reply out;
  const auto parsed = read_tree(body);
  const auto vectors = parsed ? vectors_of(from, *parsed) : std::nullopt;
  if (!vectors || (to.client == embed_content && vectors->size() != 1))
    return out;
  read_usage(*parsed, out.usage);
  out.body = print_tree(to.client == embeddings
                            ? openai_answer(*vectors, out.usage, to, model)
                            : gemini_answer(*vectors, out.usage, to));
  out.sound = true;
  return out;
}

}  // namespace troupe::http::wire
