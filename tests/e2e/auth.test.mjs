// Client keys: who may enter, and how each wire says no.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, test} from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import {ApiError, GoogleGenAI} from '@google/genai';
import OpenAI from 'openai';
import {Program, chat, config, get, pair, post, providers} from './support/troupe.mjs';

const good = 'troupe-client-key-1234567890';
const bad = 'troupe-client-key-wrong';
const key_sha256 = createHash('sha256').update(good).digest('hex');
const auth = {mode: 'required', clients: [{name: 'web', key_sha256}]};

let stage;
const models = [{name: 'fast', targets: [{provider: 'openai', model: 'gpt-4o-mini'}]}];
before(async () => { stage = await pair({settings: {auth, models}}); });
after(() => stage?.stop());

const wires = {
  openai: (apiKey) => new OpenAI({baseURL: `${stage.url}/v1`, apiKey, maxRetries: 0})
    .chat.completions.create(chat()),
  anthropic: (apiKey) => new Anthropic({baseURL: stage.url, apiKey, maxRetries: 0})
    .messages.create({model: 'claude-haiku-4-5', max_tokens: 9, messages: [{role: 'user', content: 'x'}]}),
  gemini: (apiKey) => new GoogleGenAI({apiKey, httpOptions: {baseUrl: stage.url}})
    .models.generateContent({model: 'gemini-2.5-flash', contents: 'x'}),
};
const refusals = {openai: OpenAI.AuthenticationError, anthropic: Anthropic.AuthenticationError, gemini: ApiError};

for (const [wire, ask] of Object.entries(wires)) {
  test(`${wire}: a known key enters`, async () => { await ask(good); });
  test(`${wire}: an unknown key is refused with 401`, async () => {
    await assert.rejects(ask(bad), (error) => {
      assert.ok(error instanceof refusals[wire], `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status, 401);
      assert.doesNotMatch(error.message, /troupe-client-key/);
      return true;
    });
  });
}

const paths = [
  ['/v1/chat/completions', chat(), (j) => j.error.message && j.error.type],
  ['/v1/responses', {model: 'gpt-4o-mini', input: 'x'}, (j) => j.error.message],
  ['/v1/embeddings', {model: 'text-embedding-3-small', input: 'x'}, (j) => j.error.message],
  ['/v1/messages', {model: 'claude-haiku-4-5', max_tokens: 9, messages: [{role: 'user', content: 'x'}]},
   (j) => j.type === 'error' && j.error.type === 'authentication_error'],
  ['/v1beta/models/gemini-2.5-flash:generateContent', {contents: []}, (j) => j.error.code === 401 && j.error.status],
  ['/api/chat', {message: 'x'}, (j) => j.error.code && j.error.request_id],
];
for (const [path, body, shaped] of paths) {
  test(`${path}: no key is a 401 in the wire's own shape`, async () => {
    const answer = await post(stage.url + path, body);
    assert.equal(answer.status, 401, answer.text);
    assert.ok(shaped(answer.json), answer.text);
  });
}

test('the key may come as bearer, x-api-key, x-goog-api-key or query', async () => {
  const gemini = '/v1beta/models/gemini-2.5-flash:generateContent';
  const contents = {contents: [{role: 'user', parts: [{text: 'x'}]}]};
  const messages = {model: 'claude-haiku-4-5', max_tokens: 9, messages: [{role: 'user', content: 'x'}]};
  for (const [path, body, headers] of [
    ['/v1/chat/completions', chat(), {authorization: `Bearer ${good}`}],
    ['/v1/messages', messages, {'x-api-key': good, 'anthropic-version': '2023-06-01'}],
    ['/v1/messages', messages, {authorization: `Bearer ${good}`, 'anthropic-version': '2023-06-01'}],
    [gemini, contents, {'x-goog-api-key': good}],
    [`${gemini}?key=${good}`, contents, {}],
  ]) {
    const answer = await post(stage.url + path, body, headers);
    assert.equal(answer.status, 200, `${path} ${JSON.stringify(headers)}: ${answer.text}`);
  }
});

test('models are listed only for who may enter; probes need no key', async () => {
  for (const path of ['/v1/models', '/v1/models/fast', '/v1beta/models']) {
    assert.equal((await get(stage.url + path)).status, 401, path);
  }
  assert.equal((await get(`${stage.url}/v1/models`, {authorization: `Bearer ${good}`})).status, 200);
  assert.equal((await get(`${stage.url}/healthz`)).status, 200);
  assert.equal((await get(`${stage.url}/readyz`)).status, 200);
});

test('no client key is ever logged', () => {
  assert.doesNotMatch(stage.gateway.err, /troupe-client-key/);
});

test('an address that is not loopback is refused without client keys', async () => {
  const open = new Program(['serve', '--config', config({
    http: {listen: '0.0.0.0:0'}, providers: providers(stage.sim.url)})]);
  const end = await open.wait(10_000);
  assert.notEqual(end.code, 0);
  assert.ok(end.code !== null, 'it listened');
  assert.match(open.err + open.out, /auth/);
});
