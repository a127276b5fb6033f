// The official Anthropic client talks to troupe as it would to its provider.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import {established, pair, until} from './support/troupe.mjs';

let stage, client;
before(async () => {
  stage = await pair({kind: 'release', change: {disconnect: {upstream: 'abort'}}});
  client = new Anthropic({baseURL: stage.url, apiKey: 'sk-client', maxRetries: 0, timeout: 20_000});
});
after(() => stage?.stop());

const ask = (content, more) =>
  ({model: 'claude-haiku-4-5', max_tokens: 256, messages: [{role: 'user', content}], ...more});

test('a message is answered with text, usage and troupe\'s headers', async () => {
  const {data, response} = await client.messages.create(ask('Say hello')).withResponse();
  assert.equal(data.type, 'message');
  assert.equal(data.content[0].type, 'text');
  assert.ok(data.content[0].text.length > 0);
  assert.equal(data.stop_reason, 'end_turn');
  assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
  assert.equal(response.headers.get('x-troupe-provider'), 'anthropic');
  assert.match(response.headers.get('x-troupe-key'), /^anthropic-\d$/);
  assert.ok(response.headers.get('x-request-id'));
});

test('a message streams its events in the order of the wire', async () => {
  const kinds = [];
  let text = '';
  for await (const event of await client.messages.create(ask('Say hello', {stream: true}))) {
    if (event.type !== kinds.at(-1)) kinds.push(event.type);
    if (event.delta?.type === 'text_delta') text += event.delta.text;
  }
  assert.ok(text.length > 0);
  assert.deepEqual(kinds, ['message_start', 'content_block_start', 'content_block_delta',
                           'content_block_stop', 'message_delta', 'message_stop']);
});

test('the stream helper accumulates the same message', async () => {
  const last = await client.messages.stream(ask('Say hello')).finalMessage();
  assert.ok(last.content[0].text.length > 0);
  assert.ok(last.usage.output_tokens > 0);
});

const weather = {name: 'get_weather', description: 'The weather of a city',
                 input_schema: {type: 'object', properties: {city: {type: 'string'}}, required: ['city']}};

for (const way of ['plain', 'streamed']) {
  test(`a tool is called ${way} and its result goes the round trip`, async () => {
    const body = ask('Weather in Berlin?', {tools: [weather]});
    const first = way === 'plain' ? await client.messages.create(body)
                                  : await client.messages.stream(body).finalMessage();
    assert.equal(first.stop_reason, 'tool_use');
    const call = first.content.find((block) => block.type === 'tool_use');
    assert.equal(call.name, 'get_weather');
    assert.equal(typeof call.input, 'object');
    const second = await client.messages.create(ask('', {
      tools: [weather],
      messages: [{role: 'user', content: 'Weather in Berlin?'},
                 {role: 'assistant', content: first.content},
                 {role: 'user', content: [{type: 'tool_result', tool_use_id: call.id, content: '21 degrees'}]}],
    }));
    assert.equal(second.stop_reason, 'end_turn');
    assert.ok(second.content[0].text.length > 0);
  });
}

test('tokens are counted without an answer', async () => {
  const {max_tokens: _, ...body} = ask('Say hello');
  assert.ok((await client.messages.countTokens(body)).input_tokens > 0);
});

test('models are listed and fetched by name', async () => {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.ok(names.length > 0);
  assert.equal((await client.models.retrieve(names[0])).id, names[0]);
});

const failures = [
  ['no-such-model', Anthropic.NotFoundError, 404],
  ['sim-429-retry-after-ms-20', Anthropic.RateLimitError, 429],
  ['sim-fault-400', Anthropic.BadRequestError, 400],
  ['sim-fault-500', Anthropic.InternalServerError, 500],
  ['sim-fault-529', Anthropic.InternalServerError, 529],
];
for (const [model, kind, status] of failures) {
  test(`${model} raises ${kind.name}`, async () => {
    await assert.rejects(client.messages.create(ask('x', {model})), (error) => {
      assert.ok(error instanceof kind, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status, status);
      assert.equal(error.error.type, 'error');
      assert.equal(typeof error.error.error.message, 'string');
      return true;
    });
    // The wire's retry-after counts whole seconds; so long the keys rest.
    if (status === 429) await sleep(1100);
  });
}

test('a missing max_tokens raises BadRequestError that names it', async () => {
  const {max_tokens: _, ...body} = ask('x');
  await assert.rejects(client.messages.create(body), (error) => {
    assert.ok(error instanceof Anthropic.BadRequestError, error.message);
    assert.match(error.message, /max_tokens/);
    return true;
  });
});

test('a stream that is cut raises an error instead of ending well', async () => {
  await assert.rejects(client.messages.stream(ask('x', {model: 'sim-cut'})).finalMessage());
});

test('an aborted stream closes the connection to the provider', async () => {
  const stream = client.messages.stream(ask('Tell me a long story', {model: 'sim-slow'}));
  let during;
  for await (const event of stream) {
    if (event.type !== 'content_block_delta') continue;
    during = established(stage.sim.port);
    stream.abort();
    break;
  }
  await until(() => established(stage.sim.port) < during, 5000, 'the connection to the provider to end');
});
