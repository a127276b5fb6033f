// Thinking over the nine pairs: how much of it is asked for, how it is shown, and
// that its signatures come back to the provider that made them letter by letter,
// and to no other. And usage in all its parts.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import * as canned from './support/canned.mjs';
import {each_pair, each_way, stage, wires} from './support/pairs.mjs';

const {signature, redacted, thought, text, args} = canned;

let on, provider_of;
before(async () => {
  provider_of = await canned.canned();
  on = await stage({
    others: {newer: {openai: 'gpt-5.5', anthropic: 'claude-sonnet-5', gemini: 'gemini-3.8-flash'}},
    more_providers: wires.map((wire) => ({
      name: `canned-${wire}`, protocol: wire, keys: ['k'],
      base_url: provider_of.url + (wire === 'openai' ? '/v1' : '')})),
    settings: {models: wires.map((wire) => (
      {name: `canned-${wire}`, targets: [{provider: `canned-${wire}`, model: 'canned'}]}))},
  });
});
after(async () => {
  await on?.stop();
  await provider_of?.stop();
});

const weather = {type: 'object', properties: {city: {type: 'string'}}};
/// A question with a tool, after the turns of `past`.
const question = {
  openai: (past) => ({messages: [{role: 'user', content: 'Hello'}, ...past],
                      tools: [{type: 'function', function: {name: 'get_weather', parameters: weather}}]}),
  anthropic: (past) => ({messages: [{role: 'user', content: 'Hello'}, ...past], max_tokens: 9000,
                         thinking: {type: 'enabled', budget_tokens: 8192},
                         tools: [{name: 'get_weather', input_schema: weather}]}),
  gemini: (past) => ({contents: [{role: 'user', parts: [{text: 'Hello'}]}, ...past],
                      config: {thinkingConfig: {includeThoughts: true, thinkingBudget: 8192},
                               tools: [{functionDeclarations: [{name: 'get_weather', parametersJsonSchema: weather}]}]}}),
};
const result = {
  openai: ({id}) => ({role: 'tool', tool_call_id: id, content: 'sunny'}),
  anthropic: ({id}) => ({role: 'user', content: [{type: 'tool_result', tool_use_id: id, content: 'sunny'}]}),
  gemini: ({id, name}) => ({role: 'user', parts: [{functionResponse: {id, name, response: {output: 'sunny'}}}]}),
};

const ask = (client, provider, past = [], way = 'plain') =>
  on.clients[client].ask({model: `canned-${provider}`, ...question[client](past)}, way);

// -- what is heard -----------------------------------------------------------

each_way('text, calls and arguments are the provider\'s', async (client, provider, way) => {
  const heard = await ask(client, provider, [], way);
  assert.equal(heard.text, text);
  assert.deepEqual(heard.calls.map(({name, args: given}) => ({name, args: given})), [{name: 'get_weather', args}]);
  // What has no id gets one, unless its own wire has none either.
  if (client !== 'gemini' || provider !== 'gemini') assert.match(heard.calls[0].id, /^[\w-]+$/);
});

each_way('usage keeps its parts', async (client, provider, way) => {
  const heard = await ask(client, provider, [], way);
  const tells = client !== 'gemini' && provider !== 'gemini';
  assert.deepEqual(heard.usage, {input: 100, cached: 60, written: tells ? 10 : 0, output: 30, reasoning: 20});
});

test('an Anthropic client hears how long its cache lives', async () => {
  const {whole} = await ask('anthropic', 'anthropic');
  assert.deepEqual(whole.usage.cache_creation, {ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 6});
});

/// How a signature of `maker` is shown to `client`.
const shown = (maker, client) => (maker === client ? signature : `${maker}:${signature}`);

each_way('thoughts are shown, and signed by their maker', async (client, provider, way) => {
  const heard = await ask(client, provider, [], way);
  const thoughts = heard.thoughts.filter((one) => !one.redacted);
  assert.equal(thoughts.map((one) => one.text ?? '').join(''), thought);
  const signatures = [...thoughts.map((one) => one.signature),
                      ...(heard.message.tool_calls ?? []).map((call) => call.extra_content?.google?.thought_signature)];
  const bare = provider === 'gemini' && client === 'openai' ? [signature, shown(provider, client)] : [shown(provider, client)];
  assert.ok(signatures.filter(Boolean).some((one) => bare.includes(one)), JSON.stringify(heard.message));
});

// -- what comes back ---------------------------------------------------------

/// Everything signed in a request, as [where it stands, what it says].
const signed_in = {
  openai: ({messages}) => messages.flatMap((message) => (message.thinking_blocks ?? [])
      .map((block) => [block.type, block.signature ?? block.data])),
  anthropic: ({messages}) => messages.flatMap(({content}) => (Array.isArray(content) ? content : []))
      .filter((block) => block.type.endsWith('thinking')).map((block) => [block.type, block.signature ?? block.data]),
  gemini: ({contents}) => contents.flatMap(({parts}) => parts).filter((part) => part.thoughtSignature)
      .map((part) => [part.functionCall ? 'functionCall' : part.thought ? 'thought' : 'text', part.thoughtSignature]),
};
const original = {
  openai: [['thinking', signature]],
  anthropic: [['thinking', signature], ['redacted_thinking', redacted]],
  gemini: [['functionCall', signature]],
};

each_way('signatures come back to their maker as they left', async (client, provider, way) => {
  const heard = await ask(client, provider, [], way);
  await ask(client, provider, [heard.message, result[client](heard.calls[0])]);
  assert.deepEqual(signed_in[provider](provider_of.bodies.at(-1)), original[provider]);
  const body = JSON.stringify(provider_of.bodies.at(-1));
  assert.ok(!body.includes(`${provider}:`), body);
});

each_pair('signatures are shown to nobody but their maker', async (client, provider) => {
  const heard = await ask(client, provider);
  for (const other of wires.filter((wire) => wire !== provider)) {
    // A client's own wire passes as it is: what it sends there is its own affair.
    if (other === client) continue;
    await ask(client, other, [heard.message, result[client](heard.calls[0])]);
    const body = JSON.stringify(provider_of.bodies.at(-1));
    assert.ok(!body.includes(signature) && !body.includes(redacted), body);
    assert.match(body, /sunny/);
  }
});

// -- how much ----------------------------------------------------------------

const wish = {
  openai: (more) => ({messages: [{role: 'user', content: 'x'}], ...more}),
  anthropic: (more) => ({messages: [{role: 'user', content: 'x'}], max_tokens: 30_000, ...more}),
  gemini: (thinkingConfig) => ({contents: 'x', config: {thinkingConfig}}),
};
const arrived_wish = {
  openai: (body) => body.reasoning_effort,
  anthropic: (body) => [body.thinking, body.output_config?.effort],
  gemini: (body) => body.generationConfig.thinkingConfig,
};
const budget = (tokens) => [{type: 'enabled', budget_tokens: tokens}, undefined];

// client, what it asks, model, what arrives
const wishes = [
  ['openai', {reasoning_effort: 'low'}, 'via-anthropic', budget(1024)],
  ['openai', {reasoning_effort: 'medium'}, 'via-anthropic', budget(8192)],
  ['openai', {reasoning_effort: 'high'}, 'via-anthropic', budget(24576)],
  ['openai', {reasoning_effort: 'high'}, 'via-anthropic-newer', [{type: 'adaptive', display: 'summarized'}, 'high']],
  ['openai', {reasoning_effort: 'none'}, 'via-anthropic', [undefined, undefined]],
  ['openai', {reasoning_effort: 'low'}, 'via-gemini', {thinkingBudget: 1024, includeThoughts: true}],
  ['openai', {reasoning_effort: 'medium'}, 'via-gemini-newer', {thinkingLevel: 'MEDIUM', includeThoughts: true}],
  ['openai', {reasoning_effort: 'none'}, 'via-gemini', {thinkingBudget: 0}],
  ['anthropic', {thinking: {type: 'enabled', budget_tokens: 8192}}, 'via-openai', 'medium'],
  ['anthropic', {thinking: {type: 'enabled', budget_tokens: 20000}}, 'via-openai', 'high'],
  ['anthropic', {thinking: {type: 'adaptive'}, output_config: {effort: 'max'}}, 'via-openai', 'max'],
  ['anthropic', {thinking: {type: 'disabled'}}, 'via-openai', 'none'],
  ['anthropic', {thinking: {type: 'enabled', budget_tokens: 2048}}, 'via-gemini',
   {thinkingBudget: 2048, includeThoughts: true}],
  ['anthropic', {thinking: {type: 'enabled', budget_tokens: 2048}}, 'via-gemini-newer',
   {thinkingLevel: 'MEDIUM', includeThoughts: true}],
  ['gemini', {thinkingBudget: 8192}, 'via-openai', 'medium'],
  ['gemini', {thinkingLevel: 'LOW'}, 'via-openai', 'low'],
  ['gemini', {thinkingBudget: 0}, 'via-openai', 'none'],
  ['gemini', {thinkingBudget: 2048, includeThoughts: true}, 'via-anthropic', budget(2048)],
  ['gemini', {thinkingLevel: 'HIGH'}, 'via-anthropic-newer', [{type: 'adaptive', display: 'omitted'}, 'high']],
];

for (const [client, more, model, wanted] of wishes) {
  test(`${client} ${JSON.stringify(more)} asks ${model} for ${JSON.stringify(wanted)}`, async () => {
    await on.clients[client].ask({model, ...wish[client](more)});
    const provider = wires.find((wire) => model.startsWith(`via-${wire}`));
    const {body} = await on.arrived();
    assert.deepEqual(arrived_wish[provider](body), wanted);
    // Thinking counts: there must be room for the answer beside it.
    if (provider === 'anthropic' && body.thinking?.budget_tokens)
      assert.ok(body.max_tokens > body.thinking.budget_tokens, `${body.max_tokens}`);
  });
}
