#include "http/cache/cached_embeddings.hpp"

#include "http/cache/asking.hpp"
#include "http/cache/packing.hpp"
#include "http/routes/recorded.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace troupe::http {

namespace {

using std::chrono::milliseconds;

std::uint64_t count_of(milliseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

std::string_view text_at(std::string_view body, const wire::span& at) {
  return body.substr(at.at, at.size);
}

/// Fields that speak of the provider's own bytes, not of an answer made of
/// them.
bool is_of_bytes(std::string_view name) {
  return same_token(name, "etag") || same_token(name, "content-md5")
         || same_token(name, "content-digest") || same_token(name, "digest");
}

}  // namespace

cached_embeddings::cached_embeddings(lane& l, request& req, responder& res,
                                     const wire::match& m,
                                     wire::cache_wish wish)
    : lane_(l), req_(req), res_(res), match_(m), wish_(std::move(wish)),
      visit_(l, req, res, m) {}

task<> cached_embeddings::run() {
  const bool let_in = co_await visit_.enter();
  if (let_in)
    co_await answer();
  else
    record_ = visit_.record();
}

task<> cached_embeddings::answer() {
  auto next = step::plainly;
  auto use = cache_use::bypass;
  if (!is_off() && split()) {
    use = cache_use::miss;
    co_await find();
    if (!too_large_ && missing_.empty()) {
      co_await give_known();
      next = step::done;
    } else if (!too_large_ && !wish_.only_if_cached) {
      next = co_await ask();
    }
  }
  if (next == step::plainly && wish_.only_if_cached)
    co_await refuse_not_cached();
  else if (next == step::plainly)
    co_await ask_for(req_, res_, use);
}

bool cached_embeddings::is_off() const {
  return lane_.settings().cache.embeddings_ttl.count() == 0
         || (!wish_.reads && !wish_.keeps);
}

bool cached_embeddings::split() {
  const auto& settings = lane_.settings();
  // Read where it is, now and by the exchange.
  req_.body.reserve(req_.body.size() + simdjson::SIMDJSON_PADDING);
  wire::embedding_scope scope;
  scope.tenant = visit_.caller().tenant;
  scope.version = settings.cache.version;
  scope.models = settings.models;
  auto items = wire::split_embeddings(match_, req_, scope);
  if (items)
    items_ = std::move(*items);
  return items.has_value();
}

// -- what is known
// ----------------------------------------------------------------

task<> cached_embeddings::find() {
  cache_findings found;
  if (wish_.reads)
    found = co_await find_all(lane_, res_.get_executor(), questions());
  take(std::move(found));
}

cache_questions cached_embeddings::questions() const {
  cache_questions all;
  all.reserve(items_.items.size());
  for (std::size_t i = 0; i < items_.items.size(); ++i) {
    if (items_.items[i].first != i)
      continue;
    auto& one = all.emplace_back();
    one.key.space = cache_space::embedding;
    one.key.tenant = visit_.caller().tenant;
    one.key.name = items_.items[i].digest;
    if (wish_.max_age)
      one.max_age_ms = count_of(milliseconds{*wish_.max_age});
  }
  return all;
}

/// What the vectors of all items take together, repeated ones as often as they
/// are given.
std::size_t cached_embeddings::kept_size(const cache_findings& found) const {
  std::vector<std::size_t> sizes(items_.items.size());
  std::size_t next = 0;
  std::size_t largest = 0;
  std::size_t sum = 0;
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto first = items_.items[i].first;
    if (first == i && next < found.size())
      sizes[i] = found[next++].entry.size;
    largest = std::max(largest, sizes[first]);
    sum += std::min(sizes[first], held_answer_max);
    unknown += sizes[first] == 0 ? 1 : 0;
  }
  // Others of the same space are about as large.
  return sum + unknown * std::min(largest, held_answer_max);
}

void cached_embeddings::take(cache_findings found) {
  known_.resize(items_.items.size());
  too_large_ = kept_size(found) > held_answer_max;
  const std::string* model = nullptr;
  std::size_t next = 0;
  for (std::size_t i = 0; i < known_.size() && !too_large_; ++i) {
    if (items_.items[i].first != i)
      continue;
    known_item one;
    if (next < found.size())
      one.found = std::move(found[next++]);
    const auto& entry = one.found.entry;
    if (one.found.state == cache_state::fresh
        && (model == nullptr || entry.model == *model))
      one.bytes = unpack(entry);
    if (!wire::read_kept_vector(one.bytes)) {
      missing_.push_back(i);
      missing_size_ += items_.items[i].at.size;
      continue;
    }
    known_[i] = std::move(one);
    model = &known_[i].found.entry.model;
  }
}

std::size_t cached_embeddings::known_count() const {
  const auto& all = items_.items;
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [this](const auto& item) {
        return !known_[item.first].bytes.empty();
      }));
}

task<> cached_embeddings::give_known() {
  std::vector<std::string_view> vectors;
  std::string_view model;
  for (const auto& item : items_.items) {
    const auto one = wire::read_kept_vector(known_[item.first].bytes);
    vectors.push_back(one->vector);
    model = one->model;
  }
  wire::vector_list all;
  all.endpoint = match_.endpoint;
  all.vectors = vectors;
  all.known = vectors.size();
  const auto body = wire::join_vectors(all, model);
  const auto headers = headers_of_hit();
  note_hit();
  record_.bytes_out = body.size();
  co_await res_.send(record_.status, headers, body);
}

header_list cached_embeddings::headers_of_hit() const {
  std::uint64_t age_ms = 0;
  for (const auto& one : known_)
    age_ms = std::max(age_ms, one.found.age_ms);
  const auto& entry = known_.front().found.entry;
  auto made = json_headers();
  made.add("Age", std::to_string(age_ms / 1000));
  made.add("x-troupe-model", entry.model);
  made.add("x-troupe-provider", entry.provider);
  made.add("x-troupe-attempts", "0");
  made.add("x-troupe-cache", name_of(cache_use::hit));
  return made;
}

void cached_embeddings::note_hit() {
  const auto& entry = known_.front().found.entry;
  record_ = {};
  record_.status = 200;
  record_.cache = cache_use::hit;
  record_.wire = config::name_of(match_.protocol);
  record_.client = visit_.caller().client;
  record_.model = entry.model;
  record_.provider = entry.provider;
  count_saved();
}

void cached_embeddings::count_saved() const {
  std::uint64_t tokens = 0;
  for (const auto& item : items_.items)
    tokens += known_[item.first].found.entry.tokens_in;
  lane_.count_saved(cache_space::embedding, tokens, 0);
}

// -- what is asked
// ----------------------------------------------------------------

/// Whether the provider is asked for all the client asked for.
bool cached_embeddings::is_whole() const {
  return missing_.size() == items_.items.size();
}

task<cached_embeddings::step> cached_embeddings::ask() {
  held_answer held{res_,
                   is_whole() ? beyond_edge::pass_on : beyond_edge::let_go};
  request part;
  if (!is_whole())
    part = missing_only();
  co_await ask_for(is_whole() ? req_ : part, held, cache_use::miss);
  auto next = held.let_go() ? step::plainly : step::done;
  if (held.holds()) {
    const auto found =
        wire::read_vectors(match_.endpoint, held.body(), missing_.size());
    if (found && is_of_known_model(held.headers())) {
      co_await give_and_keep(held, *found);
    } else if (is_whole()) {
      record_.bytes_out = held.body().size();
      co_await res_.send(record_.status, held.headers(), held.body());
    } else {
      next = step::plainly;
    }
  }
  co_return next;
}

/// The client's request, but for the items that are known.
request cached_embeddings::missing_only() const {
  request part;
  part.method = req_.method;
  part.target = req_.target;
  part.headers = req_.headers;
  part.id = req_.id;
  part.peer = req_.peer;
  part.http_1_0 = req_.http_1_0;
  part.body = wire::with_items(req_.body, items_, missing_);
  return part;
}

task<> cached_embeddings::ask_for(request& what, responder& to, cache_use use) {
  exchange one{lane_, what, to, match_, use};
  std::exception_ptr failure;
  try {
    co_await one.run();
  } catch (...) {
    failure = std::current_exception();
  }
  record_ = one.record();
  to.watch({});  // The answer is not this exchange's any more.
  if (failure)
    std::rethrow_exception(failure);
}

bool cached_embeddings::is_of_known_model(const header_list& headers) const {
  const auto model = headers.find("x-troupe-model").value_or("");
  return std::all_of(known_.begin(), known_.end(), [&](const auto& one) {
    return one.bytes.empty() || one.found.entry.model == model;
  });
}

std::string
cached_embeddings::joined(const held_answer& from,
                          const wire::embedding_vectors& found) const {
  if (is_whole())
    return from.body();
  std::vector<std::string_view> vectors(items_.items.size());
  for (std::size_t i = 0; i < missing_.size(); ++i)
    vectors[missing_[i]] = text_at(from.body(), found.vectors[i]);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const auto first = items_.items[i].first;
    if (const auto kept = wire::read_kept_vector(known_[first].bytes))
      vectors[i] = kept->vector;
    else
      vectors[i] = vectors[first];
  }
  const wire::vector_list all{match_.endpoint, vectors, known_count()};
  return wire::join_vectors(all, from.body(), found);
}

header_list
cached_embeddings::headers_of_joined(const header_list& from) const {
  if (is_whole())
    return from;
  header_list made;
  for (const auto [name, value] : from)
    if (!is_of_bytes(name))
      made.add(name, value);
  if (const auto known = known_count(); known > 0)
    made.add("x-troupe-cache-items",
             std::to_string(known) + "/" + std::to_string(items_.items.size()));
  return made;
}

// What was paid for is kept, also when nobody waits for it any more.
task<> cached_embeddings::give_and_keep(const held_answer& from,
                                        const wire::embedding_vectors& found) {
  const auto body = joined(from, found);
  const auto headers = headers_of_joined(from.headers());
  std::exception_ptr gone;
  record_.bytes_out = body.size();
  count_saved();
  try {
    co_await res_.send(record_.status, headers, body);
  } catch (...) {
    gone = std::current_exception();
  }
  co_await keep(from, found);
  if (gone)
    std::rethrow_exception(gone);
}

// -- what is kept
// ----------------------------------------------------------------

task<> cached_embeddings::keep(const held_answer& from,
                               const wire::embedding_vectors& found) {
  const auto all = wish_.keeps ? missing_.size() : 0;
  for (std::size_t i = 0; i < all;) {
    cache_changes some;
    for (const auto end = std::min(i + kept_at_once, all); i < end; ++i)
      some.push_back(
          change_of(i, text_at(from.body(), found.vectors[i]), from, found));
    keep_unasked(lane_, std::move(some));
    co_await asio::post(res_.get_executor(), use_task);
  }
}

cache_change
cached_embeddings::change_of(std::size_t missing, std::string_view vector,
                             const held_answer& from,
                             const wire::embedding_vectors& found) const {
  const auto& item = items_.items[missing_[missing]];
  cache_change made;
  made.key.space = cache_space::embedding;
  made.key.tenant = visit_.caller().tenant;
  made.key.name = item.digest;
  made.ttl_ms = count_of(wish_.ttl ? milliseconds{*wish_.ttl}
                                   : lane_.settings().cache.embeddings_ttl);
  made.entry.type = "application/json";
  made.entry.provider = from.headers().find("x-troupe-provider").value_or("");
  made.entry.model = from.headers().find("x-troupe-model").value_or("");
  // Nobody says what each item cost; by its length is near enough.
  made.entry.tokens_in = record_.usage.input() * item.at.size / missing_size_;
  made.entry.tags = wish_.tags;
  pack(made.entry, wire::written({found.model, vector}));
  return made;
}

task<> cached_embeddings::refuse_not_cached() {
  wire::door_error why;
  why.status = 504;
  why.code = "not_cached";
  why.message = "Not all is kept, and the request is only-if-cached.";
  co_await visit_.refuse(std::move(why), false);
  record_ = visit_.record();
}

task<> answer_embeddings(lane& l, request& req, responder& res,
                         const wire::match& m, wire::cache_wish wish,
                         exchange_record& record) {
  cached_embeddings one{l, req, res, m, std::move(wish)};
  const recorded keep{one, record};
  co_await one.run();
}

}  // namespace troupe::http
