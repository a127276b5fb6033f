// The official OpenAI client talks to troupe as it would to its provider.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import OpenAI from 'openai';
import {established, pair, until} from './support/troupe.mjs';

let stage, client;
before(async () => {
  stage = await pair({kind: 'release', change: {disconnect: {upstream: 'abort'}}});
  client = new OpenAI({baseURL: `${stage.url}/v1`, apiKey: 'sk-client', maxRetries: 0, timeout: 20_000});
});
after(() => stage?.stop());

const ask = (content, more) =>
  ({model: 'gpt-4o-mini', messages: [{role: 'user', content}], ...more});

test('a chat is answered with text, usage and troupe\'s headers', async () => {
  const {data, response} = await client.chat.completions.create(ask('Say hello')).withResponse();
  assert.equal(data.object, 'chat.completion');
  assert.equal(data.choices[0].message.role, 'assistant');
  assert.ok(data.choices[0].message.content.length > 0);
  assert.ok(data.usage.prompt_tokens > 0 && data.usage.completion_tokens > 0);
  assert.ok(response.headers.get('x-request-id'));
  assert.equal(response.headers.get('x-troupe-provider'), 'openai');
  assert.match(response.headers.get('x-troupe-key'), /^openai-\d$/);
  assert.equal(response.headers.get('x-troupe-attempts'), '1');
  assert.equal(response.headers.get('x-troupe-model'), 'gpt-4o-mini');
});

test('a chat streams the same kind of text in pieces', async () => {
  const stream = await client.chat.completions.create(ask('Say hello', {stream: true}));
  let text = '', chunks = 0, finish;
  for await (const chunk of stream) {
    chunks += 1;
    text += chunk.choices[0]?.delta?.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    assert.deepEqual(chunk.usage ?? null, null, 'usage only for who asks');
    assert.notEqual(chunk.choices.length, 0, 'a usage chunk only for who asks');
  }
  assert.ok(chunks > 1);
  assert.ok(text.length > 0);
  assert.equal(finish, 'stop');
});

test('a stream carries usage for who asks', async () => {
  const stream = await client.chat.completions.create(
    ask('Say hello', {stream: true, stream_options: {include_usage: true}}));
  let usage;
  for await (const chunk of stream) usage = chunk.usage ?? usage;
  assert.ok(usage.total_tokens > 0);
});

const weather = {
  type: 'function',
  function: {name: 'get_weather', description: 'The weather of a city',
             parameters: {type: 'object', properties: {city: {type: 'string'}}, required: ['city']}},
};

test('a tool is called and its result goes the round trip', async () => {
  const first = await client.chat.completions.create(ask('Weather in Berlin?', {tools: [weather]}));
  assert.equal(first.choices[0].finish_reason, 'tool_calls');
  const [call] = first.choices[0].message.tool_calls;
  assert.equal(call.function.name, 'get_weather');
  assert.equal(typeof JSON.parse(call.function.arguments), 'object');
  const second = await client.chat.completions.create({
    model: 'gpt-4o-mini', tools: [weather],
    messages: [{role: 'user', content: 'Weather in Berlin?'}, first.choices[0].message,
               {role: 'tool', tool_call_id: call.id, content: '21 degrees'}],
  });
  assert.equal(second.choices[0].finish_reason, 'stop');
  assert.ok(second.choices[0].message.content.length > 0);
});

test('the stream helper puts a tool call together from its pieces', async () => {
  const runner = client.chat.completions.stream(ask('Weather in Berlin?', {tools: [weather]}));
  const last = await runner.finalChatCompletion();
  const [call] = last.choices[0].message.tool_calls;
  assert.equal(call.function.name, 'get_weather');
  assert.equal(typeof JSON.parse(call.function.arguments), 'object');
});

test('embeddings come back, one for each text', async () => {
  const answer = await client.embeddings.create(
    {model: 'text-embedding-3-small', input: ['one', 'two'], encoding_format: 'float'});
  assert.equal(answer.data.length, 2);
  assert.ok(answer.data[0].embedding.length > 0);
  assert.equal(typeof answer.data[0].embedding[0], 'number');
});

test('models are listed and fetched by name', async () => {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.ok(names.length > 0);
  assert.equal((await client.models.retrieve(names[0])).id, names[0]);
});

test('legacy completions answer plain and streamed', async () => {
  const body = {model: 'gpt-3.5-turbo-instruct', prompt: 'Say hello'};
  assert.ok((await client.completions.create(body)).choices[0].text.length > 0);
  let text = '';
  for await (const chunk of await client.completions.create({...body, stream: true})) {
    text += chunk.choices[0]?.text ?? '';
  }
  assert.ok(text.length > 0);
});

test('responses answer plain and streamed', async () => {
  const body = {model: 'gpt-4o-mini', input: 'Say hello'};
  const plain = await client.responses.create(body);
  assert.equal(plain.status, 'completed');
  assert.ok(plain.output_text.length > 0);
  let text = '', last;
  for await (const event of await client.responses.create({...body, stream: true})) {
    if (event.type === 'response.output_text.delta') text += event.delta;
    last = event;
  }
  assert.ok(text.length > 0);
  assert.equal(last.type, 'response.completed');
  assert.ok(last.response.usage.total_tokens > 0);
});

const failures = [
  ['no-such-model', OpenAI.NotFoundError, 404],
  ['sim-429-retry-after-ms-20', OpenAI.RateLimitError, 429],
  ['sim-fault-400', OpenAI.BadRequestError, 400],
  ['sim-fault-500', OpenAI.InternalServerError, 500],
  ['sim-fault-503', OpenAI.InternalServerError, 503],
];
for (const [model, kind, status] of failures) {
  test(`${model} raises ${kind.name}`, async () => {
    await assert.rejects(client.chat.completions.create(ask('x', {model})), (error) => {
      assert.ok(error instanceof kind, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status, status);
      assert.ok(error.requestID);
      return true;
    });
  });
  test(`${model} raises ${kind.name} for a stream that never began`, async () => {
    await assert.rejects(client.chat.completions.create(ask('x', {model, stream: true})), kind);
  });
}

test('a request the provider refuses raises BadRequestError', async () => {
  await assert.rejects(client.chat.completions.create({model: 'gpt-4o-mini', messages: []}),
                       OpenAI.BadRequestError);
});

test('a stream that is cut raises an error instead of ending well', async () => {
  const stream = await client.chat.completions.create(ask('x', {model: 'sim-cut', stream: true}));
  await assert.rejects(async () => { for await (const _ of stream); });
});

test('an aborted stream closes the connection to the provider', async () => {
  const stream = await client.chat.completions.create(
    ask('Tell me a long story', {model: 'sim-slow', stream: true}));
  let during;
  for await (const _ of stream) {
    during = established(stage.sim.port);
    stream.controller.abort();
    break;
  }
  await until(() => established(stage.sim.port) < during, 5000, 'the connection to the provider to end');
});
