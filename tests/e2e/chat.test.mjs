// /api/chat: one message in, one reply out, or a stream of pieces.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {pair, post} from './support/troupe.mjs';

let stage;
before(async () => { stage = await pair({kind: 'release'}); });
after(() => stage?.stop());

test('a message gets a reply', async () => {
  const answer = await post(`${stage.url}/api/chat`, {message: 'Say hello'});
  assert.equal(answer.status, 200, answer.text);
  assert.ok(answer.json.reply.length > 0);
});

test('a reply streams as events for who accepts them', async () => {
  const answer = await post(`${stage.url}/api/chat`, {message: 'Say hello'}, {accept: 'text/event-stream'});
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers.get('content-type'), /^text\/event-stream/);
  assert.ok(answer.text.split('\n\n').length > 2, answer.text);
});

test('a missing message is a 400 that names it', async () => {
  const answer = await post(`${stage.url}/api/chat`, {massage: 'x'});
  assert.equal(answer.status, 400);
  assert.match(answer.json.error.message, /message/);
  assert.equal(answer.json.error.request_id, answer.headers.get('x-request-id'));
});
