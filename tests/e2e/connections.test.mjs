// Many connections, slow ones, and silent ones.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {after, before, test} from 'node:test';
import {Raw} from './support/raw.mjs';
import {pair, serves} from './support/troupe.mjs';

let stage;
before(async () => {
  stage = await pair({settings: {http: {header_timeout: '1s', idle_timeout: '2s'}}});
});
after(() => stage?.stop());

const hold_s = {open: 60, all: 100};

test('10,000 connections at once all get an answer', {timeout: hold_s.all * 1000}, async () => {
  // Connections that rest between two requests must not be cut meanwhile.
  const wide = await pair({kind: 'release', settings: {http: {idle_timeout: `${hold_s.open}s`, header_timeout: `${hold_s.open}s`}}});
  try {
    const child = spawn('python3', ['crowd.py', String(wide.gateway.port), '10000'], {stdio: ['ignore', 'pipe', 'inherit']});
    let text = '';
    child.stdout.on('data', (bytes) => (text += bytes));
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 0, text);
    assert.match(text, /^open 10000 answered 10000 again 10000 chats 500\n$/);
    await serves(wide.gateway);
  } finally {
    await wide.stop();
  }
});

const seconds = async (raw) => {
  const start = performance.now();
  await raw.drained(10_000);
  return (performance.now() - start) / 1000;
};

test('a client that is slow with its header is cut in time', async () => {
  const raw = await Raw.connect(stage.gateway.port);
  raw.send('POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\n');
  const drip = setInterval(() => raw.send('X-Slow: 1\r\n'), 100);
  const took = await seconds(raw);
  clearInterval(drip);
  assert.ok(took > 0.5 && took < 5, `${took} s`);
  assert.ok(raw.text === '' || /^HTTP\/1\.1 408 /.test(raw.text), raw.text);
  await serves(stage.gateway);
});

test('a client that never says a word is cut in time', async () => {
  const raw = await Raw.connect(stage.gateway.port);
  const took = await seconds(raw);
  assert.ok(took < 6, `${took} s`);
  assert.equal(raw.text.match(/HTTP\/1\.1 2/), null);
});

test('a body that stops coming is cut in time', async () => {
  const raw = await Raw.connect(stage.gateway.port);
  raw.send('POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"model"');
  const took = await seconds(raw);
  assert.ok(took < 9, `${took} s`);
  assert.doesNotMatch(raw.text, /^HTTP\/1\.1 2/);
  await serves(stage.gateway);
});

test('a connection that rests longer than the idle timeout is closed', async () => {
  const raw = await Raw.connect(stage.gateway.port);
  raw.send('GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n');
  await raw.until(/^HTTP\/1\.1 200 /);
  const took = await seconds(raw);
  assert.ok(took > 1 && took < 6, `${took} s`);
});

test('past max_connections a newcomer is turned away, not left waiting', async () => {
  const small = await pair({settings: {http: {max_connections: 10}}});
  const held = [];
  try {
    for (let i = 0; i < 10; ++i) {
      const raw = await Raw.connect(small.gateway.port);
      raw.send('GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n');
      await raw.until(/^HTTP\/1\.1 200 /);
      held.push(raw);
    }
    const more = await Raw.connect(small.gateway.port);
    more.send('GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n');
    const text = await more.drained(5000);
    assert.ok(text === '' || /^HTTP\/1\.1 503 /.test(text), text);
    held.splice(0).forEach((raw) => raw.close());
    await new Promise((resolve) => setTimeout(resolve, 100));
    await serves(small.gateway);
  } finally {
    held.forEach((raw) => raw.close());
    await small.stop();
  }
});
