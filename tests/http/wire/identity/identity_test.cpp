// Which requests are one request, which are not, and which are nobody else's.

#include "tests/http/wire/identity/asked.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace troupe::http::wire {

namespace {

using enum endpoint;

std::string digest(endpoint e, std::string body) {
  return asked{e, std::move(body)}.identity().digest;
}

/// A chat request with more members.
std::string chat(const std::string& more, const std::string& text = "hi") {
  return R"({"model":"m","messages":[{"role":"user","content":")" + text
         + "\"}]" + more + "}";
}

std::string claude(const std::string& more) {
  return R"({"model":"m","max_tokens":9,"messages":[{"role":"user",)"
         R"("content":"hi"}])"
         + more + "}";
}

std::string google(const std::string& more) {
  return R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}])" + more
         + "}";
}

std::string response(const std::string& more) {
  return R"({"model":"m","input":"hi")" + more + "}";
}

TEST(identity, is_a_sha256_in_lower_case_hex) {
  const auto id = asked{chat_completions, chat("")}.identity();
  EXPECT_TRUE(id.cacheable);
  EXPECT_EQ(id.reason, "");
  ASSERT_EQ(id.digest.size(), 64u);
  EXPECT_EQ(id.digest.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(identity, is_the_same_for_other_spellings_of_one_body) {
  const auto one =
      digest(chat_completions,
             R"({"model":"m","messages":[{"role":"user","content":"A/é\n"}],)"
             R"("temperature":0,"max_tokens":100,"top_p":0.5})");
  for (const auto* other :
       {R"({"top_p":0.5,"temperature":0,"max_tokens":100,"messages":)"
        R"([{"content":"A/é\n","role":"user"}],"model":"m"})",
        R"( { "model" : "m", "messages":[ {"role":"user","content":"A/é\n"} ],
        "temperature": 0 , "max_tokens": 100, "top_p": 0.5 } )",
        R"({"mod\u0065l":"\u006d","messages":[{"role":"user","content":)"
        R"("\u0041\/\u00e9\u000A"}],"temperature":0,"max_tokens":100,)"
        R"("top_p":0.5})",
        R"({"model":"m","messages":[{"role":"user","content":"A/é\n"}],)"
        R"("temperature":-0.0,"max_tokens":1e2,"top_p":5E-1})",
        R"({"model":"m","messages":[{"role":"user","content":"A/é\n"}],)"
        R"("temperature":0e7,"max_tokens":100.00,"top_p":0.50})"})
    EXPECT_EQ(digest(chat_completions, other), one) << other;
}

TEST(identity, leaves_out_what_cannot_change_the_answer) {
  struct {
    endpoint at;
    std::string (*body)(const std::string&);
    const char* more;
  } const cases[]{
      {chat_completions, [](const std::string& m) { return chat(m); },
       R"(,"stream":true,"stream_options":{"include_usage":true})"},
      {chat_completions, [](const std::string& m) { return chat(m); },
       R"(,"user":"u","safety_identifier":"s","metadata":{"a":"b"})"},
      {chat_completions, [](const std::string& m) { return chat(m); },
       R"(,"prompt_cache_key":"k","prompt_cache_retention":"24h",)"
       R"("service_tier":"flex")"},
      {responses, response, R"(,"stream":true,"user":"u")"},
      {messages, claude, R"(,"stream":true,"metadata":{"user_id":"u"})"},
      {messages, claude,
       R"(,"cache_control":{"type":"ephemeral"},"service_tier":"auto")"},
      {generate_content, google, R"(,"labels":{"team":"a"})"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(digest(c.at, c.body(c.more)), digest(c.at, c.body(""))) << c.more;
}

TEST(identity, leaves_out_cache_marks_where_they_are_marks) {
  const auto body = [](const std::string& mark) {
    return R"({"model":"m","system":[{"type":"text","text":"s")" + mark
           + R"(}],"tools":[{"name":"f","input_schema":{})" + mark
           + R"(}],"messages":[{"role":"user","content":[{"type":)"
             R"("tool_result","tool_use_id":"t","content":[{"type":"text",)"
             R"("text":"r")"
           + mark + "}]" + mark + "}]}]}";
  };
  EXPECT_EQ(digest(messages, body(R"(,"cache_control":{"type":"x"})")),
            digest(messages, body("")));
}

TEST(identity, keeps_members_that_are_only_named_like_those) {
  const auto call = [](const std::string& input) {
    return claude(R"(,"tools":[{"name":"f","input_schema":{)" + input + "}}]");
  };
  EXPECT_NE(digest(messages, call(R"("cache_control":1)")),
            digest(messages, call("")));
  EXPECT_NE(digest(chat_completions, chat(R"(,"x":{"user":"a"})")),
            digest(chat_completions, chat(R"(,"x":{"user":"b"})")));
}

TEST(identity, tells_apart_what_may_be_answered_differently) {
  const std::string bodies[]{
      chat(""),
      chat("", "hi "),
      chat("", "Hi"),
      chat(R"(,"temperature":0)"),
      chat(R"(,"temperature":0.1)"),
      chat(R"(,"temperature":"0")"),
      chat(R"(,"temperature":null)"),
      chat(R"(,"seed":9007199254740992)"),
      chat(R"(,"seed":9007199254740993)"),
      chat(R"(,"seed":1e400)"),
      chat(R"(,"seed":12)"),
      chat(R"(,"stop":["1","2"])"),
      chat(R"(,"stop":["2","1"])"),
      chat(R"(,"stop":["12"])"),
      chat(R"(,"stop":["1\":2"])"),
      chat(R"(,"stop":[1,2])"),
      chat(R"(,"stop":[12])"),
      chat(R"(,"stop":[[1],2])"),
      chat(R"(,"stop":[])"),
      chat(R"(,"stop":{})"),
      chat(R"(,"stop":true)"),
      chat(R"(,"stop":false)"),
      chat(R"(,"n":2)"),
      chat(R"(,"unheard_of":1)"),
      chat(R"(,"a":"b","c":"d")"),
      chat(R"(,"a":"d","c":"b")"),
      chat(R"(,"a":{"b":1},"c":2)"),
      chat(R"(,"a":{"b":1,"c":2})"),
      R"({"model":"n","messages":[{"role":"user","content":"hi"}]})",
      R"({"model":"m","messages":[{"role":"system","content":"hi"}]})",
      R"({"model":"m","messages":[{"role":"user","content":)"
      R"([{"type":"text","text":"hi"}]}]})",
  };
  std::set<std::string> digests;
  for (const auto& body : bodies) {
    const auto one = digest(chat_completions, body);
    ASSERT_EQ(one.size(), 64u) << body;
    EXPECT_TRUE(digests.insert(one).second) << body;
  }
}

TEST(identity, tells_apart_tenants_versions_endpoints_and_models) {
  const asked plain{generate_content, google("")};
  std::set<std::string> digests{plain.identity().digest};
  const auto differs = [&](auto change) {
    auto other = plain;
    change(other);
    EXPECT_TRUE(digests.insert(other.identity().digest).second)
        << "change " << digests.size();
  };
  differs([](asked& a) { a.tenant = "other"; });
  differs([](asked& a) { a.tenant = "", a.version = "acme1"; });
  differs([](asked& a) { a.version = "2"; });
  differs([](asked& a) { a.model_in_path = "gemini-flash"; });
  differs([](asked& a) { a.api = "v1"; });
  differs([](asked& a) { a.at = count_tokens; });
  differs([](asked& a) { a.at = chat_completions; });
  differs([](asked& a) { a.query = "beta=true"; });
  differs([](asked& a) { a.query = "beta=true&x=1"; });
  differs([](asked& a) { a.headers.add("anthropic-version", "2023-06-01"); });
  differs([](asked& a) { a.headers.add("Anthropic-Version", "2026-10-21"); });
  differs([](asked& a) { a.headers.add("anthropic-beta", "2023-06-01"); });
  differs([](asked& a) { a.headers.add("openai-beta", "x"); });
}

TEST(identity, is_one_for_the_stream_and_the_whole) {
  const asked whole{generate_content, google("")};
  auto stream = whole;
  stream.at = stream_generate_content;
  stream.query = "alt=sse&key=secret";
  EXPECT_EQ(stream.identity().digest, whole.identity().digest);
  EXPECT_EQ(stream.identity().topic, whole.identity().topic);
  EXPECT_FALSE(whole.identity().topic.empty());
}

TEST(identity, does_not_depend_on_headers_that_say_nothing) {
  asked one{chat_completions, chat("")};
  const auto before = one.identity().digest;
  one.headers.add("authorization", "Bearer x");
  one.headers.add("user-agent", "y");
  one.headers.add("x-troupe-cache", "on");
  EXPECT_EQ(one.identity().digest, before);
}

TEST(identity, keeps_the_order_of_an_answers_schema_only) {
  const auto schema = [](const char* under, const char* properties) {
    return chat(std::string{",\""} + under
                + R"(":{"schema":{"type":"object","properties":{)" + properties
                + "}}}");
  };
  constexpr auto forth = R"("why":{"type":"string"},"yes":{"type":"boolean"})";
  constexpr auto back = R"("yes":{"type":"boolean"},"why":{"type":"string"})";
  EXPECT_NE(digest(chat_completions, schema("response_format", forth)),
            digest(chat_completions, schema("response_format", back)));
  EXPECT_EQ(digest(chat_completions, schema("x", forth)),
            digest(chat_completions, schema("x", back)));
}

TEST(identity, knows_answers_that_are_nobody_elses) {
  const std::pair<endpoint, std::string> cases[]{
      {chat_completions, chat(R"(,"store":true)")},
      {chat_completions, chat(R"(,"modalities":["text","audio"])")},
      {chat_completions, chat(R"(,"audio":{"voice":"a"})")},
      {chat_completions, chat(R"(,"web_search_options":{})")},
      {chat_completions,
       chat(R"(,"tools":[{"type":"function"},{"type":"x"}])")},
      {chat_completions, chat(R"(,"tools":[{"name":"f"}])")},
      {responses, response(R"(,"previous_response_id":"r")")},
      {responses, response(R"(,"conversation":"c")")},
      {responses, response(R"(,"background":true)")},
      {responses, response(R"(,"prompt":{"id":"p"})")},
      {responses, response(R"(,"tools":[{"type":"web_search"}])")},
      {responses, response(R"(,"tools":[{"type":"mcp"}])")},
      {responses,
       R"({"model":"m","input":[{"type":"item_reference","id":"i"}]})"},
      {messages, claude(R"(,"container":"c")")},
      {messages, claude(R"(,"mcp_servers":[{"url":"u"}])")},
      {messages, claude(R"(,"tools":[{"type":"web_search_20250305"}])")},
      {messages, claude(R"(,"tools":[{"type":"computer_20250124"}])")},
      {generate_content, google(R"(,"tools":[{"google_search":{}}])")},
      {generate_content, google(R"(,"tools":{"codeExecution":{}})")},
      {generate_content,
       google(R"(,"tools":[{"functionDeclarations":[],"urlContext":{}}])")},
      {generate_content,
       google(R"(,"generationConfig":{"responseModalities":["AUDIO"]})")},
      {generate_content,
       google(R"(,"generation_config":{"speech_config":{}})")},
      {list_models, ""},
  };
  for (const auto& [e, body] : cases) {
    const auto id = asked{e, body}.identity();
    EXPECT_FALSE(id.cacheable) << body;
    EXPECT_NE(id.reason, "") << body;
    EXPECT_EQ(id.digest, "") << body;
    EXPECT_EQ(id.topic, "") << body;
  }
}

TEST(identity, takes_what_only_looks_like_that) {
  const std::pair<endpoint, std::string> cases[]{
      {chat_completions, chat(R"(,"store":false,"audio":null)")},
      {chat_completions, chat(R"(,"modalities":["text"])")},
      {chat_completions, chat(R"(,"tools":[{"type":"function"}])")},
      {chat_completions, chat(R"(,"tools":[{"type":"custom"}],"tools2":1)")},
      {responses, response(R"(,"previous_response_id":null,"store":false)")},
      {completions, R"({"model":"m","prompt":"once"})"},
      {completions, R"({"model":"m","prompt":["once"]})"},
      {messages, claude(R"(,"tools":[{"name":"f"},{"type":"custom"}])")},
      {messages, claude(R"(,"mcp_servers":[],"container":null)")},
      {generate_content, google(R"(,"tools":[{"functionDeclarations":[]}])")},
      {generate_content, google(R"(,"cachedContent":"cachedContents/a")")},
      {embeddings, R"({"model":"m","input":["a","b"]})"},
      {count_message_tokens, claude("")},
      {count_tokens, google("")},
      {embed_content, R"({"content":{"parts":[{"text":"a"}]}})"},
      {batch_embed_contents, R"({"requests":[]})"},
  };
  for (const auto& [e, body] : cases) {
    const auto id = asked{e, body}.identity();
    EXPECT_TRUE(id.cacheable) << body << id.reason;
    EXPECT_EQ(id.digest.size(), 64u) << body;
  }
}

TEST(identity, is_not_for_bodies_that_say_a_member_twice) {
  for (const auto* body :
       {R"({"model":"m","messages":[],"seed":1,"seed":1})",
        R"({"model":"m","messages":[],"seed":1,"see\u0064":2})",
        R"({"model":"m","messages":[{"a":{"x":1,"b":2,"x":3}}]})"}) {
    const auto id = asked{chat_completions, body}.identity();
    EXPECT_FALSE(id.cacheable) << body;
    EXPECT_EQ(id.reason, "It has a member twice.") << body;
  }
}

TEST(identity, survives_what_cannot_be_read) {
  const std::string deep(1000, '[');
  for (const auto& body :
       {std::string{}, std::string{"{"}, std::string{"[]"}, std::string{"{}x"},
        std::string{R"({"model":tru})"}, std::string{"{\"model\":\"\xff\"}"},
        std::string{R"({"model":"m","messages":["\q"]})"},
        std::string{R"({"model":"m","messages":["\ud83d"]})"},
        std::string{R"({"model":"m","messages":["\udc00 a"]})"},
        std::string{R"({"model":"m","\ud83d":1})"},
        R"({"model":"m","messages":)" + deep + std::string(1000, ']') + "}",
        R"({"model":"m","messages":)" + deep}) {
    const auto id = asked{chat_completions, body}.identity();
    EXPECT_FALSE(id.cacheable) << body;
    EXPECT_EQ(id.reason, "It is not sound.") << body;
  }
}

TEST(identity, has_limits) {
  const auto fits = chat("", std::string(identity_size_max - 100, 'x'));
  EXPECT_TRUE((asked{chat_completions, fits}.identity().cacheable));
  const auto large = chat("", std::string(identity_size_max, 'x'));
  EXPECT_EQ((asked{chat_completions, large}.identity().reason),
            "It is too large.");
  std::string many{"1"};
  for (int i = 0; i < 70'000; ++i)
    many += ",1";
  EXPECT_EQ((asked{chat_completions, chat(",\"x\":[" + many + "]")}
                 .identity()
                 .reason),
            "It has too many values.");
  EXPECT_TRUE((asked{chat_completions, chat("")}.identity().cacheable));
}

TEST(identity, knows_requests_whose_answer_is_a_function_of_them) {
  const auto picture = [](const std::string& url) {
    return R"({"model":"m","temperature":0,"messages":[{"role":"user",)"
           R"("content":[{"type":"image_url","image_url":{"url":")"
           + url + R"("}}]}]})";
  };
  struct {
    endpoint at;
    std::string body;
    bool deterministic;
  } const cases[]{
      {chat_completions, chat(R"(,"temperature":0)"), true},
      {chat_completions, chat(R"(,"temperature":0.0)"), true},
      {chat_completions, chat(R"(,"temperature":0E+5)"), true},
      {chat_completions, chat(R"(,"temperature":1e-9)"), false},
      {chat_completions, chat(R"(,"temperature":"0")"), false},
      {chat_completions, chat(R"(,"temperature":null)"), false},
      {chat_completions, chat(R"(,"x":{"temperature":0})"), false},
      {chat_completions, chat(""), false},
      {completions, R"({"model":"m","prompt":"","temperature":0})", true},
      {responses, response(R"(,"temperature":0)"), true},
      {messages, claude(R"(,"temperature":0)"), true},
      {messages, claude(""), false},
      {generate_content, google(R"(,"generationConfig":{"temperature":0})"),
       true},
      {stream_generate_content,
       google(R"(,"generation_config":{"temperature":0})"), true},
      {generate_content, google(R"(,"temperature":0)"), false},
      {embeddings, R"({"model":"m","input":"a"})", true},
      {count_message_tokens, claude(""), true},
      {count_tokens, google(""), true},
      {embed_content, R"({"content":{}})", true},
      {batch_embed_contents, R"({"requests":[]})", true},
      {chat_completions, picture("data:image/png;base64,AAAA"), true},
      {chat_completions, picture("https://example.org/now.png"), false},
      {generate_content,
       R"({"contents":[{"parts":[{"fileData":{"fileUri":"gs://a"}}]}],)"
       R"("generationConfig":{"temperature":0}})",
       false},
      {messages,
       R"({"model":"m","temperature":0,"messages":[{"role":"user","content":)"
       R"([{"type":"image","source":{"type":"url","url":"https://a"}}]}]})",
       false},
  };
  for (const auto& c : cases)
    EXPECT_EQ((asked{c.at, c.body}.identity().deterministic), c.deterministic)
        << c.body;
}

TEST(identity, is_another_for_those_who_take_tool_calls) {
  asked with{chat_completions, chat(R"(,"tools":[{"type":"function"}])")};
  EXPECT_TRUE(with.identity().has_tools);
  const auto before = with.identity().digest;
  with.takes_tool_calls = true;
  EXPECT_NE(with.identity().digest, before);

  asked without{chat_completions, chat(R"(,"tools":[])")};
  EXPECT_FALSE(without.identity().has_tools);
  const auto same = without.identity().digest;
  without.takes_tool_calls = true;
  EXPECT_EQ(without.identity().digest, same);
}

}  // namespace

}  // namespace troupe::http::wire
