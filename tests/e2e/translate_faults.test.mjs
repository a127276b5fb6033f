// What goes wrong, over the nine pairs: the provider's errors in the client's own
// classes, streams that break, and requests that no translation can carry.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {client_of} from './support/clients.mjs';
import {each_pair, each_way, fault_of, stage, wires} from './support/pairs.mjs';

let on;
const broken = ['cut', 'error-event', 'no-done', 'malformed'];
before(async () => {
  on = await stage({behaviours: [...broken, 'context', 'fault-400', 'fault-404', 'fault-503', '429-retry-after-ms-20']});
});
after(() => on?.stop());

const hello = {
  openai: {messages: [{role: 'user', content: 'hello'}]},
  anthropic: {messages: [{role: 'user', content: 'hello'}], max_tokens: 100},
  gemini: {contents: 'hello'},
};
const fault = (client, model, body = hello[client], way = 'plain', headers) =>
  fault_of(client, (headers ? client_of(client, on.url, headers) : on.clients[client]).ask({model, ...body}, way));

// -- errors ------------------------------------------------------------------

// What each client raises: its class, and the wire's own word.
const errors = {
  'fault-400': [400, {openai: ['BadRequestError', 'invalid_request_error'],
                      anthropic: ['BadRequestError', 'invalid_request_error'], gemini: ['ApiError', 'INVALID_ARGUMENT']}],
  'fault-404': [404, {openai: ['NotFoundError', 'invalid_request_error'],
                      anthropic: ['NotFoundError', 'not_found_error'], gemini: ['ApiError', 'NOT_FOUND']}],
  'fault-503': [503, {openai: ['InternalServerError', 'server_error'],
                      anthropic: ['ServiceUnavailableError', 'overloaded_error'], gemini: ['ApiError', 'UNAVAILABLE']}],
  '429-retry-after-ms-20': [429, {openai: ['RateLimitError', null],
                                  anthropic: ['RateLimitError', 'rate_limit_error'], gemini: ['ApiError', 'RESOURCE_EXHAUSTED']}],
};

for (const [words, [status, rows]] of Object.entries(errors)) {
  each_way(`a ${status} is the client's own error`, async (client, provider, way) => {
    const error = await fault(client, `via-${provider}-${words}`, hello[client], way);
    const [kind, type] = rows[client];
    assert.deepEqual({kind: error.kind, status: error.status}, {kind, status});
    if (type && client !== provider) assert.equal(error.type, type);
    assert.ok(error.message.length > 5, error.message);
    if (client === 'gemini') assert.equal(error.code, status);
  });
}

each_pair('a prompt too long is told as each wire tells it', async (client, provider) => {
  const error = await fault(client, `via-${provider}-context`);
  assert.equal(error.status, 400);
  if (client === 'openai') assert.equal(error.code, 'context_length_exceeded');
  assert.match(error.message, /token/i);
});

// -- streams that break ------------------------------------------------------

const raised = {openai: ['APIError'], anthropic: ['APIError', 'InternalServerError', 'AnthropicError'], gemini: ['ApiError']};

for (const words of broken) {
  each_pair(`a stream that ends by '${words}' ends as it must`, async (client, provider) => {
    const model = `via-${provider}-${words}`;
    if (words === 'no-done' && provider === 'openai') {
      // Some servers of this wire never send their [DONE]: the reason is enough.
      const heard = await on.clients[client].ask({model, ...hello[client]}, 'streamed');
      assert.match(heard.text, /^You said: hello \(turn 1\)/);
      assert.ok(heard.stop);
      return;
    }
    const error = await fault(client, model, hello[client], 'streamed');
    assert.ok(raised[client].includes(error.kind), `${error.kind}: ${error.message}`);
    assert.ok(error.message.length > 5, error.message);
  });
}

test('what came before the cut is told, and an OpenAI stream has no [DONE]', async () => {
  for (const provider of ['anthropic', 'gemini']) {
    const answer = await fetch(`${on.url}/v1/chat/completions`, {
      method: 'POST', headers: {'content-type': 'application/json', authorization: 'Bearer k'},
      body: JSON.stringify({model: `via-${provider}-cut`, stream: true, ...hello.openai})});
    const text = await answer.text();
    assert.match(text, /"content":"You said: hello/);
    assert.match(text, /data: \{"error":\{"message":/);
    assert.doesNotMatch(text, /\[DONE\]|"finish_reason":"/);
  }
});

// -- requests that cannot be carried -----------------------------------------

const ask_openai = (more) => ({...hello.openai, ...more});
const ask_anthropic = (more) => ({...hello.anthropic, ...more});
const ask_gemini = (config) => ({...hello.gemini, config});
const part = (one) => ({messages: [{role: 'user', content: [one]}]});
const sound = {type: 'input_audio', input_audio: {data: 'UklGRg==', format: 'wav'}};

// client, provider, request, the field that the refusal names
const refusals = [
  ['openai', 'anthropic', ask_openai({n: 2}), 'n'],
  ['openai', 'anthropic', ask_openai({logprobs: true}), 'logprobs'],
  ['openai', 'anthropic', part(sound), 'messages[0].content[0]'],
  ['openai', 'anthropic', part({type: 'file', file: {file_id: 'file-1'}}), 'messages[0].content[0].file.file_id'],
  ['openai', 'gemini', ask_openai({n: 9}), 'n'],
  ['openai', 'gemini', ask_openai({modalities: ['text', 'audio'], audio: {voice: 'alloy', format: 'wav'}}), 'modalities'],
  ['openai', 'gemini', ask_openai({web_search_options: {}}), 'web_search_options'],
  ['openai', 'gemini', ask_openai({tools: [{type: 'custom', custom: {name: 'x'}}]}), 'tools[0].type'],
  ['openai', 'anthropic', ask_openai({an_unknown_field: 1}), 'an_unknown_field'],
  ['anthropic', 'openai', ask_anthropic({tools: [{type: 'web_search_20250305', name: 'web_search'}]}), 'tools.0.type'],
  ['anthropic', 'gemini', ask_anthropic({tools: [{type: 'bash_20250124', name: 'bash'}]}), 'tools.0.type'],
  ['anthropic', 'openai', ask_anthropic({mcp_servers: [{type: 'url', name: 'x', url: 'https://x'}]}), 'mcp_servers'],
  ['anthropic', 'openai', ask_anthropic({stop_sequences: ['a', 'b', 'c', 'd', 'e']}), 'stop_sequences'],
  ['anthropic', 'gemini', {...hello.anthropic, ...part({type: 'image', source: {type: 'file', file_id: 'f'}})},
   'messages.0.content.0.source.file_id'],
  ['anthropic', 'openai', ask_anthropic({temperature: 0.5}), 'temperature'],
  ['anthropic', 'gemini', ask_anthropic({top_p: 0.5}), 'top_p'],
  ['anthropic', 'gemini', ask_anthropic({top_k: 5}), 'top_k'],
  ['gemini', 'openai', ask_gemini({tools: [{googleSearch: {}}]}), 'tools[0].googleSearch'],
  ['gemini', 'anthropic', ask_gemini({tools: [{codeExecution: {}}]}), 'tools[0].codeExecution'],
  ['gemini', 'openai', ask_gemini({cachedContent: 'cachedContents/x'}), 'cachedContent'],
  ['gemini', 'anthropic', ask_gemini({candidateCount: 2}), 'generationConfig.candidateCount'],
  ['gemini', 'anthropic', ask_gemini({responseLogprobs: true}), 'generationConfig.responseLogprobs'],
  ['gemini', 'openai', ask_gemini({responseModalities: ['AUDIO']}), 'generationConfig.responseModalities'],
  ['gemini', 'openai', {contents: [{fileData: {fileUri: 'gs://a/b.pdf', mimeType: 'application/pdf'}}]},
   'contents[0].parts[0].fileData.fileUri'],
];
const bad_request = {openai: 'BadRequestError', anthropic: 'BadRequestError', gemini: 'ApiError'};

for (const [client, provider, body, field] of refusals) {
  test(`${client} -> ${provider}: '${field}' is refused by name`, async () => {
    const {requests: before_it} = await on.stats();
    const error = await fault(client, `via-${provider}`, body);
    assert.deepEqual([error.kind, error.status], [bad_request[client], 400]);
    assert.ok(error.message.includes(field), error.message);
    if (client === 'openai') assert.equal(error.param, field);
    // Nothing was sent that had to fail.
    assert.equal((await on.stats()).requests, before_it);
  });
}

test('the older version of Anthropic\'s wire may choose its sampling', async () => {
  const client = client_of('anthropic', on.url, {'anthropic-version': '2023-06-01'});
  await client.ask({model: 'via-openai', ...ask_anthropic({temperature: 0.5})});
  assert.equal((await on.arrived()).body.temperature, 0.5);
});

// -- other endpoints ---------------------------------------------------------

test('texts are embedded by the other wire that embeds', async () => {
  const made = await on.clients.openai.sdk.embeddings.create(
    {model: 'via-gemini', input: ['one', 'two'], dimensions: 8, encoding_format: 'float'});
  assert.deepEqual(made.data.map((one) => [one.index, one.embedding.length]), [[0, 8], [1, 8]]);
  const other = await on.clients.gemini.sdk.models.embedContent(
    {model: 'via-openai', contents: ['one', 'two'], config: {outputDimensionality: 8}});
  assert.deepEqual(other.embeddings.map((one) => one.values.length), [8, 8]);
});

test('endpoints without an equal say so', async () => {
  const sdk = on.clients.openai.sdk;
  const asks = [() => sdk.responses.create({model: 'via-anthropic', input: 'x'}),
                () => sdk.completions.create({model: 'via-gemini', prompt: 'x'}),
                () => sdk.embeddings.create({model: 'via-anthropic', input: 'x'})];
  for (const one of asks) {
    const error = await fault_of('openai', one());
    assert.ok(error.status === 400 || error.status === 404, `${error.status} ${error.message}`);
    assert.match(error.message, /via-|wire|protocol/);
  }
});

test('every pair still serves', async () => {
  for (const client of wires)
    for (const provider of wires)
      assert.match((await on.clients[client].ask({model: `via-${provider}`, ...hello[client]})).text, /^You said: hello/);
});
