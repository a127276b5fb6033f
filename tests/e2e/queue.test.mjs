// The job queue through the real program: adding, order, delay, deduplication.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {plain, plain_queues, Queue} from './support/queue.mjs';
import {troupe, until} from './support/troupe.mjs';

const queues = {
  ...plain_queues(30),
  small: {...plain, max_waiting: 3},
  serial: {...plain, concurrency: 2},
  one_each: {...plain, group_concurrency: 1},
  metered: {...plain, group_rate: {max: 3, per: '1s'}},
  slow: {...plain, rate: {max: 5, per: '1s'}},
  fair: {...plain, weights: {big: 3}},
  aging: {...plain, aging: '200ms'},
};

let gateway, used = 0;
before(async () => { gateway = await troupe({queues}); });
after(() => gateway?.stop());

const fresh = () => new Queue(gateway.url, `q${++used}`);
const named = (name) => new Queue(gateway.url, name);
const ids = (jobs) => jobs.map(({id}) => id);
const refused = (answer, status, code, param) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
  if (param !== undefined) assert.equal(answer.json.error.param, param, answer.text);
  assert.ok(answer.json.error.message && answer.json.error.request_id, answer.text);
};

// -- adding -------------------------------------------------------------------

test('the four queues of the configuration are there without a word', async () => {
  const answer = await (await fetch(`${gateway.url}/api/queues`)).json();
  const all = answer.queues.map(({name, queue}) => name ?? queue);
  for (const name of ['ai-response', 'email', 'analytics', 'translation-review']) assert.ok(all.includes(name), name);
});

test('a job comes to its worker as it was added, and its result back', async () => {
  const queue = fresh();
  const data = {text: 'ä "quoted" \u2028', n: 1.5e300, deep: [[{}]], none: null};
  const answer = await queue.call('POST', '/jobs', {name: 'send', group: 'g', priority: 'high', data});
  assert.equal(answer.status, 202, answer.text);
  const {id, state} = answer.json;
  assert.equal(state, 'waiting');
  assert.equal(answer.headers.get('location'), `/api/queues/${queue.name}/jobs/${id}`);
  const job = await queue.take({worker: 'w1'});
  assert.deepEqual([job.id, job.name, job.group, job.priority, job.attempt, job.attempts], [id, 'send', 'g', 8, 1, 3]);
  assert.deepEqual(job.data, data);
  const active = await queue.job(id);
  assert.deepEqual([active.state, active.worker, active.attempts_made], ['active', 'w1', 0]);
  assert.ok(active.lease_until > active.started_at && active.started_at >= active.created_at);
  await queue.complete(job, {sent: true});
  const done = await queue.job(id);
  assert.deepEqual([done.state, done.result, done.data], ['completed', {sent: true}, data]);
  assert.ok(done.finished_at >= done.started_at);
});

test('a bulk is added whole or not at all', async () => {
  const queue = fresh();
  const bad = await queue.call('POST', '/jobs/bulk', {jobs: [{data: 1}, {data: 2}, {data: 3}, {priority: 11}]});
  refused(bad, 400, 'invalid_request', 'jobs[3].priority');
  assert.equal((await queue.numbers()).waiting, 0);
  const {jobs} = await queue.bulk(Array.from({length: 500}, (_, data) => ({data})));
  assert.equal(jobs.length, 500);
  const leased = await queue.lease(500);
  assert.deepEqual(leased.map(({data}) => data), jobs.map((_, i) => i));
  assert.deepEqual(ids(leased), ids(jobs));
});

test('a full queue answers 429 with Retry-After, a bulk too large for it is not split', async () => {
  const queue = named('small');
  await queue.bulk([{}, {}]);
  const bulk = await queue.call('POST', '/jobs/bulk', {jobs: [{}, {}]});
  refused(bulk, 429, 'queue_full');
  await queue.add({delay_ms: 60_000});
  const full = await queue.call('POST', '/jobs', {});
  refused(full, 429, 'queue_full');
  assert.ok(Number(full.headers.get('retry-after')) >= 1);
  assert.equal((await queue.numbers()).waiting, 2);
  await queue.take();
  await queue.add({});
});

test('the same id twice is one job', async () => {
  const queue = fresh();
  await queue.add({id: 'order:1', data: 'first'});
  const again = await queue.call('POST', '/jobs', {id: 'order:1', data: 'second'});
  assert.equal(again.status, 200, again.text);
  assert.deepEqual([again.json.id, again.json.duplicate], ['order:1', true]);
  assert.equal((await queue.job('order:1')).data, 'first');
  const many = await Promise.all(Array.from({length: 20}, () => queue.call('POST', '/jobs', {id: 'order:2'})));
  assert.equal(many.filter(({status}) => status === 202).length, 1);
  assert.equal((await queue.numbers()).waiting, 2);
});

test('bad input is refused and the field at fault named', async () => {
  const queue = fresh();
  for (const [body, param] of [
    [{priority: 11}, 'priority'], [{priority: 'urgent'}, 'priority'], [{delay_ms: -1}, 'delay_ms'],
    [{delay_ms: '5'}, 'delay_ms'], [{attempts: 0}, 'attempts'], [{attempts: 101}, 'attempts'], [{id: '123'}, 'id'],
    [{id: 'a b'}, 'id'], [{id: 'x'.repeat(129)}, 'id'], [{datum: 1}, 'datum'],
    [{dedup: {mode: 'simple'}}, 'dedup.key'], [{dedup: {key: 'k', mode: 'never'}}, 'dedup.mode'],
    [{dedup: {key: 'k', mode: 'throttle'}}, 'dedup.ttl_ms'], [{backoff: {kind: 'linear'}}, 'backoff.kind'],
    [{backoff: {kind: 'fixed', jitter: 2}}, 'backoff.jitter'],
  ]) refused(await queue.call('POST', '/jobs', body), 400, 'invalid_request', param);
  for (const body of ['{', '[]', '{"data":01}', '{"data":"\u0001"}'])
    refused(await queue.call('POST', '/jobs', body), 400, 'invalid_request');
  refused(await queue.call('POST', '/jobs', '{}', {headers: {'content-type': 'text/plain'}}), 415, 'unsupported_media_type');
  refused(await queue.call('POST', '/jobs/bulk', {jobs: []}), 400, 'invalid_request', 'jobs');
  refused(await queue.call('POST', '/lease', {max: 0}), 400, 'invalid_request', 'max');
  refused(await queue.call('GET', '/jobs?state=lost'), 400, 'invalid_request', 'state');
  refused(await queue.call('GET', '/jobs?limit=0'), 400, 'invalid_request', 'limit');
  const unknown = await new Queue(gateway.url, 'no-such').call('GET', '');
  refused(unknown, 404, 'unknown_queue');
  assert.match(unknown.json.error.message, /email/);
  refused(await queue.call('GET', '/jobs/no-such'), 404, 'unknown_job');
  const method = await queue.call('PUT', '/jobs');
  assert.equal(method.status, 405);
  assert.match(method.headers.get('allow'), /POST/);
  assert.equal((await queue.numbers()).waiting, 0);
});

// -- order --------------------------------------------------------------------

test('jobs go by priority, and in a priority first in first out', async () => {
  const queue = fresh();
  const classes = ['low', 'normal', 'high', 'critical', 3, 0, 5, 8, 10];
  const rank = {low: 0, normal: 5, high: 8, critical: 10};
  const added = [];
  for (const priority of [...classes, ...classes])
    added.push({id: (await queue.add({priority})).id, priority: rank[priority] ?? priority});
  const wanted = added.map((job, i) => ({...job, i})).sort((a, b) => b.priority - a.priority || a.i - b.i);
  assert.deepEqual(ids(await queue.work_off()), ids(wanted));
});

test('a job that waited long enough goes before a more urgent one', async () => {
  const queue = named('aging');
  const old = await queue.add({priority: 'low'});
  await until(async () => (await queue.numbers()).oldest_waiting_ms > 2_100, 10_000, 'it to age');
  const young = await queue.add({priority: 'critical'});
  assert.deepEqual(ids(await queue.lease(2)), [old.id, young.id]);
});

test('another priority holds from then on', async () => {
  const queue = fresh();
  const first = await queue.add(), second = await queue.add();
  assert.equal((await queue.tell(second.id, 'priority', {priority: 'critical'})).status, 200);
  assert.equal((await queue.job(second.id)).priority, 10);
  assert.deepEqual(ids(await queue.work_off()), [second.id, first.id]);
  refused(await queue.tell(first.id, 'priority', {priority: 1}), 409, 'wrong_state');
});

test('a delayed job waits until it is due, or is promoted', async () => {
  const queue = fresh();
  const soon = await queue.add({delay_ms: 400}), late = await queue.add({delay_ms: 600_000});
  assert.deepEqual([soon.state, late.state], ['delayed', 'delayed']);
  assert.deepEqual(await queue.lease(2), []);
  assert.equal((await queue.numbers()).delayed, 2);
  const view = await queue.job(soon.id);
  assert.equal(view.due_at, view.created_at + 400);
  const job = await queue.take();
  assert.equal(job.id, soon.id);
  assert.ok((await queue.job(soon.id)).started_at >= view.due_at, 'it came too soon');
  assert.equal((await queue.tell(late.id, 'promote')).status, 200);
  assert.equal((await queue.take()).id, late.id);
  refused(await queue.tell(late.id, 'promote'), 409, 'wrong_state');
});

test('no more jobs are in work at once than the queue, or a group of it, may have', async () => {
  const queue = named('serial');
  await queue.bulk([{}, {}, {}]);
  const held = await queue.lease(3);
  assert.equal(held.length, 2);
  assert.deepEqual(await queue.lease(1), []);
  await queue.complete(held[0]);
  assert.equal((await queue.lease(1)).length, 1);
  const grouped = named('one_each');
  await grouped.bulk([{group: 'a'}, {group: 'a'}, {group: 'b'}]);
  assert.deepEqual((await grouped.lease(3)).map(({group}) => group).sort(), ['a', 'b']);
});

test('no more jobs begin in a second than the rate says', async () => {
  const queue = named('slow');
  await queue.bulk(Array.from({length: 12}, () => ({})));
  const starts = [];
  while (starts.length < 12) {
    const job = await queue.take();
    starts.push((await queue.job(job.id)).started_at);
  }
  for (let i = 5; i < starts.length; ++i)
    assert.ok(starts[i] - starts[i - 5] >= 1000, `six jobs began within ${starts[i] - starts[i - 5]} ms`);
});

test('a group has a rate of its own', async () => {
  const queue = named('metered');
  await queue.bulk(['a', 'a', 'a', 'a', 'a', 'b'].map((group) => ({group})));
  const first = await queue.lease(6);
  assert.deepEqual(first.map(({group}) => group).sort(), ['a', 'a', 'a', 'b']);
  const fourth = await queue.take();
  const begun = Math.min(...await Promise.all(first.map(async ({id}) => (await queue.job(id)).started_at)));
  assert.ok((await queue.job(fourth.id)).started_at - begun >= 1000);
});

test('groups take turns by their weights, however many jobs one has', async () => {
  const queue = named('fair');
  await queue.bulk(Array.from({length: 300}, () => ({group: 'big'})));
  await queue.bulk(Array.from({length: 40}, () => ({group: 'small'})));
  const groups = (await queue.lease(80)).map(({group}) => group);
  const small = groups.filter((group) => group === 'small').length;
  assert.ok(small >= 19 && small <= 21, `${small} of 80 were of the group that has a quarter`);
});

// -- deduplication ------------------------------------------------------------

const same = (mode, more = {}) => ({dedup: {key: 'k', mode, ...more}});
const is_duplicate = async (queue, job, of) => {
  const {status, json, text} = await queue.call('POST', '/jobs', job);
  assert.deepEqual([status, json.duplicate, json.id], [200, true, of], text);
};

test('dedup simple: dropped until the other one has ended', async () => {
  const queue = fresh();
  const {id} = await queue.add(same('simple'));
  await is_duplicate(queue, same('simple'), id);
  const job = await queue.take();
  await is_duplicate(queue, same('simple'), id);
  await queue.complete(job);
  assert.notEqual((await queue.add(same('simple'))).id, id);
});

test('dedup throttle: dropped for so long after the other one was added', async () => {
  const queue = fresh();
  const {id} = await queue.add(same('throttle', {ttl_ms: 500}));
  await queue.complete(await queue.take());
  await is_duplicate(queue, same('throttle', {ttl_ms: 500}), id);
  await until(async () => (await queue.call('POST', '/jobs', same('throttle', {ttl_ms: 500}))).status === 202);
});

test('dedup debounce: the last one in a burst is done, once', async () => {
  const queue = fresh();
  for (let data = 0; data < 5; ++data) await queue.call('POST', '/jobs', {...same('debounce'), data, delay_ms: 300});
  assert.equal((await queue.numbers()).delayed, 1);
  assert.equal((await queue.take()).data, 4);
  assert.deepEqual(await queue.lease(), []);
});

test('dedup keep_last: what came last while one was active is next', async () => {
  const queue = fresh();
  await queue.add({...same('keep_last'), data: 0});
  const first = await queue.take();
  for (let data = 1; data < 4; ++data) await queue.call('POST', '/jobs', {...same('keep_last'), data});
  assert.deepEqual(await queue.lease(), []);
  await queue.complete(first);
  assert.equal((await queue.take()).data, 3);
  assert.deepEqual(await queue.lease(), []);
});
