// What stands behind a client's name for a model, as a part of digests: where a
// configuration puts other targets behind the name, what the old ones answered
// is not given again.

#pragma once

#include "config/settings.hpp"

#include <span>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Appends the targets of `model`, in order; nothing but the mark of an empty
/// text if it is not listed.
void append_targets(std::string& out, std::string_view model,
                    std::span<const config::model_settings> models);

}  // namespace troupe::http::wire
