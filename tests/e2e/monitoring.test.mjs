// What operators see: ids, logs, metrics, health; and what nobody may see.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {chat, get, pair, post, secrets, until} from './support/troupe.mjs';

const prompt = 'The-prompt-that-must-stay-private-4711';
let stage;
const answers = [];
before(async () => {
  stage = await pair();
  const ask = async (path, body, headers) => answers.push(await post(stage.url + path, body, headers));
  const messages = [{role: 'user', content: prompt}];
  for (const model of ['gpt-4o-mini', 'sim-fault-503', 'sim-429-retry-after-ms-20', 'no-such-model', 'sim-malformed', 'sim-fault-400']) {
    await ask('/v1/chat/completions', {model, messages}, {'x-request-id': `mine-${model}`, authorization: 'Bearer sk-client-private'});
    await ask('/v1/messages', {model, messages, max_tokens: 9}, {'anthropic-version': '2023-06-01', 'x-api-key': 'sk-client-private'});
    await ask(`/v1beta/models/${model}:generateContent`, {contents: [{role: 'user', parts: [{text: prompt}]}]});
  }
  await ask('/v1/chat/completions', `{"model": "x", "messages": [${prompt}`);
});
after(() => stage?.stop());

test('the client\'s own request id comes back and is in the log', async () => {
  assert.equal(answers[0].headers.get('x-request-id'), 'mine-gpt-4o-mini');
  const line = await until(() => stage.gateway.log.find((l) => JSON.stringify(l).includes('mine-gpt-4o-mini')));
  const text = JSON.stringify(line);
  for (const word of ['openai', 'gpt-4o-mini', 'openai-']) assert.ok(text.includes(word), text);
});

test('a request id that is not sane is replaced', async () => {
  const answer = await post(`${stage.url}/v1/chat/completions`, chat(), {'x-request-id': 'a'.repeat(5000)});
  assert.equal(answer.status, 200, answer.text);
  assert.ok(answer.headers.get('x-request-id').length <= 200);
});

test('every request has exactly one line in the log', async () => {
  for (const answer of answers) {
    const id = answer.headers.get('x-request-id');
    const lines = () => stage.gateway.err.split('\n').filter((line) => line.includes(`"${id}"`));
    await until(() => lines().length > 0);
    assert.equal(lines().filter((line) => /"status"/.test(line)).length, 1, lines().join('\n'));
  }
});

test('metrics are Prometheus text and count what was asked', async () => {
  for (const path of ['/metrics', '/api/monitoring/metrics']) {
    const {text, status, headers} = await get(stage.url + path);
    assert.equal(status, 200);
    assert.match(headers.get('content-type'), /^text\/plain/);
    assert.match(text, /^# HELP api_requests_total /m);
    assert.match(text, /^api_requests_total\{[^}]*\} [1-9]/m);
    assert.match(text, /^api_request_duration_ms_bucket\{/m);
    assert.match(text, /^api_key_requests_total\{[^}]*openai-1[^}]*\} /m);
  }
  const json = await get(`${stage.url}/api/monitoring/metrics?format=json`);
  assert.equal(json.status, 200);
  assert.equal(typeof json.json, 'object');
});

test('health lists its checks with the fields of the contract', async () => {
  const {json, status} = await get(`${stage.url}/api/monitoring/health`);
  assert.ok([200, 503].includes(status));
  assert.match(json.overall, /^(healthy|degraded|unhealthy|critical)$/);
  assert.ok(json.checks.length > 0);
  for (const check of json.checks) {
    assert.equal(typeof check.component, 'string');
    assert.match(check.status, /^(healthy|degraded|unhealthy|critical)$/);
  }
  assert.ok(json.uptime > 0);
  assert.ok(Math.abs(json.timestamp - Date.now()) < 60_000);
});

test('probes answer', async () => {
  for (const path of ['/healthz', '/readyz', '/api/health']) {
    assert.equal((await get(stage.url + path)).status, 200, path);
  }
});

test('no secret and no prompt is in any log, metric, health page or error', async () => {
  const pages = await Promise.all(['/metrics', '/api/monitoring/metrics?format=json',
    '/api/monitoring/health', '/v1/models'].map(async (path) => (await get(stage.url + path)).text));
  // Last, because it ends what the keys may do.
  answers.push(await post(`${stage.url}/v1/chat/completions`,
                          {model: 'sim-fault-401', messages: [{role: 'user', content: prompt}]}));
  const errors = answers.filter((answer) => answer.status !== 200);
  assert.ok(errors.length > 10);
  const everything = {
    log: stage.gateway.err + stage.gateway.out, pages: pages.join('\n'),
    errors: errors.map((answer) => answer.text + JSON.stringify([...answer.headers])).join('\n'),
    headers: answers.map((answer) => JSON.stringify([...answer.headers])).join('\n'),
  };
  const hidden = [...Object.values(secrets).flat(), prompt, 'sk-client-private'];
  for (const [where, text] of Object.entries(everything)) {
    for (const word of hidden) assert.ok(!text.includes(word), `${word} is in ${where}`);
  }
});
