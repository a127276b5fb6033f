// Streams under stress: slow readers, clients that leave, providers that stall,
// cut or lie.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {after, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {Raw} from './support/raw.mjs';
import {chat, config, post, providers, Program, serves, until} from './support/troupe.mjs';
import {bare_upstream, completion, event_stream, piece, upstream} from './support/upstream.mjs';

const MiB = 1024 * 1024;
const open = [];
after(async () => {
  const ends = await Promise.allSettled(open.reverse().map((thing) => thing.stop()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
});

/// An upstream and a troupe in front of it; the prompt decides what it does.
async function stage(handle, change = {}, kind) {
  const provider = handle.length === 1 ? await bare_upstream(handle) : await upstream(handle);
  const gateway = await new Program(['serve', '--config', config({
    providers: providers(provider.url, change)})], {kind}).listening();
  open.push(provider, gateway);
  return {provider, gateway, url: gateway.url};
}

/// Lets a "still there" question through whatever else an upstream does.
const or_serve = (odd) => (request, response, body) =>
  body.includes('still there') ? response.end(completion) : odd(request, response, body);

const streamed = JSON.stringify(chat('go', {stream: true}));
const streaming_request = 'POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n'
  + `Content-Length: ${streamed.length}\r\n\r\n${streamed}`;

test('a client that does not read slows the provider and memory stays bounded', async () => {
  let sent = 0, ended = false;
  const {gateway, url} = await stage(or_serve((_, response) => {
    response.writeHead(200, event_stream);
    const event = piece('x'.repeat(60_000));
    const pump = () => {
      while (!response.destroyed && sent < 300 * MiB) {
        sent += event.length;
        if (!response.write(event)) return response.once('drain', pump);
      }
      ended = true;
      response.end('data: [DONE]\n\n');
    };
    pump();
  }), {}, 'release');
  await serves({alive: true, url});
  const before = await gateway.rss();
  const raw = await Raw.connect(gateway.port);
  raw.socket.pause();
  raw.send(streaming_request);
  await until(() => sent > MiB, 5000, 'the stream to begin');
  await sleep(2000);
  const stuck = sent;
  await sleep(1000);
  assert.equal(sent, stuck, 'the provider still sends');
  assert.ok(!ended);
  assert.ok(stuck < 40 * MiB, `${stuck} bytes left the provider`);
  const grown = await gateway.rss() - before;
  assert.ok(grown < 8 * MiB, `memory grew by ${grown} bytes`);
  await serves(gateway);
  raw.close();
});

test('a client that leaves ends the request to the provider, if so configured', async () => {
  const {provider, gateway} = await stage(or_serve((_, response) => {
    response.writeHead(200, event_stream);
    const timer = setInterval(() => response.write(piece('tick')), 20);
    response.on('close', () => clearInterval(timer));
  }), {disconnect: {upstream: 'abort'}});
  const raw = await Raw.connect(gateway.port);
  raw.send(streaming_request);
  await raw.until(/tick/);
  raw.close();
  await until(() => provider.seen.closed_early === 1, 5000, 'the provider to be left');
  await serves(gateway);
});

test('a client that leaves before the answer begins is noticed', async () => {
  const {provider, gateway} = await stage(or_serve(() => {}), {disconnect: {upstream: 'abort'}});
  const raw = await Raw.connect(gateway.port);
  raw.send(streaming_request);
  await until(() => provider.seen.requests === 1);
  raw.close();
  await until(() => provider.seen.closed_early === 1, 5000, 'the provider to be left');
  await serves(gateway);
});

test('events pass as they come, not in heaps', async () => {
  const {gateway} = await stage(or_serve((_, response) => {
    response.writeHead(200, event_stream);
    response.write(piece('first'));
  }));
  const raw = await Raw.connect(gateway.port);
  raw.send(streaming_request);
  assert.ok(await raw.until(/first/, 3000));
  raw.close();
});

const cuts = {
  'cut in the middle': (_, response) => {
    response.writeHead(200, event_stream);
    response.write(piece('half'));
    setTimeout(() => response.socket.destroy(), 50);
  },
  'ended without its last event': (_, response) => {
    response.writeHead(200, event_stream);
    response.end(piece('half'));
  },
};
for (const [how, odd] of Object.entries(cuts)) {
  test(`a stream ${how} is never shown as complete`, async () => {
    const {gateway} = await stage(or_serve(odd));
    const raw = await Raw.connect(gateway.port);
    raw.send(streaming_request);
    await raw.until(/half/);
    await raw.until(/"error"/, 5000);
    assert.doesNotMatch(raw.text, /\[DONE\]/);
    raw.close();
    await serves(gateway);
  });
}

test('a stream that stalls is ended with an error in time', async () => {
  const {gateway, provider} = await stage(or_serve((_, response) => {
    response.writeHead(200, event_stream);
    response.write(piece('half'));
  }), {timeouts: {stall: '500ms'}});
  const raw = await Raw.connect(gateway.port);
  raw.send(streaming_request);
  await raw.until(/half/);
  const start = performance.now();
  await raw.until(/"error"/, 8000);
  assert.ok(performance.now() - start > 300);
  assert.doesNotMatch(raw.text, /\[DONE\]/);
  await until(() => provider.seen.open === 0);
  raw.close();
});

test('a stream longer than the total timeout is ended with an error', async () => {
  const {gateway} = await stage(or_serve((_, response) => {
    response.writeHead(200, event_stream);
    const timer = setInterval(() => response.write(piece('tick')), 50);
    response.on('close', () => clearInterval(timer));
  }), {timeouts: {total: '1s'}});
  const raw = await Raw.connect(gateway.port);
  raw.send(streaming_request);
  await raw.until(/tick/);
  await raw.until(/"error"/, 8000);
  assert.doesNotMatch(raw.text, /\[DONE\]/);
  raw.close();
});

test('a provider that never answers is a 504 after the attempts', async () => {
  const {url, provider} = await stage(or_serve(() => {}),
    {timeouts: {first_byte: '200ms'}, retry: {attempts: 2, delay: '10ms', jitter: '0%'}});
  const start = performance.now();
  const answer = await post(`${url}/v1/chat/completions`, chat());
  assert.ok([502, 503, 504].includes(answer.status), answer.text);
  assert.equal(provider.seen.requests, 2);
  assert.ok(performance.now() - start < 8000);
  await serves({alive: true, url});
});

test('a port that answers no handshake is given up after the connect timeout', async () => {
  // A documentation address would leave loopback; a full backlog does the same.
  const full = spawn('python3', ['-c', 'import socket,sys\n'
    + 's=socket.create_server(("127.0.0.1",0),backlog=0)\n'
    + 'c=[socket.socket() for _ in range(4)]\n'
    + 'for x in c: x.setblocking(False); x.connect_ex(s.getsockname())\n'
    + 'print(s.getsockname()[1],flush=True)\nsys.stdin.read()'], {stdio: ['pipe', 'pipe', 'inherit']});
  open.push({stop: () => full.stdin.end()});
  const port = await new Promise((resolve) => full.stdout.once('data', (text) => resolve(Number(text))));
  const gateway = await new Program(['serve', '--config', config({providers: providers(`http://127.0.0.1:${port}`,
    {timeouts: {connect: '300ms'}, retry: {attempts: 1}})})]).listening();
  open.push(gateway);
  const start = performance.now();
  const answer = await post(`${gateway.url}/v1/chat/completions`, chat());
  assert.ok([502, 503, 504].includes(answer.status), answer.text);
  assert.ok(performance.now() - start < 3000);
});

const lies = {
  'is not HTTP': 'hello I am not HTTP\r\n\r\n',
  'promises more than it sends': 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"id"',
  'has two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n{"a":1}',
  'has a broken chunk': 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}',
  'has a header without end': `HTTP/1.1 200 OK\r\nX-Long: ${'a'.repeat(500_000)}`,
  'is closed at once': '',
};
for (const [how, bytes] of Object.entries(lies)) {
  test(`an answer that ${how} is a gateway error in JSON`, async () => {
    const {url, gateway} = await stage((socket) => {
      socket.once('data', () => socket.end(bytes));
    });
    const answer = await post(`${url}/v1/chat/completions`, chat()).catch((error) => error);
    if (answer.status === undefined) assert.match(String(answer.cause), /terminated|closed|reset/i);
    else {
      assert.ok([502, 503, 504].includes(answer.status), `${answer.status} ${answer.text}`);
      assert.equal(typeof answer.json.error.message, 'string');
    }
    assert.ok(gateway.alive);
  });
}

test('a provider that closes a resting connection costs nobody an error', async () => {
  const {url, provider} = await stage((request, response) => {
    response.end(completion, () => setTimeout(() => request.socket.destroy(), 5));
  }, {retry: {attempts: 1}});
  for (let i = 0; i < 20; ++i) {
    const answer = await post(`${url}/v1/chat/completions`, chat());
    assert.equal(answer.status, 200, answer.text);
    await sleep(15);
  }
  assert.equal(provider.seen.requests, 20);
});

test('bytes pass unchanged both ways', async () => {
  const odd_answer = '{ "id" :"x",\n  "choices":[ ] , "unknown_field": 1.50e+2, "text": "\\u00e9\\/" }';
  let got, headers;
  const {url} = await stage((request, response, body) => {
    got = body;
    headers = request.headers;
    response.writeHead(200, {'content-type': 'application/json', 'x-provider-field': 'kept'});
    response.end(odd_answer);
  });
  const odd_question = '{"messages" :[{"role":"user","content":"\\u00fc\\/ 1.0"}],  "model":"gpt-4o-mini", "seed": 12345678901234567890, "x": 1.0}';
  const answer = await post(`${url}/v1/chat/completions`, odd_question,
                            {'openai-beta': 'assistants=v2', authorization: 'Bearer sk-client'});
  assert.equal(got, odd_question);
  assert.equal(answer.text, odd_answer);
  assert.equal(answer.headers.get('x-provider-field'), 'kept');
  assert.equal(headers['openai-beta'], 'assistants=v2');
  assert.match(headers.authorization, /^Bearer sk-e2e-secret-openai/);
  assert.doesNotMatch(headers.host, new RegExp(new URL(url).port));
});
