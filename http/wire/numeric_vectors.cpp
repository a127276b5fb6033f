#include "http/wire/numeric_vectors.hpp"

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include <cmath>

namespace troupe::http::wire {

namespace {

namespace dom = simdjson::dom;

// Empty if it is none. All zeros are none either: they have no direction.
std::vector<float> read_vector(const dom::array& parts) {
  std::vector<float> v;
  double squares = 0;
  for (const auto part : parts) {
    double x = 0;
    if (part.get(x) != simdjson::SUCCESS || v.size() == vector_parts_max)
      return {};
    v.push_back(static_cast<float>(x));
    squares += x * x;
  }
  const auto length = std::sqrt(squares);
  if (!(length > 0) || !std::isfinite(length))
    return {};
  for (auto& x : v)
    x = static_cast<float>(x / length);
  return v;
}

// Puts the item's vector in its place. Returns false if it is broken.
bool place(const dom::element& item, std::vector<std::vector<float>>& all) {
  std::uint64_t index = 0;
  dom::array parts;
  if (item["index"].get(index) != simdjson::SUCCESS || index >= all.size()
      || item["embedding"].get(parts) != simdjson::SUCCESS
      || !all[index].empty())
    return false;
  all[index] = read_vector(parts);
  return !all[index].empty();
}

}  // namespace

std::string embeddings_request(std::string_view model,
                               const std::vector<std::string>& texts) {
  const nlohmann::json body{
      {"model", model}, {"input", texts}, {"encoding_format", "float"}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::vector<float>> read_vectors(std::string_view body,
                                             std::size_t count) {
  dom::parser parser;
  dom::array items;
  if (parser.parse(body.data(), body.size())["data"].get(items)
          != simdjson::SUCCESS
      || items.size() != count)
    return {};
  std::vector<std::vector<float>> all(count);
  for (const auto item : items)
    if (!place(item, all))
      return {};
  for (const auto& v : all)
    if (v.size() != all.front().size())
      return {};
  return all;
}

}  // namespace troupe::http::wire
