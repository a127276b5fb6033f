#include "actors/queue/name_roll.hpp"

namespace troupe {

job_name::~job_name() {
  roll_.names_.erase(text);
}

job_name_ptr name_roll::enter(std::string_view text) {
  if (text.empty())
    return nullptr;
  if (const auto found = names_.find(text); found != names_.end())
    return found->second;
  const job_name_ptr made{new job_name{*this, text}};
  names_.emplace(made->text, made.get());
  return made;
}

}  // namespace troupe
