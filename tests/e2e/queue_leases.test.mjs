// The job queue through the real program: leases and their fences, attempts and
// their pauses, what ends a job, and its stream of events, over a restart too.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {plain, plain_queues, Queue} from './support/queue.mjs';
import {fresh_folder, troupe, until} from './support/troupe.mjs';

/// The promise of the project: a dead worker's job is with another one by then.
const TAKEOVER_MS = 10_000;

const queues = {
  ...plain_queues(30),
  hasty: {...plain, lease: '1s', heartbeat: '1s'},
  brisk: {...plain, lease: '2s', heartbeat: '2s'},
  curve: {...plain, attempts: 4, backoff: {kind: 'exponential', delay: '100ms', jitter: '0%'}},
};
const settings = {queues, node: {data_dir: fresh_folder('kept')}};
let gateway, used = 0;
before(async () => { gateway = await troupe(settings); });
after(() => gateway?.stop());

const fresh = () => new Queue(gateway.url, `q${++used}`);
const named = (name) => new Queue(gateway.url, name);
const refused = (answer, status, code) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
};
const is_dead = (queue, id) => until(async () => (await queue.state(id)) === 'dead', 10_000, 'the job to be dead');

// -- leases -------------------------------------------------------------------

test('a worker that waits gets a job the moment it is added, others after it', async () => {
  const queue = fresh();
  const first = queue.lease(1, {wait_ms: 30_000});
  await until(async () => (await queue.numbers()).workers_waiting === 1);
  const second = queue.lease(1, {wait_ms: 30_000});
  await until(async () => (await queue.numbers()).workers_waiting === 2);
  const begun = performance.now();
  const a = await queue.add(), [job_a] = await first;
  const b = await queue.add(), [job_b] = await second;
  assert.deepEqual([job_a.id, job_b.id], [a.id, b.id]);
  assert.ok(performance.now() - begun < 5000, 'it waited for a poll');
});

test('who waits in vain hears so in time; who leaves takes its wish back', async () => {
  const queue = fresh();
  const begun = performance.now();
  assert.deepEqual(await queue.lease(1, {wait_ms: 300}), []);
  assert.ok(performance.now() - begun >= 299);
  const leaver = new AbortController();
  const left = queue.call('POST', '/lease', {max: 1, wait_ms: 60_000}, {signal: leaver.signal});
  await until(async () => (await queue.numbers()).workers_waiting === 1);
  leaver.abort();
  await assert.rejects(left);
  await until(async () => (await queue.numbers()).workers_waiting === 0, 5000, 'the wish to go');
  await queue.add();
  assert.equal((await queue.take()).attempt, 1);
});

test('a job that was done once is done: the same token hears the same, others 409', async () => {
  const queue = fresh();
  const {id} = await queue.add();
  const job = await queue.take();
  await queue.complete(job, 'first');
  assert.equal((await queue.complete(job, 'again')).state, 'completed');
  assert.equal((await queue.job(id)).result, 'first');
  refused(await queue.say({...job, token: job.token.replace(/\d$/, (d) => (Number(d) + 1) % 10)}, 'complete'), 409, 'stale_token');
  refused(await queue.say({...job, token: 'made-up'}, 'complete'), 409, 'stale_token');
  refused(await queue.say(job, 'heartbeat'), 409, 'stale_token');
});

test('a lost lease goes to another worker, and the late answer is refused', async () => {
  const queue = named('hasty');
  const {id} = await queue.add();
  const late = await queue.take({worker: 'late'});
  const begun = performance.now();
  const next = await queue.take({worker: 'next', wait_ms: 20_000});
  assert.ok(performance.now() - begun < TAKEOVER_MS);
  assert.equal(next.id, id);
  assert.ok(next.token > late.token, 'tokens only grow');
  for (const [word, body] of [['complete', {result: 1}], ['fail', {error: 'x'}], ['heartbeat', {}], ['release', {}],
    ['progress', {progress: 1}], ['checkpoint', {checkpoint: 1}], ['events', {event: 'log', data: 1}]])
    refused(await queue.say(late, word, body), 409, 'stale_token');
  const held = await queue.job(id);
  assert.deepEqual([held.state, held.worker, held.workers_lost], ['active', 'next', 1]);
  await queue.complete(next, 'right');
  assert.equal((await queue.job(id)).result, 'right');
});

test('by default a worker that falls silent is replaced within 10 seconds', async () => {
  const queue = named('email');
  const {id} = await queue.add();
  const silent = await queue.take();
  await queue.said(silent, 'heartbeat');
  const begun = performance.now();
  const next = await queue.take({wait_ms: 20_000});
  assert.equal(next.id, id);
  assert.ok(performance.now() - begun < TAKEOVER_MS, `${performance.now() - begun} ms`);
  await queue.complete(next);
});

test('heartbeats hold a job for as long as they come', async () => {
  const queue = named('hasty');
  await queue.add();
  const job = await queue.take();
  for (let i = 0; i < 8; ++i) {
    await sleep(300);
    const beat = await queue.said(job, 'heartbeat');
    assert.equal(beat.cancelled, false);
  }
  assert.deepEqual(await queue.lease(), []);
  await queue.complete(job);
});

test('a job that takes two workers with it is dead and says so', async () => {
  const queue = named('hasty');
  const {id} = await queue.add({attempts: 10});
  await queue.take();
  await queue.take({wait_ms: 20_000});
  await is_dead(queue, id);
  const job = await queue.job(id);
  assert.equal(job.workers_lost, 2);
  assert.match(job.error, /worker/);
});

test('a job handed back burns no attempt and keeps its place', async () => {
  const queue = fresh();
  const first = await queue.add({attempts: 1});
  await queue.add();
  const job = await queue.take();
  assert.equal((await queue.said(job, 'release')).state, 'waiting');
  const again = await queue.take();
  assert.deepEqual([again.id, again.attempt], [first.id, 1]);
  refused(await queue.say(job, 'complete'), 409, 'stale_token');
  await queue.complete(again);
});

test('many jobs are completed and the next leased in one request, each for itself', async () => {
  const queue = fresh();
  await queue.bulk(Array.from({length: 6}, (_, data) => ({data})));
  const held = await queue.lease(3);
  const said = held.map(({id, token}, i) => ({id, token: i === 1 ? 'made-up' : token, result: i}));
  const answer = await queue.want(200, 'POST', '/complete', {jobs: said, lease: {max: 2}});
  assert.deepEqual(answer.results.map(({state, error}) => error?.code ?? state), ['completed', 'stale_token', 'completed']);
  assert.deepEqual(answer.jobs.map(({data}) => data), [3, 4]);
  const next = await queue.said(answer.jobs[0], 'complete', {lease: {max: 1}});
  assert.deepEqual(next.jobs.map(({data}) => data), [5]);
  const beats = await queue.want(200, 'POST', '/heartbeat', {jobs: [answer.jobs[1], next.jobs[0]].map(({id, token}) => ({id, token}))});
  assert.deepEqual(beats.results.map(({state}) => state), ['active', 'active']);
});

// -- attempts -----------------------------------------------------------------

test('attempts are made until they are spent, each with its error', async () => {
  const queue = fresh();
  const {id} = await queue.add({attempts: 3});
  for (let attempt = 1; attempt <= 3; ++attempt) {
    const job = await queue.take({worker: `w${attempt}`});
    assert.equal(job.attempt, attempt);
    await queue.fail(job, `error ${attempt}`);
  }
  const job = await queue.job(id);
  assert.deepEqual([job.state, job.attempts_made, job.error], ['dead', 3, 'error 3']);
  assert.deepEqual(job.failures.map(({attempt, error, worker}) => [attempt, error, worker]),
                   [1, 2, 3].map((n) => [n, `error ${n}`, `w${n}`]));
  assert.equal((await queue.tell(id, 'retry')).status, 200);
  assert.equal((await queue.take()).attempt, 1);
});

test('the pause between attempts grows, is fixed, or goes by a list', async () => {
  const pauses = async (queue, job) => {
    const {id} = await queue.add(job);
    const seen = [];
    for (let attempt = 1; attempt < 4; ++attempt) {
      await queue.fail(await queue.take());
      const {state, due_at, failures} = await queue.job(id);
      assert.equal(state, 'delayed');
      seen.push(due_at - failures.at(-1).at);
    }
    return seen;
  };
  assert.deepEqual(await pauses(named('curve'), {}), [100, 200, 400]);
  assert.deepEqual(await pauses(named('curve'), {backoff: {kind: 'fixed', delay_ms: 70, jitter: 0}}), [70, 70, 70]);
  assert.deepEqual(await pauses(named('curve'), {backoff: {kind: 'custom', delays_ms: [30, 90], jitter: 0}}), [30, 90, 90]);
  const spread = await pauses(named('curve'), {backoff: {kind: 'fixed', delay_ms: 1000, jitter: 0.5}}).catch(() => null);
  assert.ok(spread === null || spread.every((ms) => ms >= 500 && ms <= 1500), `${spread}`);
});

test('a worker may say no for good, or when to try again', async () => {
  const queue = fresh();
  const {id} = await queue.add();
  await queue.fail(await queue.take(), 'in a while', {retry_in_ms: 300});
  const {state, due_at, failures} = await queue.job(id);
  assert.deepEqual([state, due_at - failures[0].at], ['delayed', 300]);
  await queue.fail(await queue.take(), 'never', {retry: false});
  const job = await queue.job(id);
  assert.deepEqual([job.state, job.error, job.attempts_made], ['failed', 'never', 2]);
});

test('an attempt that takes too long has failed', async () => {
  const queue = fresh();
  const {id} = await queue.add({timeout_ms: 300, attempts: 1});
  const job = await queue.take();
  assert.equal(job.timeout_ms, 300);
  await is_dead(queue, id);
  assert.match((await queue.job(id)).error, /timed out/);
  refused(await queue.say(job, 'complete'), 409, 'stale_token');
});

test('a cancelled job ends at once, and its worker hears of it', async () => {
  const queue = fresh();
  const waiting = await queue.add(), active = await queue.add();
  assert.equal((await queue.tell(waiting.id, 'cancel')).json.state, 'failed');
  assert.match((await queue.job(waiting.id)).error, /cancelled/);
  const job = await queue.take();
  assert.equal(job.id, active.id);
  assert.equal((await queue.tell(job.id, 'cancel')).status, 200);
  assert.equal(await queue.state(job.id), 'failed');
  const beat = await queue.say(job, 'heartbeat');
  assert.ok(beat.json.cancelled === true || beat.status === 409, beat.text);
  refused(await queue.say(job, 'complete'), 409, 'stale_token');
  refused(await queue.tell(job.id, 'cancel'), 409, 'wrong_state');
});

test('the next attempt begins where the last one had got to', async () => {
  const queue = fresh();
  const {id} = await queue.add();
  const job = await queue.take();
  assert.equal(job.checkpoint, null);
  await queue.said(job, 'checkpoint', {checkpoint: {page: 7}});
  await queue.said(job, 'progress', {progress: {percent: 40}});
  await queue.fail(job);
  assert.deepEqual((await queue.take()).checkpoint, {page: 7});
  assert.deepEqual((await queue.job(id)).progress, {percent: 40});
});

// -- the stream of a job ------------------------------------------------------

const names = (events) => events.map(({event}) => event);
const texts = (events) => events.filter(({event}) => event === 'token').map(({data}) => data);

test('a stream is followed live, ends with the job, and replays from any event', async () => {
  const queue = fresh();
  const {id} = await queue.add();
  const live = queue.all_events(id);
  const job = await queue.take();
  for (const text of ['a', 'b']) await queue.said(job, 'events', {event: 'token', data: text});
  await queue.said(job, 'events', {events: [{event: 'token', data: 'c'}, {event: 'log', data: {line: 1}}]});
  await queue.said(job, 'progress', {progress: 0.5});
  await queue.complete(job, 'abc');
  const events = await live;
  assert.deepEqual(names(events), ['token', 'token', 'token', 'log', 'progress', 'completed']);
  assert.deepEqual(texts(events), ['a', 'b', 'c']);
  const numbers = events.map((event) => Number(event.id));
  assert.ok(numbers.every((n, i) => i === 0 || n > numbers[i - 1]), 'numbers grow');
  for (const [i, event] of events.entries())
    assert.deepEqual(await queue.all_events(id, {last: event.id}), events.slice(i + 1));
  const page = await queue.call('GET', `/jobs/${id}/events?last_event_id=${events[2].id}`, undefined, {headers: {accept: 'application/json'}});
  assert.deepEqual([names(page.json.events), page.json.ended], [['log', 'progress', 'completed'], true]);
});

test('a further attempt says so before its first word', async () => {
  const queue = fresh();
  const {id} = await queue.add();
  for (const text of ['first', 'second']) {
    const job = await queue.take();
    await queue.said(job, 'events', {event: 'token', data: text});
    if (text === 'first') await queue.fail(job); else await queue.complete(job);
  }
  assert.deepEqual(names(await queue.all_events(id)), ['token', 'attempt', 'token', 'completed']);
});

test('what died, failed or was cancelled ends its stream with that', async () => {
  const queue = fresh();
  const ways = {
    dead: async (id) => queue.fail(await queue.take(), 'no', {}), failed: async () => queue.fail(await queue.take(), 'no', {retry: false}),
    cancelled: (id) => queue.tell(id, 'cancel'),
  };
  for (const [way, end] of Object.entries(ways)) {
    const {id} = await queue.add({attempts: 1});
    const live = queue.all_events(id);
    await end(id);
    assert.equal((await live).at(-1).event, way === 'cancelled' ? 'failed' : way);
  }
});

// -- over a restart -----------------------------------------------------------

test('a restart loses nothing: who held a job goes on with it, who fell silent is replaced', async () => {
  const queue = named('brisk');
  await queue.bulk([{data: 1}, {data: 2}, {data: 3}, {data: 4, delay_ms: 600_000}]);
  await queue.complete(await queue.take(), 'one');
  const held = await queue.take(), silent = await queue.take();
  assert.deepEqual([held.data, silent.data], [2, 3]);
  await queue.said(held, 'events', {event: 'token', data: 'before'});
  const done = (await queue.list('?state=completed')).jobs[0].id;
  const old_stream = await queue.all_events(done);
  const waits = queue.call('POST', '/lease', {max: 5, wait_ms: 60_000}).catch(() => ({json: {jobs: []}}));
  await until(async () => (await queue.numbers()).workers_waiting === 1, 5000, 'the wish to be heard');
  await gateway.stop();
  assert.deepEqual((await waits).json.jobs, [], 'who waited for work heard that there is none');
  gateway = await troupe(settings);
  queue.base = `${gateway.url}/api/queues/${queue.name}`;
  const {completed, delayed, active} = await queue.numbers();
  assert.deepEqual([completed, delayed, active], [1, 1, 2]);
  assert.deepEqual(await queue.all_events(done), old_stream);
  const stream = queue.all_events(held.id);
  await queue.said(held, 'events', {event: 'token', data: 'after'});
  await queue.complete(held, 'two');
  assert.deepEqual(texts(await stream), ['before', 'after']);
  const next = await queue.take({wait_ms: 20_000});
  assert.deepEqual([next.id, next.attempt], [silent.id, 1]);
  assert.ok(next.token > silent.token, 'tokens only grow, over restarts too');
  refused(await queue.say(silent, 'complete'), 409, 'stale_token');
});

test('a stream that was followed goes on after a restart where it stood', async () => {
  const queue = fresh();
  const {id} = await queue.add();
  const job = await queue.take();
  await queue.said(job, 'heartbeat');
  for (const data of ['a', 'b', 'c']) await queue.said(job, 'events', {event: 'token', data});
  const seen = [];
  const follow = (async () => { for await (const event of queue.events(id)) seen.push(event); })().catch(() => {});
  await until(() => seen.length === 3);
  await gateway.stop();
  await follow;
  gateway = await troupe(settings);
  queue.base = `${gateway.url}/api/queues/${queue.name}`;
  const rest = queue.all_events(id, {last: seen.at(-1).id});
  await queue.said(job, 'events', {event: 'token', data: 'd'});
  await queue.complete(job);
  seen.push(...await rest);
  assert.deepEqual(texts(seen), ['a', 'b', 'c', 'd']);
  assert.equal(seen.at(-1).event, 'completed');
});
