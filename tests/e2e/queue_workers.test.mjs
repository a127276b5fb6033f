// Who does the jobs: troupe itself, as requests to a model and as signed
// webhooks, with workers that come and go by what waits; and the workers of
// deploy/workers/, as anybody would start them.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {resolve} from 'node:path';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {Webhook} from 'standardwebhooks';
import {plain, Queue} from './support/queue.mjs';
import {fresh_folder, get, providers, secrets, simulator, troupe, until} from './support/troupe.mjs';
import {completion, event_stream, piece, upstream} from './support/upstream.mjs';

const TAKEOVER_MS = 10_000;
const ended = (queue, id, limit_ms = 20_000) => until(async () => {
  const job = await queue.job(id);
  return ['completed', 'failed', 'dead'].includes(job.state) && job;
}, limit_ms, `job ${id} to end`);
const chat = (content, more) => ({model: 'gpt-4o-mini', messages: [{role: 'user', content}], ...more});
const words = (events) => events.filter(({event}) => event === 'token').map(({data}) => data.text).join('');

/// A troupe in front of `provider`, with its queue of requests to models.
const with_models = (provider, settings = {}) => troupe({
  providers: providers(provider.url ?? provider), queues: {ask: {...plain, handler: 'completion', ...settings.queue}},
  ...settings.more});

// -- requests to models -------------------------------------------------------

test('a completion job is answered by a model, its words in the stream as they come', async () => {
  const sim = await simulator(['--tokens-per-second', '200', '--answer-tokens', '60']);
  const gateway = await with_models(sim);
  const queue = new Queue(gateway.url, 'ask');
  const {id} = await queue.add({data: chat('Tell me a story.')});
  const events = await queue.all_events(id);
  const job = await ended(queue, id);
  assert.equal(job.state, 'completed', job.error);
  assert.ok(events.filter(({event}) => event === 'token').length > 1, 'it came in one piece');
  assert.equal(words(events), job.result.content);
  assert.ok(job.result.content.length > 20 && job.result.usage && job.result.model);
  assert.equal(job.result.finish_reason, 'stop');
  assert.equal(events.at(-1).event, 'completed');
  assert.deepEqual(await queue.all_events(id, {last: events[0].id}), events.slice(1));
  await gateway.stop();
  await sim.stop();
});

test('a completion job may be a request of any wire', async () => {
  const sim = await simulator();
  const gateway = await with_models(sim);
  const queue = new Queue(gateway.url, 'ask');
  const messages = [{role: 'user', content: 'Hello?'}];
  for (const [endpoint, body] of [
    ['/v1/messages', {model: 'claude-haiku-4-5', max_tokens: 100, messages}],
    ['/v1/responses', {model: 'gpt-4o-mini', input: 'Hello?'}],
    ['/v1beta/models/gemini-2.5-flash:generateContent', {contents: [{role: 'user', parts: [{text: 'Hello?'}]}]}],
  ]) {
    const {id} = await queue.add({data: {endpoint, body}});
    const job = await ended(queue, id);
    assert.equal(job.state, 'completed', `${endpoint}: ${job.error}`);
    assert.ok(job.result.content.length > 0, endpoint);
  }
  await gateway.stop();
  await sim.stop();
});

test('a request that no attempt can mend fails at once', async () => {
  const sim = await simulator();
  const gateway = await with_models(sim);
  const queue = new Queue(gateway.url, 'ask');
  for (const data of [{messages: []}, 'hello', {endpoint: '/metrics', body: {}}]) {
    const {id} = await queue.add({data});
    const job = await ended(queue, id);
    assert.deepEqual([job.state, job.attempts_made], ['failed', 1], JSON.stringify(data));
    assert.ok(job.error.length > 0);
  }
  await gateway.stop();
  await sim.stop();
});

test('while every key rests, jobs wait for headroom and burn no attempt', async () => {
  let rests = true, seen = 0;
  const last = {id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm',
                choices: [{index: 0, delta: {}, finish_reason: 'stop'}]};
  const provider = await upstream((_, response, body) => {
    seen += 1;
    if (rests) return response.writeHead(429, {'retry-after': '1', 'content-type': 'application/json'})
        .end('{"error":{"message":"slow down","type":"rate_limit_error"}}');
    if (JSON.parse(body).stream) {
      response.writeHead(200, event_stream);
      return response.end(`${piece('hello')}data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`);
    }
    return response.writeHead(200, {'content-type': 'application/json'}).end(completion);
  });
  const gateway = await troupe({
    providers: [{...providers(provider.url)[0], retry: {attempts: 1}, waiting: {calls: 1, time: '20ms'}}],
    queues: {ask: {...plain, handler: 'completion', attempts: 1}}});
  const queue = new Queue(gateway.url, 'ask');
  const {id} = await queue.add({data: chat('hello')});
  await until(() => seen >= secrets.openai.length);
  await sleep(1500);
  const waiting = await queue.job(id);
  assert.ok(['waiting', 'delayed', 'active'].includes(waiting.state), `${waiting.state}: ${waiting.error}`);
  assert.equal(waiting.attempts_made, 0);
  rests = false;
  const job = await ended(queue, id, 65_000);
  assert.deepEqual([job.state, job.attempts_made], ['completed', 1], job.error);
  await gateway.stop();
  await provider.stop();
});

test('SIGTERM in mid-work: it ends with 0, hands the job back, and burns no attempt', async () => {
  const sim = await simulator(['--tokens-per-second', '5', '--answer-tokens', '200']);
  const settings = {providers: providers(sim.url), http: {shutdown_grace: '1s'},
                    queues: {ask: {...plain, handler: 'completion', attempts: 1}}, node: {data_dir: fresh_folder('term')}};
  let gateway = await troupe(settings);
  let queue = new Queue(gateway.url, 'ask');
  const {id} = await queue.add({data: chat('A long story.')});
  await until(async () => (await queue.job(id)).events > 0, 10_000, 'the first words');
  await gateway.stop();
  await sim.stop();
  const quick = await simulator();
  gateway = await troupe({...settings, providers: providers(quick.url)});
  queue = new Queue(gateway.url, 'ask');
  const job = await ended(queue, id);
  assert.deepEqual([job.state, job.attempts_made, job.workers_lost], ['completed', 1, 0], job.error);
  await gateway.stop();
  await quick.stop();
});

// -- webhooks -----------------------------------------------------------------

const secret = `whsec_${Buffer.from('a key of thirty-two bytes, or so').toString('base64')}`;

/// A receiver that verifies every letter as Standard Webhooks' own library does.
async function receiver(answer) {
  const letters = [], seal = new Webhook(secret);
  const server = await upstream((request, response, body) => {
    try { letters.push({headers: request.headers, ...seal.verify(body, request.headers)}); } catch (error) {
      letters.push({forged: String(error)});
    }
    answer(response, letters.length);
  });
  return {...server, letters};
}
const hook = (url, more = {}) => ({...plain, handler: 'webhook', url: `${url}/hook`, secret, ...more});

test('a webhook job is a signed letter, tried again until it is taken', async () => {
  const shop = await receiver((response, count) => {
    response.writeHead(count === 1 ? 500 : 200, {'content-type': 'application/json'}).end('{"taken":true}');
  });
  const gateway = await troupe({queues: {orders: hook(shop.url)}});
  const queue = new Queue(gateway.url, 'orders');
  const {id} = await queue.add({name: 'paid', data: {order: 7, text: 'ä✓'}});
  const job = await ended(queue, id);
  assert.deepEqual([job.state, job.attempts_made, job.result], ['completed', 2, {taken: true}], job.error);
  assert.deepEqual(shop.letters.map(({forged}) => forged), [undefined, undefined]);
  assert.deepEqual(shop.letters.map((l) => [l.id, l.queue, l.name, l.attempt, l.data]),
                   [1, 2].map((attempt) => [id, 'orders', 'paid', attempt, {order: 7, text: 'ä✓'}]));
  assert.equal(shop.letters[0].headers['webhook-id'], shop.letters[1].headers['webhook-id']);
  assert.match(job.failures[0].error, /500/);
  await gateway.stop();
  await shop.stop();
});

test('a receiver that says gone is not asked again; one that is slow is timed out', async () => {
  const gone = await receiver((response) => response.writeHead(410).end());
  const slow = await receiver(() => {});
  const gateway = await troupe({queues: {gone: hook(gone.url), slow: hook(slow.url, {attempts: 2, timeout: '300ms'})}});
  const first = new Queue(gateway.url, 'gone'), second = new Queue(gateway.url, 'slow');
  const a = await first.add(), b = await second.add();
  const failed = await ended(first, a.id);
  assert.deepEqual([failed.state, failed.attempts_made, gone.letters.length], ['failed', 1, 1]);
  const dead = await ended(second, b.id);
  assert.deepEqual([dead.state, dead.attempts_made], ['dead', 2], dead.error);
  assert.match(dead.error, /timed out/);
  await gateway.stop();
  await gone.stop();
  await slow.stop();
});

// -- how many workers ---------------------------------------------------------

async function gauge(gateway, name, queue) {
  const text = (await get(`${gateway.url}/metrics`)).text;
  const value = text.match(new RegExp(`^${name}\\{[^}]*queue="${queue}"[^}]*\\} (\\S+)$`, 'm'))?.[1];
  return value === undefined ? undefined : Number(value);
}

test('workers grow with what waits, up to the most, and shrink when it is calm', async () => {
  const shop = await receiver((response) => setTimeout(() => response.writeHead(204).end(), 150));
  const gateway = await troupe({
    queues: {orders: hook(shop.url)},
    workers: {count: 2, min: 2, max: 6, scale_up_above: 20, scale_down_below: 5},
  });
  const queue = new Queue(gateway.url, 'orders');
  await until(async () => (await gauge(gateway, 'worker_count', 'orders')) === 2, 5000, 'two workers');
  await queue.bulk(Array.from({length: 300}, () => ({})));
  await until(async () => (await gauge(gateway, 'worker_count', 'orders')) === 6, 20_000, 'six workers');
  assert.ok(shop.seen.open <= 6, `${shop.seen.open} letters at once`);
  await until(async () => (await queue.numbers()).completed === 300, 60_000, 'the jobs to be done');
  await until(async () => (await gauge(gateway, 'worker_count', 'orders')) < 6, 40_000, 'the first to be let go');
  await gateway.stop();
  await shop.stop();
});

test('what queues do is counted', async () => {
  const gateway = await troupe({queues: {counted: {...plain}}});
  const queue = new Queue(gateway.url, 'counted');
  await queue.bulk([{}, {}, {}]);
  await queue.complete(await queue.take());
  await queue.fail(await queue.take(), 'no', {retry: false});
  const text = await until(async () => {
    const {text: page} = await get(`${gateway.url}/metrics`);
    return /queue_size\{[^}]*queue="counted"[^}]*state="waiting"[^}]*\} 1$/m.test(page) && page;
  });
  const events = Object.fromEntries([...text.matchAll(/^troupe_jobs_total\{([^}]*)\} (\S+)$/gm)]
    .filter(([, labels]) => labels.includes('queue="counted"'))
    .map(([, labels, value]) => [labels.match(/event="(\w+)"/)[1], Number(value)]));
  assert.deepEqual([events.added, events.started, events.completed, events.failed], [3, 2, 1, 1], JSON.stringify(events));
  await gateway.stop();
});

// -- the example workers ------------------------------------------------------

const examples = resolve(import.meta.dirname, '../../deploy/workers');
const commands = {node: ['node', `${examples}/worker.mjs`], python: ['python3', `${examples}/worker.py`]};
let house, jobs = 0;
before(async () => {
  house = await troupe({queues: Object.fromEntries(Array.from({length: 9}, (_, i) => [`q${i}`, {...plain}]))});
});
after(() => house?.stop());

function started([command, file], queue) {
  const child = spawn(command, [file], {env: {PATH: process.env.PATH, TROUPE_URL: queue.url, TROUPE_QUEUE: queue.name},
                                        stdio: ['ignore', 'pipe', 'pipe']});
  const worker = {child, text: '', pid: child.pid};
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (worker.text += bytes));
  worker.ended = new Promise((done) => child.on('close', (code, signal) => done({code, signal})));
  process.once('exit', () => child.kill('SIGKILL'));
  return worker;
}

for (const [language, command] of Object.entries(commands)) {
  test(`the ${language} worker does jobs, and hands back what it has in hand when it is told to go`, async () => {
    const queue = new Queue(house.url, `q${jobs++}`);
    const worker = started(command, queue);
    const {jobs: added} = await queue.bulk([{data: {n: 1}}, {data: {n: 2, ms: 200}}]);
    for (const [i, {id}] of added.entries()) {
      const job = await ended(queue, id);
      assert.deepEqual([job.state, job.result.done.n], ['completed', i + 1], worker.text);
    }
    const long = await queue.add({data: {ms: 60_000}, attempts: 1});
    await until(async () => (await queue.state(long.id)) === 'active');
    await sleep(200);
    worker.child.kill('SIGTERM');
    assert.deepEqual(await worker.ended, {code: 0, signal: null}, worker.text);
    const job = await queue.take();
    assert.deepEqual([job.id, job.attempt], [long.id, 1]);
    assert.equal((await queue.job(long.id)).workers_lost, 0);
  });

  test(`the ${language} worker, frozen, is replaced within 10 seconds, and hears that it is late`, async () => {
    const queue = new Queue(house.url, `q${jobs++}`);
    const worker = started(command, queue);
    const {id} = await queue.add({data: {ms: 1500}});
    await until(async () => (await queue.state(id)) === 'active');
    await sleep(300);  // its first heartbeat is on its way
    process.kill(worker.pid, 'SIGSTOP');
    const begun = performance.now();
    const next = await queue.take({wait_ms: 20_000});
    assert.equal(next.id, id);
    assert.ok(performance.now() - begun < TAKEOVER_MS, `${performance.now() - begun} ms`);
    process.kill(worker.pid, 'SIGCONT');
    await until(() => worker.text.includes(`lost job ${id}`), 10_000, 'the worker to hear of it');
    assert.equal(await queue.state(id), 'active', 'its answer did not count');
    await queue.complete(next, 'right');
    assert.equal((await queue.job(id)).result, 'right');
    worker.child.kill('SIGTERM');
    assert.equal((await worker.ended).code, 0, worker.text);
  });
}
