#include "actors/router/route_table.hpp"

#include "runtime/errc.hpp"

#include <algorithm>

namespace troupe {

namespace {

std::optional<std::uint32_t> index_of(const config::settings& settings,
                                      const std::string& provider) {
  for (std::uint32_t i = 0; i < settings.providers.size(); ++i)
    if (settings.providers[i]->name == provider)
      return i;
  return std::nullopt;
}

std::vector<route_table::target>
targets_of(const config::settings& settings,
           std::vector<config::target_settings> targets) {
  std::stable_sort(
      targets.begin(), targets.end(),
      [](const auto& a, const auto& b) { return a.priority < b.priority; });
  std::vector<route_table::target> result;
  for (auto& t : targets)
    if (const auto provider = index_of(settings, t.provider))
      result.push_back({*provider, settings.providers[*provider]->protocol,
                        std::move(t.model)});
  return result;
}

}  // namespace

route_table::route_table(const config::settings& settings) {
  for (const auto& m : settings.models)
    if (auto targets = targets_of(settings, m.targets); !targets.empty())
      models_.emplace(m.name, std::move(targets));
  for (std::uint32_t i = 0; i < settings.providers.size(); ++i) {
    const auto spoken = settings.providers[i]->protocol;
    auto& first = fallbacks_[static_cast<std::size_t>(spoken)];
    if (!first)
      first = target{i, spoken, {}};
  }
}

caf::expected<const route_table::target*>
route_table::find(const std::string& model, config::protocol protocol) const {
  if (const auto found = models_.find(model); found != models_.end()) {
    const auto& first = found->second.front();
    if (first.protocol == protocol)
      return &first;
    return caf::make_error(errc::unknown_model, model,
                           "this model is served in the "
                               + std::string{name_of(first.protocol)}
                               + " protocol only");
  }
  if (const auto& t = fallbacks_[static_cast<std::size_t>(protocol)])
    return &*t;
  return caf::make_error(errc::no_provider, std::string{name_of(protocol)});
}

}  // namespace troupe
