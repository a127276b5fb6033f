// Answers given again from the cache, to the wires' own clients: the same answer,
// whole or as a stream, whatever way it first came; and what is never given again.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import {GoogleGenAI} from '@google/genai';
import OpenAI from 'openai';
import {chat, get, pair, post, providers, troupe, until} from './support/troupe.mjs';
import {completion, piece, upstream} from './support/upstream.mjs';

const guests = {alice: 'sk-alice-cache-e2e', bob: 'sk-bob-cache-e2e', carol: 'sk-carol-cache-e2e'};
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
/// Alice and Carol are one tenant, Bob is another.
const clients = Object.entries(guests).map(([name, key]) =>
  ({name, key_sha256: sha256(key), tenant: name === 'bob' ? 'other' : 'one'}));

let it;
before(async () => { it = await pair({settings: {auth: {mode: 'required', clients}}}); });
after(() => it?.stop());

const asked_upstream = async () => (await get(`${it.sim.url}/_sim/stats?attempts=0`)).json.requests;
/// How often the provider was asked meanwhile.
async function calls(what) {
  const before = await asked_upstream();
  const result = await what();
  return [await asked_upstream() - before, result];
}

let made = 0;
/// A question that nobody has asked before.
const fresh = () => `question ${++made} of ${process.pid}`;
const as = (who, more = {}) => ({authorization: `Bearer ${guests[who]}`, ...more});
/// How it was answered by one who does not come in while the call before is
/// still on its way into the cache.
const landed = (say) => until(async () => {
  const how = use(await say());
  return how !== 'coalesced' && how;
});

const ask = (body, headers = {}, who = 'alice') =>
  post(`${it.url}/v1/chat/completions`, {temperature: 0, ...body}, as(who, headers));
const use = (answer) => answer.headers.get('x-troupe-cache');

test('gives the same answer again without asking the provider', async () => {
  const body = chat(fresh());
  const [first, miss] = await calls(() => ask(body));
  const [second, hit] = await calls(() => ask(body));
  assert.deepEqual([first, use(miss), second, use(hit)], [1, 'miss', 0, 'hit']);
  assert.deepEqual(hit.json.choices, miss.json.choices);
  assert.equal(hit.headers.get('age'), '0');
  assert.equal(hit.headers.get('x-troupe-attempts'), '0');
  assert.equal(hit.headers.get('x-troupe-provider'), 'openai');
  assert.equal(hit.headers.get('x-troupe-model'), miss.headers.get('x-troupe-model'));
  assert.notEqual(hit.headers.get('x-request-id'), miss.headers.get('x-request-id'));
});

test('says that a kept answer costs nothing, and what it cost once', async () => {
  const body = chat(fresh());
  const miss = await ask(body);
  const {usage} = (await ask(body)).json;
  assert.deepEqual([usage.prompt_tokens, usage.completion_tokens, usage.total_tokens], [0, 0, 0]);
  assert.deepEqual(usage.troupe, {cached: true, input_tokens: miss.json.usage.prompt_tokens,
                                  output_tokens: miss.json.usage.completion_tokens});
});

test('counts what was saved', async () => {
  const saved = async () => Number((await get(`${it.url}/metrics`)).text
      .match(/troupe_cache_saved_tokens_total\{cache="completion",kind="output"\} (\d+)/)?.[1] ?? 0);
  const body = chat(fresh());
  const miss = await ask(body);
  const before = await saved();
  await ask(body);
  assert.equal(await saved() - before, miss.json.usage.completion_tokens);
});

test('shows how old an answer is, and minds how old it may be', async () => {
  const body = chat(fresh());
  await ask(body);
  await sleep(1100);
  assert.equal((await ask(body)).headers.get('age'), '1');
  assert.equal(await landed(() => ask(body, {'cache-control': 'max-age=100'})), 'hit');
  assert.equal(use(await ask(body, {'cache-control': 'max-age=0'})), 'miss');
});

test('does not care in which order and how a request is spelled', async () => {
  const content = fresh();
  await ask(chat(content, {top_p: 1}));
  const spelled = `{ "top_p": 1.0,\n"temperature":0.0, "messages":[{"content":${
    JSON.stringify(content).replace('q', '\\u0071')},"role":"user"}], "model":"gpt-4o-mini" }`;
  const answer = await post(`${it.url}/v1/chat/completions`, spelled, as('alice'));
  assert.equal(use(answer), 'hit');
  assert.equal(use(await ask(chat(content, {top_p: 0.5}))), 'miss');
});

test('keeps tenants apart, and lets the clients of one share', async () => {
  const body = chat(fresh());
  await ask(body);
  assert.equal(use(await ask(body, {}, 'bob')), 'miss');
  assert.equal(await landed(() => ask(body, {}, 'carol')), 'hit');
});

test('tells nobody who may not come in what it keeps', async () => {
  const body = {...chat(fresh()), temperature: 0};
  await ask(body);
  for (const headers of [{}, {authorization: 'Bearer sk-nobody'}, {'cache-control': 'only-if-cached'}]) {
    const answer = await post(`${it.url}/v1/chat/completions`, body, headers);
    assert.equal(answer.status, 401);
    assert.equal(use(answer), null);
  }
});

test('takes the word of the client', async () => {
  const body = {...chat(fresh()), temperature: 1};
  const say = (words, more = {}) => ask(body, {'x-troupe-cache': words, ...more});
  assert.equal(use(await ask(body)), 'bypass');
  assert.equal(use(await say('on')), 'miss');
  assert.equal(await landed(() => say('on')), 'hit');
  assert.equal(use(await ask(body)), 'bypass');
  assert.equal(use(await say('off')), 'bypass');
  assert.equal(use(await say('on', {'cache-control': 'no-store'})), 'bypass');
  const bad = await say('sometimes');
  assert.equal(bad.status, 400);
  assert.match(bad.text, /x-troupe-cache/);
});

test('refreshes what it keeps', async () => {
  const body = chat(fresh());
  const [, old] = await calls(() => ask(body));
  const [asked, renewed] = await calls(() => ask(body, {'x-troupe-cache': 'refresh'}));
  assert.deepEqual([asked, use(renewed)], [1, 'miss']);
  assert.notEqual(renewed.json.id, old.json.id);
  assert.equal((await ask(body)).json.id, renewed.json.id);
  assert.equal(use(await ask(body, {'cache-control': 'no-cache'})), 'miss');
});

test('answers only-if-cached from the cache or with a 504', async () => {
  const body = chat(fresh());
  const [asked, none] = await calls(() => ask(body, {'cache-control': 'only-if-cached'}));
  assert.deepEqual([asked, none.status, none.json.error.code], [0, 504, 'not_cached']);
  await ask(body);
  assert.equal(await landed(() => ask(body, {'cache-control': 'only-if-cached'})), 'hit');
  const random = await ask({...body, temperature: 1}, {'cache-control': 'only-if-cached'});
  assert.equal(random.status, 504);
});

test('keeps an answer only as long as the client wants', async () => {
  const body = chat(fresh());
  await ask(body, {'x-troupe-cache-ttl': '1'});
  assert.equal(await landed(() => ask(body)), 'hit');
  await sleep(1200);
  assert.equal(use(await ask(body)), 'miss');
});

test('writes down how an answer came about', async () => {
  const body = chat(fresh());
  const ids = [await ask(body), await ask(body)].map((answer) => answer.headers.get('x-request-id'));
  const lines = await Promise.all(ids.map((id) => until(() =>
    it.gateway.log.find((line) => line.id === id && line.route))));
  assert.deepEqual(lines.map((line) => line.cache), ['miss', 'hit']);
  assert.equal(lines[0].provider, 'openai');
  assert.ok(lines[0].tokens_out > 0);
});

// -- what is never kept

const tools = [{type: 'function', function: {name: 'get_weather', parameters: {type: 'object', properties: {}}}}];
const unkept = {
  'answers that call tools': () => chat(`weather ${fresh()}`, {tools}),
  'answers cut by a limit': () => chat(fresh(), {max_tokens: 2}),
  'filtered answers': () => chat(fresh(), {model: 'sim-filter'}),
  'refusals': () => chat(fresh(), {model: 'sim-fault-400'}),
  'faults': () => chat(fresh(), {model: 'sim-503'}),
};
for (const [what, body_of] of Object.entries(unkept))
  for (const stream of [false, true])
    test(`never keeps ${what}${stream ? ', streamed' : ''}`, async () => {
      const body = {...body_of(), stream};
      await ask(body);
      const [asked, again] = await calls(() => ask(body));
      assert.ok(asked >= 1, 'it was not asked again');
      assert.notEqual(use(again), 'hit');
    });

test('keeps answers up to 1 MiB', async () => {
  const server = await upstream((request, response, body) => {
    const {messages: [{content}], stream} = JSON.parse(body);
    const size = Number(content);
    response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json');
    if (!stream) return response.end(completion.replace('hello', 'x'.repeat(size - completion.length)));
    for (let at = completion.length; at < size; at += 1000) response.write(piece('x'.repeat(Math.min(1000, size - at))));
    response.end(piece('').replace('null', '"stop"') + 'data: [DONE]\n\n');
  });
  const gateway = await troupe({providers: providers(server.url)});
  try {
    const mib = 1 << 20;
    for (const stream of [false, true])
      for (const [size, expected] of [[mib - 1000, 'hit'], [mib + 1000, 'miss']]) {
        const body = chat(String(size), {temperature: 0, stream, top_p: stream ? 1 : 0.5});
        const say = () => post(`${gateway.url}/v1/chat/completions`, body);
        assert.equal(use(await say()), 'miss');
        assert.equal(await landed(() => say()), expected, `${size} bytes${stream ? ', streamed' : ''}`);
      }
  } finally {
    await gateway.stop();
    await server.stop();
  }
});

for (const fault of ['cut', 'malformed', 'error-event'])
  test(`never keeps a stream that ends in ${fault}`, async () => {
    const body = chat(fresh(), {model: `sim-${fault}`, stream: true});
    await ask(body).catch(() => {});
    const [asked] = await calls(() => ask(body).catch(() => {}));
    assert.ok(asked >= 1);
  });

test('keeps answers that call tools if it is told to', async () => {
  const body = chat(`weather ${fresh()}`, {tools});
  const miss = await ask(body, {'x-troupe-cache': 'tools'});
  const hit = await ask(body, {'x-troupe-cache': 'tools'});
  assert.equal(use(hit), 'hit');
  assert.deepEqual(hit.json.choices, miss.json.choices);
});

// -- the wires' own clients

const key = guests.alice;
const openai = () => new OpenAI({apiKey: key, baseURL: `${it.url}/v1`, maxRetries: 0});
const anthropic = () => new Anthropic(
  {apiKey: key, baseURL: it.url, maxRetries: 0, defaultHeaders: {'x-troupe-cache': 'on'}});
const gemini = () => new GoogleGenAI({apiKey: key, httpOptions: {baseUrl: it.url}});

/// Each asks by one way and returns the text and the usage.
const sdks = {
  'OpenAI chat': {
    async whole(content) {
      const a = await openai().chat.completions.create({...chat(content), temperature: 0});
      return [a.choices[0].message.content, a.usage.total_tokens];
    },
    async stream(content) {
      const all = openai().chat.completions.stream({...chat(content), temperature: 0,
                                                    stream_options: {include_usage: true}});
      const a = await all.finalChatCompletion();
      return [a.choices[0].message.content, a.usage.total_tokens];
    },
  },
  'OpenAI responses': {
    async whole(input) {
      const a = await openai().responses.create({model: 'm', input, temperature: 0, store: false});
      return [a.output_text, a.usage.total_tokens];
    },
    async stream(input) {
      const a = await openai().responses.stream({model: 'm', input, temperature: 0, store: false}).finalResponse();
      return [a.output_text, a.usage.total_tokens];
    },
  },
  'Anthropic messages': {
    async whole(content) {
      // Its newest version knows no temperature; hence the header.
      const a = await anthropic().messages.create(
        {model: 'm', max_tokens: 1000, messages: [{role: 'user', content}]});
      return [a.content[0].text, a.usage.input_tokens + a.usage.output_tokens];
    },
    async stream(content) {
      const a = await anthropic().messages.stream(
        {model: 'm', max_tokens: 1000, messages: [{role: 'user', content}]}).finalMessage();
      return [a.content[0].text, a.usage.input_tokens + a.usage.output_tokens];
    },
  },
  'Gemini': {
    async whole(contents) {
      const a = await gemini().models.generateContent({model: 'm', contents, config: {temperature: 0}});
      return [a.text, a.usageMetadata.totalTokenCount];
    },
    async stream(contents) {
      let text = '', tokens;
      for await (const part of await gemini().models.generateContentStream(
        {model: 'm', contents, config: {temperature: 0}})) {
        text += part.text ?? '';
        tokens = part.usageMetadata?.totalTokenCount ?? tokens;
      }
      return [text, tokens];
    },
  },
};
for (const [name, ways] of Object.entries(sdks))
  for (const first of ['whole', 'stream'])
    test(`${name}: what came ${first === 'whole' ? 'whole' : 'as a stream'} is given again both ways`, async () => {
      const question = fresh();
      const [asked, [text, tokens]] = await calls(() => ways[first](question));
      assert.equal(asked, 1);
      assert.ok(text.includes(question) && tokens > 0);
      for (const way of ['whole', 'stream']) {
        const [again, got] = await calls(() => ways[way](question));
        assert.equal(again, 0, `${way} asked the provider`);
        assert.deepEqual(got, [text, 0], way);
      }
    });

test('Gemini without alt=sse gets its array from the cache', async () => {
  const question = fresh();
  const path = `${it.url}/v1beta/models/m:streamGenerateContent`;
  const body = {contents: [{role: 'user', parts: [{text: question}]}], generationConfig: {temperature: 0}};
  const text = (answer) => answer.json.map((p) => p.candidates?.[0]?.content?.parts?.[0]?.text ?? '').join('');
  const headers = {'x-goog-api-key': key};
  const miss = await post(path, body, headers);
  const hit = await post(path, body, headers);
  assert.deepEqual([use(miss), use(hit)], ['miss', 'hit']);
  assert.ok(text(miss).includes(question));
  assert.equal(text(hit), text(miss));
});

test('/api/chat is answered from the cache like the others', async () => {
  const say = (more = {}) => post(`${it.url}/api/chat`, {message, ...more}, as('alice', {'x-troupe-cache': 'on'}));
  const message = fresh();
  const [asked, first] = await calls(() => say());
  const [again, second] = await calls(() => say());
  assert.deepEqual([asked, again, use(first), use(second)], [1, 0, 'miss', 'hit']);
  assert.deepEqual(second.json, first.json);
  const streamed = await say({stream: true});
  assert.equal(use(streamed), 'hit');
  assert.ok(streamed.text.includes('event: done'));
});
