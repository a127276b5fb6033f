#include "runtime/store/store_reader.hpp"

#include <utility>

namespace troupe {

store_reader_actor::behavior_type
store_reading(store_reader_state::self_pointer self, store_reader_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

store_reader_actor::behavior_type
store_reader_state::make_behavior(store_reader_deps deps) {
  where_ = std::move(deps.where);
  return {
      [this](atom::read, const read_ticket& ticket) {
        if (ticket.awaited())
          ticket.answer(read(ticket.matter()));
      },
  };
}

// Opened when it is first needed, and again after it could not be.
caf::expected<record_pages>
store_reader_state::read(const std::vector<record_range>& ranges) {
  if (!way_in_) {
    auto opened = where_->open_reader();
    if (!opened)
      return opened.error();
    way_in_ = std::move(*opened);
  }
  record_pages result;
  for (const auto& range : ranges) {
    auto page = way_in_->read(range);
    if (!page)
      return page.error();
    result.push_back(std::move(*page));
  }
  return result;
}

}  // namespace troupe
