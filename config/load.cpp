#include "config/load.hpp"

#include "config/document.hpp"
#include "config/reader.hpp"
#include "config/rules.hpp"

#include <cerrno>
#include <exception>
#include <fstream>
#include <system_error>

namespace troupe::config {
namespace {

std::shared_ptr<const node> scalar(std::string text) {
  auto n = std::make_shared<node>();
  n->kind = shape::scalar;
  n->text = std::move(text);
  return n;
}

// {name: openai, protocol: openai, keys: ["${OPENAI_API_KEYS}"]}
node implied_node(protocol p, const std::string& variable) {
  const auto name = std::string{name_of(p)};
  auto keys = std::make_shared<node>();
  keys->kind = shape::list;
  keys->entries.push_back({"", 0, scalar("${" + variable + "}")});
  node map;
  map.kind = shape::map;
  map.entries = {{"name", 0, scalar(name)},
                 {"protocol", 0, scalar(name)},
                 {"keys", 0, keys}};
  return map;
}

// What a file would say that named the variables itself.
void add_implied_providers(const environment& env, settings& s,
                           findings& found) {
  for (const auto& implied : implied_providers())
    for (const auto variable : implied.variables) {
      const std::string name{variable};
      if (name.empty() || !find_nonempty(env, name))
        continue;
      reader{name, env, found}.append(
          knobs::providers, implied_node(implied.protocol, name), s.providers);
      break;
    }
}

load_result load_unguarded(std::string_view yaml_text,
                           std::string_view file_name, const environment& env) {
  load_result result;
  const auto document = parse_document(yaml_text, file_name);
  if (const auto* f = std::get_if<fault>(&document)) {
    result.faults.push_back(*f);
    return result;
  }
  findings found;
  reader{file_name, env, found}.read(
      *std::get<std::shared_ptr<const node>>(document), result.settings);
  if (result.settings.providers.empty())
    add_implied_providers(env, result.settings, found);
  check_rules(result.settings, file_name, found);
  result.faults = found.faults.take();
  return result;
}

load_result refuse(std::string_view file_name, const std::string& why) {
  load_result result;
  result.faults.push_back(
      {{std::string{file_name}, 0}, "", "cannot be read: " + why});
  return result;
}

}  // namespace

load_result load(std::string_view yaml_text, std::string_view file_name,
                 const environment& env) {
  try {
    return load_unguarded(yaml_text, file_name, env);
  } catch (const std::exception&) {  // memory, or a fault of the library's
    return refuse(file_name, "too much for this process");
  }
}

load_result load_file(const std::filesystem::path& file,
                      const environment& env) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return refuse(file.string(), std::generic_category().message(errno));
  // One byte more than is allowed, so that `load` sees that it is too large.
  std::string text(document_size_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad())
    return refuse(file.string(), std::generic_category().message(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return load(text, file.string(), env);
}

}  // namespace troupe::config
