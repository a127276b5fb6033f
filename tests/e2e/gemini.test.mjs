// The official Google GenAI client talks to troupe as it would to its provider.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {ApiError, GoogleGenAI} from '@google/genai';
import {established, pair, post, until} from './support/troupe.mjs';

let stage, client;
before(async () => {
  stage = await pair({kind: 'release', change: {disconnect: {upstream: 'abort'}}});
  client = new GoogleGenAI({apiKey: 'client-key',
                            httpOptions: {baseUrl: stage.url, timeout: 20_000}});
});
after(() => stage?.stop());

const model = 'gemini-2.5-flash';

test('content is generated with text and usage', async () => {
  const answer = await client.models.generateContent({model, contents: 'Say hello'});
  assert.ok(answer.text.length > 0);
  assert.equal(answer.candidates[0].finishReason, 'STOP');
  assert.ok(answer.usageMetadata.totalTokenCount > 0);
  assert.equal(answer.sdkHttpResponse.headers['x-troupe-provider'], 'gemini');
});

test('content streams in pieces', async () => {
  let text = '', chunks = 0, finish;
  for await (const chunk of await client.models.generateContentStream({model, contents: 'Say hello'})) {
    chunks += 1;
    text += chunk.text ?? '';
    finish = chunk.candidates?.[0]?.finishReason ?? finish;
  }
  assert.ok(chunks > 1 && text.length > 0);
  assert.equal(finish, 'STOP');
});

test('a chat keeps its turns', async () => {
  const talk = client.chats.create({model});
  assert.ok((await talk.sendMessage({message: 'My name is Ada'})).text.length > 0);
  assert.ok((await talk.sendMessage({message: 'Who am I?'})).text.length > 0);
  assert.equal(talk.getHistory().length, 4);
});

const weather = {functionDeclarations: [{name: 'get_weather', description: 'The weather of a city',
  parameters: {type: 'OBJECT', properties: {city: {type: 'STRING'}}, required: ['city']}}]};

test('a function is called and its result goes the round trip', async () => {
  const question = {role: 'user', parts: [{text: 'Weather in Berlin?'}]};
  const first = await client.models.generateContent({model, contents: [question], config: {tools: [weather]}});
  const [call] = first.functionCalls;
  assert.equal(call.name, 'get_weather');
  assert.equal(typeof call.args, 'object');
  const second = await client.models.generateContent({
    model, config: {tools: [weather]},
    contents: [question, first.candidates[0].content,
               {role: 'user', parts: [{functionResponse: {name: call.name, response: {result: '21 degrees'}}}]}],
  });
  assert.ok(second.text.length > 0);
});

test('tokens are counted', async () => {
  assert.ok((await client.models.countTokens({model, contents: 'Say hello'})).totalTokens > 0);
});

test('content is embedded', async () => {
  const answer = await client.models.embedContent({model: 'gemini-embedding-001', contents: 'hello'});
  assert.ok(answer.embeddings[0].values.length > 0);
});

test('without alt=sse a stream is one JSON array', async () => {
  const answer = await post(`${stage.url}/v1beta/models/${model}:streamGenerateContent`,
                            {contents: [{role: 'user', parts: [{text: 'Say hello'}]}]});
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers.get('content-type'), /application\/json/);
  assert.ok(Array.isArray(answer.json) && answer.json.length > 1);
});

test('the client key may stand in the query', async () => {
  const answer = await post(`${stage.url}/v1beta/models/${model}:generateContent?key=client-key`,
                            {contents: [{role: 'user', parts: [{text: 'Say hello'}]}]});
  assert.equal(answer.status, 200, answer.text);
  assert.doesNotMatch(stage.gateway.err, /client-key/);
});

for (const [name, status] of [['no-such-model', 404], ['sim-429-retry-after-ms-20', 429], ['sim-fault-400', 400],
                              ['sim-fault-500', 500], ['sim-fault-503', 503]]) {
  test(`${name} raises ApiError ${status}`, async () => {
    await assert.rejects(client.models.generateContent({model: name, contents: 'x'}), (error) => {
      assert.ok(error instanceof ApiError, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status, status);
      assert.equal(JSON.parse(error.message).error.code, status);
      return true;
    });
  });
}

test('a stream that is cut raises an error instead of ending well', async () => {
  const stream = await client.models.generateContentStream({model: 'sim-cut', contents: 'x'});
  await assert.rejects(async () => { for await (const _ of stream); });
});

test('an aborted stream closes the connection to the provider', async () => {
  const leave = new AbortController();
  const stream = await client.models.generateContentStream(
    {model: 'sim-slow', contents: 'Tell me a long story', config: {abortSignal: leave.signal}});
  let during;
  await assert.rejects(async () => {
    for await (const _ of stream) {
      during ??= established(stage.sim.port);
      leave.abort();
    }
  });
  await until(() => established(stage.sim.port) < during, 5000, 'the connection to the provider to end');
});
