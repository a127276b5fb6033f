// Bytes on the port: what HTTP/1.1 allows is served, what smuggles is refused.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';
import {Raw, answers, exchange} from './support/raw.mjs';
import {chat, pair, serves} from './support/troupe.mjs';

let stage, port;
before(async () => {
  stage = await pair();
  port = stage.gateway.port;
});
after(() => stage?.stop());
afterEach(() => serves(stage.gateway));

const body = JSON.stringify(chat());
const head = (...lines) =>
  ['POST /v1/chat/completions HTTP/1.1', 'Host: troupe', 'Content-Type: application/json', ...lines].join('\r\n') + '\r\n\r\n';
const whole = (...lines) => head(`Content-Length: ${body.length}`, ...lines) + body;

test('pipelined requests are answered in their order', async () => {
  const ids = Array.from({length: 20}, (_, i) => `order-${i}`);
  const text = ids.map((id, i) => i % 2
    ? `GET /healthz HTTP/1.1\r\nHost: t\r\nx-request-id: ${id}\r\n\r\n` : whole(`x-request-id: ${id}`)).join('');
  const last = 'GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n';
  const got = answers(await exchange(port, text + last));
  assert.equal(got.length, ids.length + 1);
  assert.deepEqual(got.slice(0, -1).map((a) => a.head.match(/x-request-id: *(\S+)/i)[1]), ids);
  assert.ok(got.every((a) => a.status === 200));
});

test('a request that arrives a byte at a time is served', async () => {
  const raw = await Raw.connect(port);
  for (const byte of whole('Connection: close')) raw.send(byte);
  assert.match(await raw.drained(), /^HTTP\/1\.1 200 /);
});

test('a chunked body is served', async () => {
  const chunks = body.match(/.{1,7}/gs).map((c) => `${c.length.toString(16)}\r\n${c}\r\n`).join('') + '0\r\n\r\n';
  assert.match(await exchange(port, head('Transfer-Encoding: chunked', 'Connection: close') + chunks), /^HTTP\/1\.1 200 /);
});

test('a chunked body with extensions and trailers is served', async () => {
  const chunks = `${body.length.toString(16)};name=value\r\n${body}\r\n0\r\nX-Trailer: 1\r\n\r\n`;
  assert.match(await exchange(port, head('Transfer-Encoding: chunked', 'Connection: close') + chunks), /^HTTP\/1\.1 200 /);
});

test('a chunked body past the limit is a 413', async () => {
  const raw = await Raw.connect(port);
  raw.send(head('Transfer-Encoding: chunked'));
  const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`;
  for (let i = 0; i < 33 && !raw.closed; ++i) raw.send(chunk);
  assert.ok(await raw.until(/^HTTP\/1\.1 413 /), 'closed without an answer');
  raw.close();
});

test('Expect: 100-continue is answered before the body comes', async () => {
  const raw = await Raw.connect(port);
  raw.send(head(`Content-Length: ${body.length}`, 'Expect: 100-continue', 'Connection: close'));
  assert.ok(await raw.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/));
  raw.send(body);
  assert.match(await raw.drained(), /\r\n\r\nHTTP\/1\.1 200 /);
});

test('Expect: 100-continue for a body too large is a 413 at once', async () => {
  const raw = await Raw.connect(port);
  raw.send(head(`Content-Length: ${33 << 20}`, 'Expect: 100-continue'));
  assert.ok(await raw.until(/^HTTP\/1\.1 413 /));
  raw.close();
});

test('HTTP/1.0 is answered and closed', async () => {
  const text = await exchange(port, 'GET /healthz HTTP/1.0\r\n\r\n');
  assert.match(text, /^HTTP\/1\.[01] 200 /);
});

test('HTTP/1.0 never gets a chunked stream', async () => {
  const streamed = JSON.stringify(chat('x', {stream: true}));
  const text = await exchange(port, 'POST /v1/chat/completions HTTP/1.0\r\nContent-Type: application/json\r\n'
    + `Content-Length: ${streamed.length}\r\n\r\n${streamed}`);
  assert.match(text, /^HTTP\/1\.[01] 200 /);
  assert.doesNotMatch(text, /transfer-encoding/i);
  assert.match(text, /data: \[DONE\]/);
});

test('HEAD is answered without a body', async () => {
  const text = await exchange(port, 'HEAD /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n');
  assert.match(text, /^HTTP\/1\.1 200 /);
  assert.ok(text.endsWith('\r\n\r\n'), text);
});

test('a connection that closes without a word, or in the middle, is no event', async () => {
  for (const text of ['', 'P', 'POST /v1/chat', head('Content-Length: 100') + '{"model"', head('Transfer-Encoding: chunked') + '5\r\nab']) {
    const raw = await Raw.connect(port);
    raw.send(text);
    raw.socket.end();
    await raw.drained();
    raw.close();
  }
});

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n';
const refused = {
  'both lengths': head(`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked') + '0\r\n\r\n' + smuggled,
  'two different lengths': head('Content-Length: 4', `Content-Length: ${body.length}`) + body,
  'a list of lengths': head(`Content-Length: ${body.length}, 4`) + body,
  'a negative length': head('Content-Length: -1') + smuggled,
  'a length with a sign': head(`Content-Length: +${body.length}`) + body,
  'a hexadecimal length': head('Content-Length: 0x10') + smuggled,
  'a length past 64 bits': head('Content-Length: 18446744073709551617') + smuggled,
  'an unknown coding': head('Transfer-Encoding: gzip') + '0\r\n\r\n' + smuggled,
  'a hidden coding': head('Transfer-Encoding: xchunked') + '0\r\n\r\n' + smuggled,
  'chunked twice': head('Transfer-Encoding: chunked, chunked') + '0\r\n\r\n' + smuggled,
  'chunked not last': head('Transfer-Encoding: chunked, identity') + '0\r\n\r\n' + smuggled,
  'a space before the colon': head(`Content-Length : ${body.length}`) + body,
  'a bare line feed in the head': whole().replace('\r\nHost', '\nHost'),
  'a bare carriage return in a value': whole('X-Split: a\rb'),
  'a NUL in a value': whole('X-Nul: a\0b'),
  'a header without a name': whole(': nameless'),
  'a header without a colon': whole('nocolon'),
  'a space in the target': `GET /healthz /x HTTP/1.1\r\nHost: t\r\n\r\n`,
  'an unknown version': 'GET /healthz HTTP/2.7\r\nHost: t\r\n\r\n',
  'a chunk size that is none': head('Transfer-Encoding: chunked') + 'zz\r\n' + smuggled,
  'a chunk size past 64 bits': head('Transfer-Encoding: chunked') + 'fffffffffffffffff\r\n' + smuggled,
  'a chunk without its end': head('Transfer-Encoding: chunked') + '3\r\nabcdef\r\n0\r\n\r\n' + smuggled,
};
for (const [name, text] of Object.entries(refused)) {
  test(`${name} is refused and the connection closed`, async () => {
    const got = await exchange(port, text);
    const statuses = [...got.matchAll(/HTTP\/1\.[01] (\d+) /g)].map((match) => match[1]);
    assert.equal(statuses.length, 1, `one answer, not ${statuses}: ${got.slice(0, 300)}`);
    assert.match(statuses[0], /^(400|411|413|431|501|505)$/, got.slice(0, 300));
  });
}

// RFC 9112, 5.2, lets a server refuse a folded line or read it as one.
test('a folded header hides no length', async () => {
  const got = answers(await exchange(port, head('X-Folded: a\r\n Content-Length: 4', 'Connection: close',
                                                `Content-Length: ${body.length}`) + body));
  assert.equal(got.length, 1);
  assert.ok([200, 400].includes(got[0].status));
});

test('garbage on the port is refused or ignored', async () => {
  let seed = 1;
  const random = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  for (let round = 0; round < 50; ++round) {
    const bytes = Array.from({length: 1 + Math.floor(random() * 3000)}, () => String.fromCharCode(Math.floor(random() * 256))).join('');
    const raw = await Raw.connect(port);
    raw.send(bytes);
    raw.socket.end();
    assert.doesNotMatch(await raw.drained(), /^HTTP\/1\.1 2/);
    raw.close();
  }
});

test('a TLS hello on the plain port is refused', async () => {
  const got = await exchange(port, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + 'a'.repeat(508) + '\r\n\r\n');
  assert.doesNotMatch(got, /^HTTP\/1\.1 2/);
});
