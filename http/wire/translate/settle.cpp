// The form every conversation has once it was read.

#include "http/wire/translate/dialects.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

namespace troupe::http::wire::dialogue {

namespace {

using config::protocol;

/// Gives every call an id of its own and every result its call.
///
/// New ids count up over the conversation: a conversation that only grew gives
/// the same ids again, and so stays in the provider's prompt cache.
class pairing {
public:
  explicit pairing(const conversation& said) {
    for (const auto& turn : said.turns)
      for (const auto& one : turn.parts)
        if (one.kind == part_kind::call && !one.id.empty())
          given_.insert(one.id);
  }

  void see(part& call) {
    const auto shown = call.id;
    if (shown.empty() || !taken_.insert(shown).second)
      call.id = fresh();
    if (shown.empty())
      waiting_[call.name].push_back(call.id);
    else
      by_id_[shown] = {call.id, call.name};
  }

  /// Returns why a result answers nothing.
  std::optional<refusal> answer(part& result, protocol client) {
    if (const auto call = by_id_.find(result.id);
        !result.id.empty() && call != by_id_.end()) {
      result.id = call->second.id;
      result.name = call->second.name;
      return std::nullopt;
    }
    if (auto& queue = waiting_[result.name]; !queue.empty()) {
      result.id = queue.front();
      queue.pop_front();
      return std::nullopt;
    }
    const auto field = client == protocol::openai      ? ".tool_call_id"
                       : client == protocol::anthropic ? ".tool_use_id"
                                                       : ".functionResponse";
    return refusal{"Invalid value for '" + result.at + field
                       + "': no call before it is answered by it.",
                   result.at + field};
  }

private:
  struct known_call {
    std::string id;
    std::string name;
  };

  std::string fresh() {
    std::string id;
    do
      id = "call_" + std::to_string(next_++);
    while (given_.contains(id) || !taken_.insert(id).second);
    return id;
  }

  std::set<std::string> given_;
  std::set<std::string> taken_;
  std::map<std::string, known_call> by_id_;
  std::map<std::string, std::deque<std::string>> waiting_;
  std::uint64_t next_ = 0;
};

std::optional<refusal> pair_up(conversation& said) {
  pairing pairs{said};
  for (auto& turn : said.turns) {
    for (auto& one : turn.parts) {
      if (one.kind == part_kind::call)
        pairs.see(one);
      if (one.kind != part_kind::result)
        continue;
      if (auto refused = pairs.answer(one, said.client))
        return refused;
    }
  }
  return std::nullopt;
}

/// Whether the part waits for a signature in a part behind it.
bool is_unsigned(const part& one) {
  return one.kind == part_kind::thinking && !one.signature;
}

/// Clients that collect a stream may keep a thought in pieces, the last of
/// them signed: its maker wants it whole. What nobody signed is dropped.
/// (Gemini signs no thoughts, and in Anthropic's shape a block is whole.)
void join_thoughts(turn& from, protocol client, findings& found) {
  std::vector<part> kept;
  std::string waiting;
  const auto drop = [&] {
    if (!waiting.empty())
      found.drop(client == protocol::gemini ? "thought" : "thinking");
    waiting.clear();
  };
  for (auto& one : from.parts) {
    if (is_unsigned(one)) {
      waiting += one.text;
      continue;
    }
    if (one.kind == part_kind::thinking && client != protocol::anthropic
        && one.signature->maker != protocol::gemini)
      one.text.insert(0, std::exchange(waiting, {}));
    drop();
    kept.push_back(std::move(one));
  }
  drop();
  from.parts = std::move(kept);
}

/// Whether the part is a Gemini signature on its way back: other wires have no
/// place for one on a call or a text, and show it as a thought without words.
bool is_bare_signature(const part& one) {
  return one.kind == part_kind::thinking && one.text.empty() && one.signature
         && one.signature->maker == protocol::gemini;
}

/// Puts bare signatures back on the part they stood on: the next one.
void attach_signatures(turn& from) {
  std::vector<part> kept;
  std::optional<part> bare;
  const auto put_down = [&] {
    if (bare) {
      bare->kind = part_kind::text;
      kept.push_back(std::move(*bare));
      bare.reset();
    }
  };
  for (auto& one : from.parts) {
    if (is_bare_signature(one)) {
      put_down();
      bare = std::move(one);
      continue;
    }
    const bool may_hold =
        one.kind == part_kind::text || one.kind == part_kind::call;
    if (bare && may_hold && !one.signature) {
      one.signature = std::move(bare->signature);
      bare.reset();
    } else if (bare && one.signature == bare->signature) {
      bare.reset();  // Told twice.
    }
    put_down();
    kept.push_back(std::move(one));
  }
  put_down();
  from.parts = std::move(kept);
}

std::optional<refusal> check_roles(const conversation& said) {
  for (const auto& turn : said.turns)
    for (const auto& one : turn.parts) {
      const bool of_user = one.kind == part_kind::result;
      const bool of_model = one.kind == part_kind::call
                            || one.kind == part_kind::thinking
                            || one.kind == part_kind::redacted;
      if ((turn.role == role::user && of_model)
          || (turn.role == role::model && of_user))
        return refusal{"Invalid value for '" + one.at
                           + "': it may not stand in a message of this role.",
                       one.at};
    }
  return std::nullopt;
}

std::optional<refusal> check_tools(const conversation& said) {
  const auto& tools = said.tools;
  const auto param = std::string{name_of(field::tool_choice, said.client)};
  std::set<std::string_view> names;
  for (const auto& one : tools.functions)
    names.insert(one.name);
  for (const auto& name : tools.allowed)
    if (!names.contains(name))
      return refusal{"Invalid value for '" + param
                         + "': no tool of that name is given.",
                     param};
  if (tools.choice == choice::required && tools.functions.empty())
    return refusal{"Invalid value for '" + param + "': no tools are given.",
                   param};
  return std::nullopt;
}

}  // namespace

void settle(conversation& said, findings& found) {
  auto refused = check_roles(said);
  if (!refused)
    refused = check_tools(said);
  for (auto& turn : said.turns) {
    if (turn.role == role::user) {
      std::ranges::stable_partition(turn.parts, [](const part& one) {
        return one.kind == part_kind::result;
      });
      continue;
    }
    join_thoughts(turn, said.client, found);
    if (said.client != protocol::gemini)
      attach_signatures(turn);
  }
  if (!refused)
    refused = pair_up(said);
  if (refused)
    found.refuse(refused->param, refused->message);
}

}  // namespace troupe::http::wire::dialogue
