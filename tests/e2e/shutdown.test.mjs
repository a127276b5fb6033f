// SIGTERM: not ready, finish what is in flight, exit 0; twice: at once.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Raw} from './support/raw.mjs';
import {chat, pair, providers, simulator, troupe, until} from './support/troupe.mjs';
import {event_stream, piece, upstream} from './support/upstream.mjs';

const streamed = JSON.stringify(chat('go', {stream: true}));
const streaming_request = 'POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n'
  + `Content-Length: ${streamed.length}\r\n\r\n${streamed}`;
const finish = 'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/// A troupe with one stream open that the test ends.
async function streaming() {
  let response;
  const provider = await upstream((_, r) => {
    response = r;
    r.writeHead(200, event_stream);
    r.write(piece('begun'));
  });
  const gateway = await troupe({providers: providers(provider.url)});
  const probe = await Raw.connect(gateway.port);
  probe.send('GET /readyz HTTP/1.1\r\nHost: t\r\n\r\n');
  await probe.until(/HTTP\/1\.1 200 /);
  const raw = await Raw.connect(gateway.port);
  raw.send(streaming_request);
  await raw.until(/begun/);
  return {provider, gateway, probe, raw, end: () => response.end(finish)};
}

const refused = (port) => Raw.connect(port).then((raw) => { raw.close(); return false; }, () => true);

test('a stream in flight ends whole, then the process ends with 0', async () => {
  const {provider, gateway, probe, raw, end} = await streaming();
  try {
    gateway.child.kill('SIGTERM');
    await until(() => refused(gateway.port), 3000, 'new connections to be refused');
    // A connection that was open before learns that the node is going, or is closed.
    probe.text = '';
    if (!probe.closed) {
      probe.send('GET /readyz HTTP/1.1\r\nHost: t\r\n\r\n');
      const answer = await probe.until(/HTTP\/1\.1 (\d+)/, 3000);
      if (answer) assert.equal(answer[1], '503');
    }
    assert.ok(gateway.alive, 'it left a stream alone');
    end();
    assert.ok(await raw.until(/\[DONE\]/, 3000));
    await raw.drained(3000);
    const start = performance.now();
    assert.equal((await gateway.wait()).code, 0);
    assert.ok(performance.now() - start < 2000, 'it waited for nothing');
  } finally {
    await provider.stop();
  }
});

test('past the grace a stream is cut with an error and the process ends with 0', async () => {
  const {provider, gateway, raw} = await streaming();
  try {
    const start = performance.now();
    gateway.child.kill('SIGTERM');
    await raw.drained(9000);
    assert.doesNotMatch(raw.text, /\[DONE\]/);
    assert.equal((await gateway.wait()).code, 0);
    const took = performance.now() - start;
    assert.ok(took > 3000 && took < 9000, `${took} ms for a grace of 5 s`);
  } finally {
    await provider.stop();
  }
});

test('a second SIGTERM ends it at once', async () => {
  const {provider, gateway} = await streaming();
  try {
    gateway.child.kill('SIGTERM');
    await until(() => refused(gateway.port), 3000, 'the first signal to work');
    const start = performance.now();
    gateway.child.kill('SIGTERM');
    const end = await gateway.wait(3000);
    assert.ok(!end.late, 'it went on');
    assert.ok(performance.now() - start < 1500);
  } finally {
    gateway.child.kill('SIGKILL');
    await provider.stop();
  }
});

test('SIGTERM in the middle of many requests loses none of them', async () => {
  const stage = await pair({simulate: ['--latency', '300']});
  const asked = Array.from({length: 50}, async () => {
    const answer = await fetch(`${stage.url}/v1/chat/completions`, {method: 'POST',
      headers: {'content-type': 'application/json'}, body: JSON.stringify(chat())});
    await answer.text();
    return answer.status;
  });
  await new Promise((resolve) => setTimeout(resolve, 150));
  stage.gateway.child.kill('SIGTERM');
  const statuses = await Promise.all(asked);
  await stage.stop();
  assert.deepEqual([...new Set(statuses)], [200]);
});

test('resting connections do not hold it up', async () => {
  const stage = await pair();
  const resting = await Promise.all(Array.from({length: 20}, () => Raw.connect(stage.gateway.port)));
  const start = performance.now();
  await stage.stop();
  assert.ok(performance.now() - start < 3000);
  resting.forEach((raw) => raw.close());
});

test('the simulator ends on SIGTERM as well, and on SIGINT', async () => {
  const first = await simulator();
  await first.stop();
  const second = await simulator();
  second.child.kill('SIGINT');
  assert.equal((await second.wait(5000)).code, 0);
});
