// The job queue through the real program: what is listed, what operators do to
// a queue, and who may.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, test} from 'node:test';
import {plain, plain_queues, Queue} from './support/queue.mjs';
import {troupe, until} from './support/troupe.mjs';

const keys = {red: 'troupe-client-red-1234567890', blue: 'troupe-client-blue-1234567890'};
const admin = {authorization: 'Bearer the-operators-own-token-123'};
const clients = Object.entries(keys).map(([tenant, key]) => (
  {name: tenant, tenant, key_sha256: createHash('sha256').update(key).digest('hex')}));
const as = (tenant) => ({authorization: `Bearer ${keys[tenant]}`});

const queues = {
  ...plain_queues(20),
  forgetful: {...plain, keep_completed: {count: 2, age: '1h'}},
  young: {...plain, keep_completed: {count: 1000, age: '300ms'}},
};

let gateway, guarded, used = 0;
before(async () => {
  gateway = await troupe({queues});
  guarded = await troupe({queues, auth: {mode: 'required', clients, admin_token: admin.authorization.slice(7)}});
});
after(async () => { await gateway?.stop(); await guarded?.stop(); });

const fresh = () => new Queue(gateway.url, `q${++used}`);
const named = (name) => new Queue(gateway.url, name);
const ids = (jobs) => jobs.map(({id}) => id);
const refused = (answer, status, code, param) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
  if (param !== undefined) assert.equal(answer.json.error.param, param, answer.text);
  assert.ok(answer.json.error.message && answer.json.error.request_id, answer.text);
};

// -- what is seen -------------------------------------------------------------

test('lists go page by page, either way, by state, name and group', async () => {
  const queue = fresh();
  const {jobs} = await queue.bulk(Array.from({length: 25}, (_, i) => ({name: i % 2 ? 'odd' : 'even', group: `g${i % 3}`, data: i})));
  const walk = async (query) => {
    const all = [];
    let path = `/jobs${query}`;
    for (let pages = 0; path && pages < 20; ++pages) {
      const answer = await queue.call('GET', path);
      assert.equal(answer.status, 200, answer.text);
      all.push(...answer.json.jobs);
      assert.ok(answer.json.jobs.length <= 10);
      const next = answer.headers.get('link')?.match(/<(.*)>; rel="next"/)?.[1];
      assert.equal(Boolean(next), answer.json.next !== null, 'Link and next say the same');
      path = next?.replace(`/api/queues/${queue.name}`, '');
    }
    return all;
  };
  assert.deepEqual(ids(await walk('?limit=10')), ids(jobs));
  assert.deepEqual(ids(await walk('?limit=7&order=desc&state=any')), ids(jobs).reverse());
  assert.deepEqual((await walk('?limit=4&name=odd')).map(({data}) => data), jobs.map((_, i) => i).filter((i) => i % 2));
  assert.deepEqual((await walk('?limit=4&group=g1')).map(({data}) => data), jobs.map((_, i) => i).filter((i) => i % 3 === 1));
  assert.equal((await queue.list('?data=0')).jobs[0].data, undefined);
  assert.deepEqual((await queue.list('?state=completed')).jobs, []);
});

test('what has not changed is a 304', async () => {
  const queue = fresh();
  const {id} = await queue.add();
  for (const path of ['', '/jobs', `/jobs/${id}`]) {
    const etag = (await queue.call('GET', path)).headers.get('etag');
    assert.match(etag ?? '', /^(W\/)?"[^"]+"$/, path);
    if (path === '') continue;  // its oldest job grows older
    const again = await queue.call('GET', path, undefined, {headers: {'if-none-match': etag}});
    assert.deepEqual([again.status, again.text], [304, ''], path);
    await queue.tell(id, 'priority', {priority: path === '/jobs' ? 1 : 2});
    assert.equal((await queue.call('GET', path, undefined, {headers: {'if-none-match': etag}})).status, 200, path);
  }
});

test('ended jobs are kept by number and by age', async () => {
  const counted = named('forgetful');
  const {jobs} = await counted.bulk([{}, {}, {}, {}]);
  await counted.work_off();
  await until(async () => (await counted.numbers()).completed === 2, 5000, 'the oldest to go');
  assert.equal((await counted.call('GET', `/jobs/${jobs[0].id}`)).status, 404);
  assert.equal(await counted.state(jobs[3].id), 'completed');
  const aged = named('young');
  const {id} = await aged.add();
  await aged.work_off();
  await until(async () => (await aged.call('GET', `/jobs/${id}`)).status === 404, 10_000, 'the job to go');
});

// -- operators ----------------------------------------------------------------

test('a paused queue leases nothing and takes jobs in, what is active goes on', async () => {
  const queue = fresh();
  await queue.add();
  const active = await queue.take();
  assert.equal((await queue.order('pause')).paused, true);
  const {id} = await queue.add();
  assert.equal(await queue.state(id), 'paused');
  assert.deepEqual(await queue.lease(1, {wait_ms: 100}), []);
  await queue.complete(active);
  const waiting = queue.take();
  assert.equal((await queue.order('resume')).paused, false);
  assert.equal((await waiting).id, id);
});

test('drain forgets what waits, clean what has ended, by state and age', async () => {
  const queue = fresh();
  await queue.bulk([{}, {}, {}, {delay_ms: 60_000}]);
  await queue.complete(await queue.take());
  const active = await queue.take();
  assert.equal((await queue.order('drain')).jobs, 1);
  const {waiting, delayed} = await queue.numbers();
  assert.deepEqual([waiting, delayed], [0, 1]);
  assert.equal((await queue.order('drain', {delayed: true})).jobs, 1);
  assert.equal((await queue.order('clean', {state: 'completed', older_than_ms: 60_000})).jobs, 0);
  assert.equal((await queue.order('clean', {state: 'completed'})).jobs, 1);
  await queue.complete(active);
});

test('a job is removed, but not while it is active', async () => {
  const queue = fresh();
  const {id} = await queue.add();
  const job = await queue.take();
  refused(await queue.call('DELETE', `/jobs/${id}`), 409, 'wrong_state');
  await queue.complete(job);
  assert.equal((await queue.call('DELETE', `/jobs/${id}`)).status, 204);
  refused(await queue.call('GET', `/jobs/${id}`), 404, 'unknown_job');
});

test('dead letters tell why, are redriven one, some or all, and purged', async () => {
  const queue = fresh();
  const {jobs} = await queue.bulk([{name: 'a'}, {name: 'a'}, {name: 'b'}, {name: 'b'}].map((job, n) => ({...job, data: {n}, attempts: 1})));
  for (const error of ['disk on fire', 'timeout', 'timeout', 'timeout']) await queue.fail(await queue.take(), error);
  const dead = (await queue.list('?state=dead')).jobs;
  assert.deepEqual(ids(dead), ids(jobs));
  const {error, data, failures} = await queue.job(jobs[0].id);
  assert.deepEqual([error, data, failures.map((each) => [each.attempt, each.error])],
                   ['disk on fire', {n: 0}, [[1, 'disk on fire']]]);
  assert.equal((await queue.numbers()).dead, 4);
  assert.equal((await queue.order('redrive', {ids: [jobs[3].id]})).jobs, 1);
  assert.equal((await queue.order('redrive', {error_contains: 'fire'})).jobs, 1);
  assert.equal((await queue.order('redrive', {name: 'b'})).jobs, 1);
  assert.equal((await queue.order('purge')).jobs, 1);
  const again = await queue.lease(4);
  assert.deepEqual(ids(again).sort(), [jobs[0], jobs[2], jobs[3]].map(({id}) => id).sort());
  assert.ok(again.every(({attempt}) => attempt === 1), 'they have all their attempts again');
});

// -- who may ------------------------------------------------------------------

test('tenants see and touch their own jobs only', async () => {
  const red = new Queue(guarded.url, 'q1', as('red')), blue = new Queue(guarded.url, 'q1', as('blue'));
  const {id} = await red.add({data: 'red'});
  await blue.add({data: 'blue'});
  refused(await blue.call('GET', `/jobs/${id}`), 404, 'unknown_job');
  for (const word of ['cancel', 'retry', 'promote']) refused(await blue.tell(id, word), 404, 'unknown_job');
  refused(await blue.call('GET', `/jobs/${id}/events`), 404, 'unknown_job');
  assert.deepEqual((await blue.list()).jobs.map(({data}) => data), ['blue']);
  assert.deepEqual((await blue.lease(10)).map(({data}) => data), ['blue']);
  assert.equal((await blue.order('drain')).jobs, 0);
  assert.deepEqual((await red.lease(10)).map(({data}) => data), ['red']);
});

test('a queue is paused by operators, not by a tenant, and not by strangers', async () => {
  const at = (who) => new Queue(guarded.url, 'q2', who);
  assert.equal((await at(as('red')).call('POST', '/pause', {})).status, 403);
  assert.equal((await at({}).call('POST', '/pause', {})).status, 401);
  assert.equal((await at({}).call('POST', '/jobs', {})).status, 401);
  assert.equal((await at(admin).order('pause')).paused, true);
  assert.equal((await at(admin).order('resume')).paused, false);
});
