// The door of all LLM requests: which of them the cache hears of. Most do not
// concern it, and are sent on at the price of a look at their headers.

#include "http/cache/cached_call.hpp"
#include "http/cache/cached_embeddings.hpp"
#include "http/routes/recorded.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::http {

namespace {

// What an answer at temperature 0 says somewhere; finding it read properly is
// the identity's matter.
bool may_be_deterministic(wire::endpoint e, std::string_view body) {
  constexpr std::string_view word = "temperature";
  return e == wire::endpoint::count_tokens
         || e == wire::endpoint::count_message_tokens
         || memmem(body.data(), body.size(), word.data(), word.size())
                != nullptr;
}

// Whether answers to questions that mean the same are given unasked, always or
// for some model.
bool may_resemble(const config::settings& s) {
  using enum config::semantic_policy;
  if (s.semantic_cache.completions != opt_in)
    return s.semantic_cache.completions == always;
  return std::ranges::any_of(s.models, [](const config::model_settings& m) {
    return m.semantic_cache == config::toggle::on;
  });
}

bool may_concern(const config::settings& s, const wire::cache_wish& wish,
                 const wire::match& m, std::string_view body) {
  if (wish.only_if_cached)
    return true;
  if (!wish.reads && !wish.keeps)
    return false;
  if (wish.asked() || may_resemble(s))
    return true;
  const auto policy = s.cache.completions;
  return policy == config::cache_policy::always
         || (policy == config::cache_policy::deterministic
             && may_be_deterministic(m.endpoint, body));
}

task<> answer_plainly(lane& l, request& req, responder& res,
                      const wire::match& m, exchange_record& record,
                      const own_call* whose) {
  exchange one{l, req, res, m, cache_use::bypass, origin_of(whose)};
  if (whose != nullptr)
    one.speak_for(whose->tenant);
  const recorded keep{one, record};
  co_await one.run();
}

task<> refuse(lane& l, request& req, responder& res, const wire::match& m,
              wire::refusal why, exchange_record& record) {
  exchange one{l, req, res, m};
  co_await one.refuse(why);
  record = one.record();
}

task<> answer_cached(lane& l, request& req, responder& res,
                     const wire::match& m, wire::cache_wish wish,
                     exchange_record& record, const own_call* whose) {
  cached_call one{l, req, res, m, std::move(wish), whose};
  const recorded keep{one, record};
  co_await one.run();
}

}  // namespace

task<> answer_model(lane& l, request& req, responder& res, const wire::match& m,
                    exchange_record& record, const own_call* whose) {
  if (!wire::row_of(m.endpoint).has_body)
    return answer_plainly(l, req, res, m, record, whose);
  auto read = wire::read_cache_wish(req.headers);
  if (auto* why = std::get_if<wire::refusal>(&read))
    return refuse(l, req, res, m, std::move(*why), record);
  auto& wish = std::get<wire::cache_wish>(read);
  if (wire::has_items(m.endpoint) && whose == nullptr)
    return answer_embeddings(l, req, res, m, std::move(wish), record);
  if (!may_concern(l.settings(), wish, m, req.body))
    return answer_plainly(l, req, res, m, record, whose);
  return answer_cached(l, req, res, m, std::move(wish), record, whose);
}

}  // namespace troupe::http
