#include "http/wire/identity/model_targets.hpp"

#include "http/wire/identity/canonical_form.hpp"

#include <algorithm>

namespace troupe::http::wire {

void append_targets(std::string& out, std::string_view model,
                    std::span<const config::model_settings> models) {
  std::string all;
  const auto listed =
      std::ranges::find(models, model, &config::model_settings::name);
  if (listed != models.end())
    for (const auto& target : listed->targets) {
      append_canonical(all, target.provider);
      append_canonical(all, target.model);
    }
  append_canonical(out, all);
}

}  // namespace troupe::http::wire
