// A second attempt beside a slow one, and what becomes of an answer whose client
// has left: read to its usage record, or cut at once.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {chat, get, post, simulator, troupe, until} from './support/troupe.mjs';

/// The slow provider's first byte comes so late; all answers come at 100 tokens a
/// second, so that 60 take 600 ms.
const slow_ms = 1500;
const tokens = 60;

let sim, gateway;
before(async () => {
  sim = await simulator(['--slow-first', `${slow_ms}`, '--tokens-per-second', '100', '--answer-tokens', '1']);
  const provider = (name, protocol, more = {}) => ({
    name, protocol, keys: ['k1', 'k2'], base_url: sim.url + (protocol === 'openai' ? '/v1' : ''), ...more});
  const model = (name, targets, more = {}) =>
    ({name, targets: targets.map(([where, what], i) => ({provider: where, model: what, priority: i + 1})), ...more});
  const slow = ['slow', 'sim-slow-first'];
  const hedge = {after: '200ms', budget: '5%'};
  const leaving = (upstream, time = '10s') => ({disconnect: {upstream, time}});
  gateway = await troupe({
    providers: [
      provider('slow', 'openai'), provider('quick', 'openai'),
      ...['openai', 'anthropic', 'gemini'].flatMap((wire) => [
        provider(`drain-${wire}`, wire, leaving('drain')), provider(`abort-${wire}`, wire, leaving('abort')),
        provider(`short-${wire}`, wire, leaving('drain', '200ms'))]),
    ],
    models: [
      model('hedged', [slow, ['quick', 'm']], {hedge}),
      model('not-hedged', [slow, ['quick', 'm']]),
      model('hedged-quick', [['quick', 'm'], slow], {hedge}),
      model('hedged-badly', [slow, ['quick', 'sim-fault-400']], {hedge}),
      model('hedged-often', [slow, ['quick', 'm']], {hedge}),
      ...['drain', 'abort', 'short'].flatMap((way) => ['openai', 'anthropic', 'gemini'].map((wire) =>
        model(`${way}-${wire}`, [[`${way}-${wire}`, `sim-tokens-${tokens}`]]))),
    ],
  }, {kind: 'release'});
});
after(async () => {
  try { await gateway?.stop(); } finally { await sim?.stop(); }
});

/// The sum of a metric over the series that have all of `labels`.
async function metric(name, labels = {}) {
  const {text} = await get(`${gateway.url}/metrics`);
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
const hedges = () => metric('troupe_router_hedges_total');
const stats = async () => (await get(`${sim.url}/_sim/stats?attempts=0`)).json;

async function timed(model, more = {}) {
  const began = performance.now();
  const answer = await post(`${gateway.url}/v1/chat/completions`, {...chat('hello', more), model});
  return {...answer, took: performance.now() - began, from: answer.headers.get('x-troupe-provider')};
}

// -- hedging -----------------------------------------------------------------

test('a slow answer is overtaken by a second attempt', async () => {
  const [hedged_before, {left}] = [await hedges(), await stats()];
  const answer = await timed('hedged');
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.from, 'quick');
  assert.ok(answer.took >= 200 && answer.took < slow_ms - 300, `${answer.took} ms`);
  assert.match(answer.json.choices[0].message.content, /^You said: hello/);
  assert.equal(await hedges(), hedged_before + 1);
  assert.equal(await metric('troupe_router_hedges_total', {provider: 'quick'}), hedged_before + 1);
  // The loser is not read on: nobody wants its answer.
  await until(async () => (await stats()).left === left + 1, 1000, 'the slow attempt to be cut');
});

test('a quick answer has nothing beside it', async () => {
  const [hedged_before, {requests}] = [await hedges(), await stats()];
  const answer = await timed('hedged-quick');
  assert.equal(answer.from, 'quick');
  assert.equal(await hedges(), hedged_before);
  assert.equal((await stats()).requests, requests + 1);
});

test('a model without the setting waits', async () => {
  const answer = await timed('not-hedged');
  assert.deepEqual([answer.status, answer.from], [200, 'slow']);
  assert.ok(answer.took >= slow_ms, `${answer.took} ms`);
});

test('streams are not hedged', async () => {
  const hedged_before = await hedges();
  const answer = await timed('hedged', {stream: true});
  assert.deepEqual([answer.status, answer.from], [200, 'slow']);
  assert.match(answer.text, /data: \[DONE\]/);
  assert.equal(await hedges(), hedged_before);
});

test('a second attempt that fails does not hurt the first', async () => {
  const hedged_before = await hedges();
  const answer = await timed('hedged-badly');
  assert.deepEqual([answer.status, answer.from], [200, 'slow'], answer.text);
  assert.equal(await hedges(), hedged_before + 1);
});

test('the budget limits them', async () => {
  // Ten in ten seconds are free; 5% of fourteen calls add none.
  const hedged_before = await hedges();
  const answers = await Promise.all(Array.from({length: 14}, () => timed('hedged-often')));
  assert.ok(answers.every((answer) => answer.status === 200));
  const overtaken = answers.filter((answer) => answer.from === 'quick');
  assert.equal(await hedges() - hedged_before, 10);
  assert.equal(overtaken.length, 10);
  assert.ok(answers.filter((answer) => answer.from === 'slow').every((answer) => answer.took >= slow_ms));
});

// -- clients that leave ------------------------------------------------------

const asks = {
  openai: (model, stream) => ['/v1/chat/completions', {...chat('hello'), model, stream}],
  anthropic: (model, stream) => ['/v1/messages', {...chat('hello'), model, stream, max_tokens: 500}],
  gemini: (model, stream) => [`/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
                              {contents: [{role: 'user', parts: [{text: 'hello'}]}]}],
};

/// Asks and leaves: in the middle of a stream's text, or while a whole answer is
/// still being made.
async function leave_early(client, model, way) {
  const gone = new AbortController();
  const [path, body] = asks[client](model, way === 'streamed');
  const answer = fetch(gateway.url + path, {
    method: 'POST', body: JSON.stringify(body), signal: gone.signal,
    headers: {'content-type': 'application/json', 'anthropic-version': '2023-06-01'}});
  if (way === 'streamed') {
    const reader = (await answer).body.getReader();
    for (let text = ''; !text.includes('You said'); ) {
      const {value, done} = await reader.read();
      assert.ok(!done, text);
      text += Buffer.from(value).toString();
    }
  } else {
    await sleep(150);
  }
  gone.abort();
  await answer.catch(() => {});
}

/// Output tokens that were accounted to a provider.
const metered = (provider) => metric('troupe_model_tokens_total', {provider, kind: 'output'});

const pairs = [['openai', 'openai'], ['anthropic', 'anthropic'], ['gemini', 'gemini'], ['openai', 'anthropic'],
               ['anthropic', 'gemini'], ['gemini', 'openai']];

for (const way of ['streamed', 'plain'])
  for (const [client, wire] of pairs) {
    test(`${client} -> ${wire}: ${way} and left, the answer is drained and metered once`, async () => {
      const provider = `drain-${wire}`;
      const [so_far, {left}] = [await metered(provider), (await stats())];
      await leave_early(client, provider, way);
      await until(async () => (await metered(provider)) > so_far, 3000, 'the usage of the drained answer');
      assert.equal(await metered(provider) - so_far, tokens);
      assert.equal((await stats()).left, left, 'the provider was cut off');
    });

    test(`${client} -> ${wire}: ${way} and left, the provider is cut off if so set`, async () => {
      const provider = `abort-${wire}`;
      const [so_far, {left}] = [await metered(provider), (await stats())];
      await leave_early(client, provider, way);
      const began = performance.now();
      await until(async () => (await stats()).left === left + 1, 1000, 'the provider to be cut off');
      const took = performance.now() - began;
      assert.ok(took < 300, `${took} ms`);
      assert.ok(await metered(provider) - so_far < tokens);
    });
  }

test('draining ends when its time is up', async () => {
  const {left} = await stats();
  await leave_early('openai', 'short-openai', 'plain');
  await until(async () => (await stats()).left === left + 1, 1000, 'the provider to be cut off');
});

test('a client that stays is metered the same', async () => {
  const so_far = await metered('drain-openai');
  assert.equal((await timed('drain-openai')).status, 200);
  await until(async () => (await metered('drain-openai')) - so_far === tokens, 1000, 'the usage');
});
