// Embeddings: no body breaks the reader of items, what is asked for the missing
// ones is the client's body but for its items, and no answer breaks the reader
// of vectors or is told with fewer than it had.

#include "http/wire/embedding_items.hpp"
#include "http/wire/embedding_vectors.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace {

using namespace troupe::http;
using namespace troupe::http::wire;
using nlohmann::json;
using troupe::fuzz::choices;
using troupe::fuzz::require;

constexpr endpoint kinds[]{endpoint::embeddings, endpoint::embed_content,
                           endpoint::batch_embed_contents};

const char* list_of(endpoint e) {
  return e == endpoint::embeddings ? "input" : "requests";
}

/// The items that `odd` says, asked for alone.
void check_subset(const std::string& body, const embedding_items& items,
                  bool odd) {
  std::vector<std::size_t> wanted;
  for (std::size_t i = odd ? 1 : 0; i < items.items.size(); i += 2)
    wanted.push_back(i);
  auto before = json::parse(body, nullptr, false);
  auto after = json::parse(with_items(body, items, wanted), nullptr, false);
  if (!before.is_object())
    return;  // A number out of range.
  require(after.is_object(), "a body of some items is JSON");
  const auto* const name = list_of(items.endpoint);
  const bool is_list = items.items.size() > 1;
  for (std::size_t i = 0; is_list && i < wanted.size(); ++i)
    require(after[name][i] == before[name][wanted[i]], "each item is itself");
  require(!is_list || after[name].size() == wanted.size(), "and no other");
  before.erase(name);
  after.erase(name);
  require(before == after, "nothing but the items is changed");
}

void check_request(choices choose) {
  const auto e = kinds[choose.below(std::size(kinds))];
  const match m{e, row_of(e).protocol, "m", "v1beta"};
  request r;
  const bool odd = choose.below(2) == 1;
  r.body = choose.rest();
  const auto items = split_embeddings(m, r, {"t", "1", {}});
  require(r.body == choose.rest(), "reading changes nothing");
  if (!items)
    return;
  require(!items->items.empty() && items->items.size() <= embedding_items_max,
          "there are items, and not too many");
  for (std::size_t i = 0; i < items->items.size(); ++i) {
    const auto& item = items->items[i];
    require(item.digest.size() == 64, "each has a digest");
    require(item.first <= i && items->items[item.first].digest == item.digest,
            "each is the same as its first");
    require(item.at && item.at.at + item.at.size <= r.body.size(),
            "each is in the body");
  }
  if (e != endpoint::embed_content)
    check_subset(r.body, *items, odd);
}

void check_answer(choices choose) {
  const auto e = kinds[choose.below(std::size(kinds))];
  const auto count = 1 + choose.below(3);
  const std::string body{choose.rest()};
  const auto found = read_vectors(e, body, count);
  if (!found)
    return;
  require(found->vectors.size() == count, "as many as were asked for");
  std::vector<std::string_view> vectors;
  for (const auto& at : found->vectors) {
    require(at && at.at + at.size <= body.size(), "each is in the body");
    const std::string_view text{body.data() + at.at, at.size};
    const auto bytes = written({found->model, text});
    const auto kept = read_kept_vector(bytes);
    require(kept && kept->vector == text && kept->model == found->model,
            "what is kept is what was written");
    vectors.push_back(text);
  }
  const auto whole = join_vectors({e, vectors, 1}, body, *found);
  const auto again = read_vectors(e, whole, count);
  require(again.has_value(), "a joined answer is one");
  for (std::size_t i = 0; i < count; ++i)
    require(whole.substr(again->vectors[i].at, again->vectors[i].size)
                == vectors[i],
            "with the same vectors");
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      R"({"model":"m","input":["a","b","a"],"dimensions":3})",
      R"({"input":[[1,2],[3],[1, 2]],"model":"m","user":"u"})",
      R"({"input":"a\u0062","encoding_format":"float","model":"m"})",
      R"({"content":{"parts":[{"text":"a"}]},"taskType":"X","model":"models/m"})",
      R"({"requests":[{"model":"models/m","content":{}},{"content":{"a":[1]}}]})",
      R"({"data":[{"index":1,"embedding":[1.5,-2e3]},{"index":0,"embedding":[0]}],"model":"m","usage":{"prompt_tokens":3}})",
      R"({"usage":{"troupe":{"cached":1},"a":{}},"data":[{"embedding":"AAAA"}]})",
      R"({"embedding":{"values":[1,2]},"more":1})",
      R"({"embeddings":[{"values":[1]},{"values":[ 2 ],"shape":[1]}]})",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  check_request({bytes, size});
  check_answer({bytes, size});
  return 0;
}
