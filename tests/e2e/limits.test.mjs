// Bad and big requests: each gets an answer that names what is wrong.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';
import {chat, get, pair, post, serves} from './support/troupe.mjs';

const MiB = 1024 * 1024;
let stage;
before(async () => { stage = await pair(); });
after(() => stage?.stop());
afterEach(() => serves(stage.gateway));

const ask = (body, path = '/v1/chat/completions', headers = {}) => post(stage.url + path, body, headers);

test('a body of 20 MiB passes', async () => {
  const answer = await ask(chat('x'.repeat(20 * MiB)));
  assert.equal(answer.status, 200, answer.text.slice(0, 500));
});

test('a body of 33 MiB is a 413 in the shape of each wire', async () => {
  const big = new Uint8Array(33 * MiB).fill(0x20);
  for (const [path, shaped] of [
    ['/v1/chat/completions', (j) => j.error.message],
    ['/v1/messages', (j) => j.type === 'error' && j.error.type === 'request_too_large'],
    ['/v1beta/models/gemini-2.5-flash:generateContent', (j) => j.error.code === 413],
  ]) {
    const answer = await ask(big, path);
    assert.equal(answer.status, 413, answer.text);
    assert.ok(shaped(answer.json), answer.text);
  }
});

test('invalid JSON is a 400 that says where', async () => {
  const answer = await ask('{"model": "gpt-4o-mini", "messages": [}');
  assert.equal(answer.status, 400);
  assert.match(answer.json.error.message, /\d/, answer.text);
});

const broken = {
  'an empty body': '', 'a lone number': '42', 'an array': '[]', 'null': 'null', 'half an object': '{"model"',
  'a body of NUL bytes': '\0\0\0\0', 'invalid UTF-8': Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  'a hundred thousand brackets': '['.repeat(100_000), 'a wrong type': '{"model": 5, "messages": []}',
};
for (const [name, body] of Object.entries(broken)) {
  for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses', '/v1/embeddings',
                      '/v1beta/models/gemini-2.5-flash:generateContent', '/api/chat']) {
    // Gemini's wire carries its model in the path and asks less of the body.
    if (name === 'a wrong type' && path.includes('gemini')) continue;
    test(`${name} to ${path} is a 400`, async () => {
      const answer = await ask(body, path);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(typeof answer.json.error.message, 'string');
    });
  }
}

for (const [path, body, field] of [
  ['/v1/chat/completions', {messages: []}, 'model'],
  ['/v1/messages', {max_tokens: 1, messages: []}, 'model'],
  ['/v1/responses', {input: 'x'}, 'model'],
  ['/v1/embeddings', {input: 'x'}, 'model'],
  ['/v1/completions', {prompt: 'x'}, 'model'],
  ['/api/chat', {}, 'message'],
]) {
  test(`${path} without ${field} is a 400 that names it`, async () => {
    const answer = await ask(body, path);
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.error.message, new RegExp(field));
  });
}

test('an unknown model is a 404 that names it', async () => {
  const answer = await ask(chat('x', {model: 'no-such-model'}));
  assert.equal(answer.status, 404, answer.text);
  assert.match(answer.json.error.message, /no-such-model/);
});

test('a wrong method is a 405 that says which are right', async () => {
  for (const path of ['/v1/chat/completions', '/v1/messages', '/api/chat']) {
    const answer = await get(stage.url + path);
    assert.equal(answer.status, 405, `${path}: ${answer.text}`);
    assert.match(answer.headers.get('allow') ?? '', /POST/);
    assert.equal(typeof answer.json.error.message, 'string');
  }
  const answer = await post(`${stage.url}/healthz`, '{}');
  assert.equal(answer.status, 405);
});

test('an unknown path is a 404 in JSON', async () => {
  for (const path of ['/nowhere', '/v1/nowhere', '/v1beta/models/x:dance', '/api/nowhere', '/v1/chat/completions/x']) {
    const answer = await post(stage.url + path, {});
    assert.equal(answer.status, 404, `${path}: ${answer.text}`);
    assert.equal(typeof answer.json.error.message, 'string');
  }
});

test('a header too large is a 431', async () => {
  const answer = await get(`${stage.url}/healthz`, {'x-long': 'a'.repeat(200_000)}).catch(() => null);
  // The connection may be cut while the client still sends.
  if (answer) assert.equal(answer.status, 431);
});
