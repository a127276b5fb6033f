// Tools and the choice among them: one row for each mapping.

#include "tests/http/wire/translate/translating.hpp"

namespace troupe::http::wire {

namespace {

constexpr way oa{openai, anthropic}, og{openai, gemini}, oo{openai, openai};
constexpr way ao{anthropic, openai}, ag{anthropic, gemini};
constexpr way aa{anthropic, anthropic}, gg{gemini, gemini};
constexpr way go{gemini, openai}, ga{gemini, anthropic};

constexpr auto tools =
    R"("tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,"parameters":{"type":"object","properties":{"x":{"type":"string"}},"required":["x"],"additionalProperties":false}}},{"type":"function","function":{"name":"g"}}],)";
constexpr auto of_anthropic =
    R"("tools":[{"name":"f","input_schema":{"type":"object","properties":{}}},{"name":"g","type":"custom","input_schema":{"type":"object"}}],)";
constexpr auto of_gemini =
    R"("tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"x":{"type":"STRING","nullable":true}}}}]},{"function_declarations":[{"name":"g","parametersJsonSchema":{"type":"object"}}]}],)";
std::string with(const char* some, const char* extra) {
  return std::string{some} + extra;
}

struct {
  way direction;
  std::string extra;
  const char* path;
  const char* expected;
} const rows[]{
    {oa, tools, "/tools",
     R"([{"name":"f","description":"d","input_schema":{"type":"object","properties":{"x":{"type":"string"}},"required":["x"],"additionalProperties":false},"strict":true},{"name":"g","input_schema":{"type":"object","properties":{}}}])"},
    {og, tools, "/tools",
     R"([{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object","properties":{"x":{"type":"string"}},"required":["x"],"additionalProperties":false}},{"name":"g"}]}])"},
    {oo, tools, "/tools/0/function/strict", "true"},
    {ao, of_anthropic, "/tools/0",
     R"({"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}})"},
    {ag, of_anthropic, "/tools/0/functionDeclarations/1",
     R"({"name":"g","parametersJsonSchema":{"type":"object"}})"},
    {go, of_gemini, "/tools/0/function/parameters",
     R"({"type":"object","properties":{"x":{"type":["string","null"]}}})"},
    {ga, of_gemini, "/tools/1",
     R"({"name":"g","input_schema":{"type":"object","properties":{}}})"},
    {oa, tools, "/tool_choice", "null"},
    {oa, with(tools, R"("tool_choice":"auto",)"), "/tool_choice",
     R"({"type":"auto"})"},
    {oa, with(tools, R"("tool_choice":"none",)"), "/tool_choice",
     R"({"type":"none"})"},
    {oa, with(tools, R"("tool_choice":"required",)"), "/tool_choice",
     R"({"type":"any"})"},
    {oa,
     with(tools,
          R"("tool_choice":{"type":"function","function":{"name":"g"}},)"),
     "/tool_choice", R"({"type":"tool","name":"g"})"},
    {oa, with(tools, R"("parallel_tool_calls":false,)"), "/tool_choice",
     R"({"type":"auto","disable_parallel_tool_use":true})"},
    {oa,
     with(
         tools,
         R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"g"}}]}},)"),
     "/tools",
     R"([{"name":"g","input_schema":{"type":"object","properties":{}}}])"},
    {og, with(tools, R"("tool_choice":"auto",)"),
     "/toolConfig/functionCallingConfig", R"({"mode":"AUTO"})"},
    {og, with(tools, R"("tool_choice":"none",)"),
     "/toolConfig/functionCallingConfig", R"({"mode":"NONE"})"},
    {og, with(tools, R"("tool_choice":"required",)"),
     "/toolConfig/functionCallingConfig", R"({"mode":"ANY"})"},
    {og,
     with(tools,
          R"("tool_choice":{"type":"function","function":{"name":"g"}},)"),
     "/toolConfig/functionCallingConfig",
     R"({"mode":"ANY","allowedFunctionNames":["g"]})"},
    {og,
     with(
         tools,
         R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"g"}}]}},)"),
     "/toolConfig/functionCallingConfig",
     R"({"mode":"VALIDATED","allowedFunctionNames":["g"]})"},
    {ao, with(of_anthropic, R"("tool_choice":{"type":"any"},)"), "/tool_choice",
     R"("required")"},
    {ao, with(of_anthropic, R"("tool_choice":{"type":"tool","name":"f"},)"),
     "/tool_choice", R"({"type":"function","function":{"name":"f"}})"},
    {ao, with(of_anthropic, R"("tool_choice":{"type":"none"},)"),
     "/tool_choice", R"("none")"},
    {ao,
     with(of_anthropic,
          R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true},)"),
     "/parallel_tool_calls", "false"},
    {go,
     with(of_gemini,
          R"("toolConfig":{"functionCallingConfig":{"mode":"ANY"}},)"),
     "/tool_choice", R"("required")"},
    {go,
     with(
         of_gemini,
         R"("tool_config":{"function_calling_config":{"mode":"ANY","allowed_function_names":["f","g"]}},)"),
     "/tool_choice/allowed_tools/mode", R"("required")"},
    {ga,
     with(
         of_gemini,
         R"("toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},)"),
     "/tool_choice", R"({"type":"tool","name":"f"})"},
    {ga,
     with(of_gemini,
          R"("toolConfig":{"functionCallingConfig":{"mode":"NONE"}},)"),
     "/tool_choice", R"({"type":"none"})"},
    {ao, R"("tool_choice":{"type":"auto"},)", "/tool_choice", "null"},
};

TEST(request_tools, are_mapped) {
  for (const auto& r : rows)
    check({r.direction, r.extra.c_str(), r.path, r.expected});
}

}  // namespace

}  // namespace troupe::http::wire
