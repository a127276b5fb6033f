#include "actors/embedder/text_batcher.hpp"

#include <algorithm>

namespace troupe {

text_batcher::reception text_batcher::ask(const embed_ticket& ticket,
                                          const std::string& text,
                                          time_point now) {
  if (auto known = recall(text))
    return {welcome::known, std::move(known)};
  if (waiting_ >= embed_waiting_max)
    return {welcome::full, nullptr};
  ++waiting_;
  if (auto* same = wish_for(text))
    same->askers.push_back(ticket);
  else
    line_.push_back({text, {ticket}, now});
  return {};
}

// A linear look: the line is shorter than a batch, and batches are few.
text_batcher::wish* text_batcher::wish_for(const std::string& text) {
  const auto in_line = std::ranges::find(line_, text, &wish::text);
  if (in_line != line_.end())
    return &*in_line;
  for (auto& b : batches_) {
    const auto found = std::ranges::find(b.wishes, text, &wish::text);
    if (found != b.wishes.end())
      return &*found;
  }
  return nullptr;
}

std::vector<embed_batch> text_batcher::due(time_point now) {
  std::vector<embed_batch> ready;
  while (line_.size() >= batch_texts_max
         || (!line_.empty() && now - line_.front().since >= batch_company)) {
    under_way going{next_number_++, {}};
    embed_batch batch;
    batch.number = going.number;
    for (; !line_.empty() && going.wishes.size() < batch_texts_max;
         line_.pop_front()) {
      auto& w = line_.front();
      waiting_ -= std::erase_if(
          w.askers, [](const embed_ticket& t) { return !t.awaited(); });
      if (w.askers.empty())
        continue;
      batch.texts.push_back(w.text);
      going.wishes.push_back(std::move(w));
    }
    if (batch.texts.empty())
      continue;
    batches_.push_back(std::move(going));
    ready.push_back(std::move(batch));
  }
  return ready;
}

std::vector<text_batcher::reply> text_batcher::arrived(embed_batch&& batch) {
  std::vector<reply> replies;
  const bool has_all = batch.vectors.size() == batch.texts.size();
  for (std::size_t i = 0; has_all && i < batch.texts.size(); ++i)
    if (batch.vectors[i] != nullptr)
      remember(batch.texts[i], batch.vectors[i]);
  const auto found =
      std::ranges::find(batches_, batch.number, &under_way::number);
  if (found == batches_.end())
    return replies;
  for (auto& w : found->wishes) {
    const auto meaning = recall(w.text);
    for (auto& t : w.askers)
      replies.push_back({std::move(t), has_all ? meaning : nullptr});
  }
  waiting_ -= replies.size();
  batches_.erase(found);
  return replies;
}

std::vector<embed_ticket> text_batcher::late(time_point now) {
  std::vector<embed_ticket> askers;
  const auto give_up = [&](wish& w) {
    std::ranges::move(w.askers, std::back_inserter(askers));
  };
  const auto is_late = [now](const wish& w) {
    return now - w.since >= embed_patience;
  };
  for (; !batches_.empty() && is_late(batches_.front().wishes.front());
       batches_.pop_front())
    std::ranges::for_each(batches_.front().wishes, give_up);
  waiting_ -= askers.size();
  return askers;
}

time_point text_batcher::next() const {
  auto soonest = time_point::max();
  if (!line_.empty())
    soonest = line_.front().since + batch_company;
  if (!batches_.empty())
    soonest = std::min(soonest,
                       batches_.front().wishes.front().since + embed_patience);
  return soonest;
}

void text_batcher::remember(const std::string& text,
                            const meaning_ptr& meaning) {
  if (const auto same = places_.find(text); same != places_.end()) {
    same->second->second = meaning;
    return;
  }
  places_[text] = known_.emplace(known_.end(), text, meaning);
  if (known_.size() > vectors_remembered_max) {
    places_.erase(known_.front().first);
    known_.pop_front();
  }
}

meaning_ptr text_batcher::recall(const std::string& text) {
  const auto found = places_.find(text);
  if (found == places_.end())
    return nullptr;
  known_.splice(known_.end(), known_, found->second);
  return found->second->second;
}

}  // namespace troupe
