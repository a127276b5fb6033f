// A faulty attempt is tried again on another key, and the client never notices.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {chat, get, pair, post, providers, quick_retry, secrets, simulator, troupe} from './support/troupe.mjs';

let stage;
before(async () => { stage = await pair({simulate: ['--dead-key', 'sk-e2e-dead-key']}); });
after(() => stage?.stop());

const ask = (model, more, headers) =>
  post(`${stage.url}/v1/chat/completions`, chat('hello', {model, ...more}), headers);

test('one 503 is hidden by a second attempt on the other key', async () => {
  const answer = await ask('sim-once-503-plain');
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers.get('x-troupe-attempts'), '2');
});

test('one 503 before a stream begins is hidden as well', async () => {
  const answer = await ask('sim-once-503-stream', {stream: true});
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers.get('x-troupe-attempts'), '2');
  assert.match(answer.text, /data: \[DONE\]/);
});

test('on each wire one 503 is hidden', async () => {
  const anthropic = await post(`${stage.url}/v1/messages`,
    {model: 'sim-once-503-a', max_tokens: 9, messages: [{role: 'user', content: 'x'}]},
    {'anthropic-version': '2023-06-01'});
  assert.equal(anthropic.status, 200, anthropic.text);
  assert.equal(anthropic.headers.get('x-troupe-attempts'), '2');
  const gemini = await post(`${stage.url}/v1beta/models/sim-once-503-g:generateContent`,
                            {contents: [{role: 'user', parts: [{text: 'x'}]}]});
  assert.equal(gemini.status, 200, gemini.text);
  assert.equal(gemini.headers.get('x-troupe-attempts'), '2');
});

test('after the last attempt the client is told not to retry', async () => {
  const answer = await ask('sim-fault-503');
  assert.equal(answer.status, 503, answer.text);
  assert.equal(answer.headers.get('x-should-retry'), 'false');
  assert.equal(answer.headers.get('x-troupe-attempts'), String(quick_retry.attempts));
});

test('a request that is at fault itself is not tried again', async () => {
  const answer = await ask('sim-fault-400');
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.headers.get('x-troupe-attempts'), '1');
});

test('a reset connection is tried again, then answered in JSON', async () => {
  const answer = await ask('sim-reset');
  assert.ok([502, 503].includes(answer.status), answer.text);
  assert.equal(typeof answer.json.error.message, 'string');
});

test('five faults in a row open the breaker, and the client hears when to come back', async () => {
  const lone = await troupe({providers: [{...providers(stage.sim.url)[0], keys: [secrets.openai[0]],
                                          breaker: {open_after: 5}, waiting: {time: '1s'},
                                          retry: {...quick_retry, attempts: 6}}]});
  try {
    await post(`${lone.url}/v1/chat/completions`, chat('x', {model: 'sim-fault-503'}));
    const answer = await post(`${lone.url}/v1/chat/completions`, chat());
    assert.ok([429, 503].includes(answer.status), `${answer.status} ${answer.text}`);
    const wait_s = Number(answer.headers.get('retry-after'));
    assert.ok(wait_s >= 1 && wait_s <= 20, `retry-after: ${answer.headers.get('retry-after')}`);
  } finally {
    await lone.stop();
  }
});

test('a key the provider refuses is left alone, and the other one serves', async () => {
  const both = await troupe({providers: [{...providers(stage.sim.url)[0],
                                          keys: ['sk-e2e-dead-key', secrets.openai[0]]}]});
  try {
    for (let i = 0; i < 4; ++i) {
      const answer = await post(`${both.url}/v1/chat/completions`, chat());
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers.get('x-troupe-key'), 'openai-2');
    }
  } finally {
    await both.stop();
  }
});

test('every request is answered though half of the attempts fail', async () => {
  const flaky = await pair({simulate: ['--seed', '7'], settings: {routing: {retry_budget: '1000%'}},
    change: {retry: {...quick_retry, attempts: 12}, breaker: {open_after: 1000}}});
  try {
    const statuses = await Promise.all(Array.from({length: 200}, async () =>
      (await post(`${flaky.url}/v1/chat/completions`, chat('x', {model: 'sim-flaky-50'}))).status));
    assert.deepEqual([...new Set(statuses)], [200]);
  } finally {
    await flaky.stop();
  }
});

test('a model is mapped to its target\'s name and nothing else changes', async () => {
  const mapped = await troupe({providers: providers(stage.sim.url),
    models: [{name: 'fast', targets: [{provider: 'openai', model: 'gpt-4o-mini'}]}]});
  try {
    const answer = await post(`${mapped.url}/v1/chat/completions`, chat('hello', {model: 'fast'}));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('x-troupe-model'), 'gpt-4o-mini');
    const names = (await get(`${mapped.url}/v1/models`)).json.data.map((model) => model.id);
    assert.ok(names.includes('fast'), names.join());
  } finally {
    await mapped.stop();
  }
});

test('a provider that listens nowhere is a clear 502 or 503', async () => {
  const gone = await simulator();
  const url = gone.url;
  await gone.stop();
  const alone = await troupe({providers: providers(url)});
  try {
    const answer = await post(`${alone.url}/v1/chat/completions`, chat());
    assert.ok([502, 503].includes(answer.status), answer.text);
    assert.equal(answer.headers.get('x-should-retry'), 'false');
  } finally {
    await alone.stop();
  }
});
