// Tools over the nine pairs: as they are declared, chosen, called one by one or
// side by side, whole or in pieces, and answered.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {each_pair, each_way, stage} from './support/pairs.mjs';

let on;
before(async () => { on = await stage(); });
after(() => on?.stop());

const city = {type: 'object', properties: {city: {type: 'string', description: 'Its name'}}, required: ['city']};
const zone = {type: 'object', properties: {zone: {type: 'string', enum: ['UTC', 'CET']}}};
const described = [['get_weather', 'The weather of a city', city], ['get_clock', 'What time it is', zone]];

/// The tools as each wire declares them, and the way to read them back.
const tools = {
  openai: described.map(([name, description, parameters]) =>
    ({type: 'function', function: {name, description, parameters}})),
  anthropic: described.map(([name, description, input_schema]) => ({name, description, input_schema})),
  gemini: [{functionDeclarations: described.map(([name, description, parametersJsonSchema]) =>
    ({name, description, parametersJsonSchema}))}],
};

/// A question with `choice` in the words of each wire; `past` are turns.
const question = {
  openai: (text, {past = [], choice, parallel} = {}) => ({
    messages: [{role: 'user', content: text}, ...past], tools: tools.openai,
    ...(choice ? {tool_choice: choice} : {}), ...(parallel === false ? {parallel_tool_calls: false} : {})}),
  anthropic: (text, {past = [], choice, parallel} = {}) => ({
    messages: [{role: 'user', content: text}, ...past], tools: tools.anthropic, max_tokens: 500,
    ...(choice || parallel === false
      ? {tool_choice: {...(choice ?? {type: 'auto'}), ...(parallel === false ? {disable_parallel_tool_use: true} : {})}}
      : {})}),
  gemini: (text, {past = [], choice} = {}) => ({
    contents: [{role: 'user', parts: [{text}]}, ...past],
    config: {tools: tools.gemini, ...(choice ? {toolConfig: {functionCallingConfig: choice}} : {})}}),
};

const ask = (client, provider, text, more, way) =>
  on.clients[client].ask({model: `via-${provider}`, ...question[client](text, more)}, way);

const wants_tools = {openai: 'tool_calls', anthropic: 'tool_use', gemini: 'STOP'};
const names = (heard) => heard.calls.map((call) => call.name);

each_pair('tools are declared with their schemas', async (client, provider) => {
  await ask(client, provider, 'hello');
  assert.deepEqual((await on.arrived()).body.tools, tools[provider]);
});

test('the older spelling of Gemini\'s schemas is understood', async () => {
  const older = {type: 'OBJECT', properties: {city: {type: 'STRING', nullable: true}}, required: ['city']};
  const newer = {type: 'object', properties: {city: {type: ['string', 'null']}}, required: ['city']};
  const config = {tools: [{functionDeclarations: [{name: 'get_weather', parameters: older}]}]};
  for (const provider of ['openai', 'anthropic']) {
    const heard = await on.clients.gemini.ask({model: `via-${provider}`, contents: 'Weather?', config});
    assert.deepEqual(names(heard), ['get_weather']);
    const [tool] = (await on.arrived()).body.tools;
    assert.deepEqual(tool.function?.parameters ?? tool.input_schema, newer);
  }
});

// -- calls -------------------------------------------------------------------

each_way('one tool is called', async (client, provider, way) => {
  const heard = await ask(client, provider, 'Weather in Berlin and in all the other cities?', {}, way);
  assert.deepEqual(names(heard), ['get_weather']);
  assert.equal(heard.stop, wants_tools[client]);
  assert.match(heard.calls[0].id, /^[\w-]{8,}$/);
  assert.equal(typeof heard.calls[0].args.city, 'string');
  assert.equal(heard.text, '');
});

each_way('calls side by side keep order, ids and arguments', async (client, provider, way) => {
  const heard = await ask(client, provider, 'Weather, twice, and the clock?', {}, way);
  assert.deepEqual(names(heard), ['get_weather', 'get_clock', 'get_weather']);
  assert.equal(new Set(heard.calls.map((call) => call.id)).size, 3);
  assert.deepEqual(heard.calls.map((call) => Object.keys(call.args)), [['city'], ['zone'], ['city']]);
  assert.equal(heard.calls[1].args.zone, 'UTC');
  assert.equal(heard.stop, wants_tools[client]);
});

test('arguments go out as they come, piece by piece', async () => {
  for (const [client, provider] of [['openai', 'anthropic'], ['anthropic', 'openai']]) {
    const long = {type: 'object', properties: {city: {type: 'string', minLength: 90}}, required: ['city']};
    const tool = {openai: {type: 'function', function: {name: 'get_weather', parameters: long}},
                  anthropic: {name: 'get_weather', input_schema: long}}[client];
    const heard = await on.clients[client].ask({
      model: `via-${provider}`, messages: [{role: 'user', content: 'Weather?'}], tools: [tool],
      ...(client === 'anthropic' ? {max_tokens: 500} : {})}, 'streamed');
    const size = JSON.stringify(heard.calls[0].args).length;
    // The simulator gives out four tokens, 16 bytes, at a time.
    assert.ok(size > 90 && heard.pieces >= size / 16, `${heard.pieces} pieces of ${size} bytes`);
  }
});

// -- results -----------------------------------------------------------------

/// The results of two calls as each client sends them; the second one failed.
const results = {
  openai: ([one, two]) => [{role: 'tool', tool_call_id: one.id, content: '21 degrees'},
                           {role: 'tool', tool_call_id: two.id, content: 'no clock'}],
  anthropic: ([one, two]) => [{role: 'user', content: [
    {type: 'tool_result', tool_use_id: one.id, content: '21 degrees'},
    {type: 'tool_result', tool_use_id: two.id, content: [{type: 'text', text: 'no clock'}], is_error: true}]}],
  gemini: ([one, two]) => [{role: 'user', parts: [
    {functionResponse: {id: one.id, name: one.name, response: {output: '21 degrees'}}},
    {functionResponse: {id: two.id, name: two.name, response: {error: 'no clock'}}}]}],
};

/// The calls and results in what a provider received.
const exchanged = {
  openai: ({messages}) => ({
    calls: messages[1].tool_calls.map(({id, function: {name, arguments: text}}) => ({id, name, args: JSON.parse(text)})),
    results: messages.slice(2).map(({role, tool_call_id: id, content}) => ({role, id, text: content})),
  }),
  anthropic: ({messages}) => ({
    calls: messages[1].content.map(({id, name, input}) => ({id, name, args: input})),
    results: messages[2].content.map(({type, tool_use_id: id, content, is_error}) => ({
      role: type, id, text: typeof content === 'string' ? content : content.map((part) => part.text).join(''),
      failed: is_error ?? false})),
  }),
  gemini: ({contents}) => ({
    calls: contents[1].parts.map(({functionCall: {id, name, args}}) => ({id, name, args})),
    results: contents[2].parts.map(({functionResponse: {id, name, response}}) => ({
      role: name, id, text: response.output ?? response.error, failed: 'error' in response})),
  }),
};
/// Who speaks a result, and whether the wire tells a failed one.
const speaker = {openai: () => 'tool', anthropic: () => 'tool_result', gemini: (call) => call.name};

each_way('results find their calls', async (client, provider, way) => {
  const first = await ask(client, provider, 'Weather, and the clock?', {}, way);
  assert.deepEqual(names(first), ['get_weather', 'get_clock']);
  const past = [first.message, ...results[client](first.calls)];
  const second = await ask(client, provider, 'Weather, and the clock?', {past}, way);
  assert.match(second.text, /^The tool answered: /);
  const got = exchanged[provider]((await on.arrived()).body);
  assert.deepEqual(got.calls, first.calls);
  const failed = provider === 'openai' ? {} : {failed: client !== 'openai'};
  assert.deepEqual(got.results, [
    {role: speaker[provider](first.calls[0]), id: first.calls[0].id, text: '21 degrees',
     ...(provider === 'openai' ? {} : {failed: false})},
    {role: speaker[provider](first.calls[1]), id: first.calls[1].id, text: 'no clock', ...failed},
  ]);
});

// -- choices -----------------------------------------------------------------

const choices = {
  auto: {openai: 'auto', anthropic: {type: 'auto'}, gemini: {mode: 'AUTO'}, calls: ['get_weather']},
  none: {openai: 'none', anthropic: {type: 'none'}, gemini: {mode: 'NONE'}, calls: []},
  required: {openai: 'required', anthropic: {type: 'any'}, gemini: {mode: 'ANY'}, calls: ['get_weather']},
  named: {openai: {type: 'function', function: {name: 'get_clock'}}, anthropic: {type: 'tool', name: 'get_clock'},
          gemini: {mode: 'ANY', allowedFunctionNames: ['get_clock']}, calls: ['get_clock']},
};
const choice_in = {
  openai: (body) => body.tool_choice, anthropic: (body) => body.tool_choice,
  gemini: (body) => body.toolConfig.functionCallingConfig,
};

for (const [name, row] of Object.entries(choices)) {
  each_pair(`the choice '${name}' arrives and holds`, async (client, provider) => {
    const heard = await ask(client, provider, 'Weather?', {choice: row[client]});
    const {body} = await on.arrived();
    assert.deepEqual(choice_in[provider](body), row[provider]);
    assert.deepEqual(names(heard), row.calls);
  });
}

test('one call at a time, where the provider can be told', async () => {
  for (const [client, provider, field, wanted] of [
    ['openai', 'anthropic', 'tool_choice', {type: 'auto', disable_parallel_tool_use: true}],
    ['anthropic', 'openai', 'parallel_tool_calls', false]]) {
    const heard = await ask(client, provider, 'Weather, and the clock?', {parallel: false});
    assert.deepEqual((await on.arrived()).body[field], wanted);
    assert.equal(heard.calls.length, 1);
  }
});

test('no id of one wire is refused by another', async () => {
  // OpenAI takes 40 letters, Anthropic only some of them.
  const odd = 'a call, with: blanks/' + 'x'.repeat(60);
  const past = [
    {role: 'assistant', content: null,
     tool_calls: [{id: odd, type: 'function', function: {name: 'get_weather', arguments: '{"city":"Rome"}'}}]},
    {role: 'tool', tool_call_id: odd, content: '21 degrees'}];
  await ask('openai', 'anthropic', 'Weather?', {past});
  const {messages} = (await on.arrived()).body;
  assert.match(messages[1].content[0].id, /^[a-zA-Z0-9_-]+$/);
  assert.equal(messages[2].content[0].tool_use_id, messages[1].content[0].id);
  assert.deepEqual(messages[1].content[0].input, {city: 'Rome'});
});
