#include "actors/cache_shard/tenant_roll.hpp"

namespace troupe {

tenant_book& tenant_roll::open(const std::string& tenant) {
  auto& book = books_[tenant];
  if (book == nullptr) {
    book = std::make_unique<tenant_book>();
    book->name = tenant;
  }
  return *book;
}

tenant_book* tenant_roll::find(const std::string& tenant) {
  const auto found = books_.find(tenant);
  if (found != books_.end())
    return found->second.get();
  return books_.size() < idle_max ? &open(tenant) : nullptr;
}

const tenant_book* tenant_roll::peek(const std::string& tenant) const {
  const auto found = books_.find(tenant);
  return found != books_.end() ? found->second.get() : nullptr;
}

void tenant_roll::close(tenant_book& book) {
  if (book.entries == 0 && books_.size() > idle_max)
    books_.erase(books_.find(book.name));
}

std::vector<tenant_book*> tenant_roll::all() const {
  std::vector<tenant_book*> result;
  for (const auto& [name, book] : books_)
    result.push_back(book.get());
  return result;
}

}  // namespace troupe
