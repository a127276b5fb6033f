#include "actors/flow.hpp"

namespace troupe {

std::string child_id(std::string_view queue, job_number number,
                     std::uint32_t index) {
  return "flow:" + std::string{queue} + ':' + std::to_string(number) + ':'
         + std::to_string(index);
}

std::string child_id(std::string_view parent_id, std::uint32_t index) {
  return std::string{parent_id} + '.' + std::to_string(index);
}

}  // namespace troupe
