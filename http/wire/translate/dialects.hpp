// The three readers and the three writers of chat requests.
//
// A reader takes a body that was parsed and gives the conversation in it; what
// it cannot take over it refuses or notes as dropped. A writer is asked only
// for what fits its wire (`fit`), and so never refuses.

#pragma once

#include "http/message.hpp"
#include "http/wire/translate/conversation.hpp"
#include "http/wire/translate/object_reader.hpp"

namespace troupe::http::wire::dialogue {

conversation read_openai(const tree& body, findings& found);
conversation read_anthropic(const tree& body, const header_list& headers,
                            findings& found);
conversation read_gemini(const tree& body, findings& found);

/// The messages of the first two, in files of their own.
void read_openai_message(const tree& message, const std::string& at,
                         conversation& into, findings& found);
void read_anthropic_content(const tree& content, const std::string& at,
                            std::vector<part>& into, findings& found);
void read_gemini_content(const tree& content, const std::string& at,
                         conversation& into, findings& found);

/// A Gemini content's texts: a system instruction.
void read_gemini_system(const tree& content, const std::string& at,
                        conversation& into, findings& found);

/// Brings a conversation that was just read into the form conversation.hpp
/// promises; refuses where it cannot be.
void settle(conversation& said, findings& found);

/// Makes the conversation one that the wire `to` can say: what it must not
/// contain is dropped by the rules of the README, or refused. Needs a settled
/// conversation.
void fit(conversation& said, config::protocol to, findings& found);

/// What a writer must know beside the conversation.
struct target {
  std::string_view model;  ///< The provider's name for it.
  bool streams = false;
  std::uint64_t max_tokens_default = 0;
};

tree write_openai(const conversation& said, const target& to, findings& found);
tree write_anthropic(const conversation& said, const target& to,
                     findings& found);
tree write_gemini(const conversation& said, const target& to, findings& found);

}  // namespace troupe::http::wire::dialogue
