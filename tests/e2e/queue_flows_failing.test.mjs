// Flows whose children fail, are tried again, or go away: what becomes of their
// parents, through the real program.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {plain_queues, Queue} from './support/queue.mjs';
import {troupe, until} from './support/troupe.mjs';

let gateway, used = 0;
before(async () => { gateway = await troupe({queues: plain_queues(40, {attempts: 1})}); });
after(() => gateway?.stop());

const fresh = () => new Queue(gateway.url, `q${++used}`);
const all_known = (queue, id) => until(async () => {
  const page = await queue.children(id);
  return page.counts.pending === 0 && page;
}, 20_000, `${id} to know how its children ended`);

// -- a child that fails -------------------------------------------------------

/// A parent of three; the first child of the given policy dies, the others are
/// left alone.
async function one_dies(on_failure) {
  const queue = fresh(), other = fresh();
  const {id, children} = await queue.add({children: [{queue: other.name, on_failure}, {queue: other.name}, {queue: other.name}]});
  const jobs = [await other.take(), await other.take(), await other.take()];
  await other.fail(jobs[0], 'out of ink');
  return {queue, other, id, children, jobs};
}

test('on_failure fail: the parent fails with its child, at once, and says which; the others go on', async () => {
  const {queue, other, id, children, jobs} = await one_dies('fail');
  const parent = await queue.ended(id);
  assert.equal(parent.state, 'failed');
  assert.equal(parent.error, `child ${children[0].id} in ${other.name} failed: out of ink`);
  assert.deepEqual(parent.children, {total: 3, pending: 2, failed: 1});
  assert.equal((await queue.all_events(id)).at(-1).event, 'failed');
  for (const job of jobs.slice(1)) await other.complete(job, 'fine');
  const page = await all_known(queue, id);
  assert.deepEqual(page.children.map(({state}) => state), ['dead', 'completed', 'completed']);
  assert.deepEqual([page.children[0].error, page.children[1].result], ['out of ink', 'fine']);
  assert.deepEqual(await queue.lease(), []);
  assert.equal(await queue.state(id), 'failed');
});

test('on_failure ignore: the parent waits for the others, and sees what failed', async () => {
  const {queue, other, id, jobs} = await one_dies('ignore');
  await until(async () => (await queue.job(id)).children.failed === 1, 10_000, 'the parent to know');
  assert.equal(await queue.state(id), 'waiting_children');
  await other.complete(jobs[1], 1);
  await other.fail(jobs[2], 'never', {retry: false});
  const parent = await queue.ended(id);
  assert.equal(parent.state, 'failed', 'the third one had the policy fail');

  const {queue: a, other: b, id: second, jobs: three} = await one_dies('ignore');
  for (const job of three.slice(1)) await b.complete(job, 1);
  const job = await a.take();
  assert.deepEqual([job.id, job.children], [second, {total: 3, pending: 0, failed: 1}]);
  const {children} = await a.children(second);
  assert.deepEqual(children.map(({state, error}) => [state, error ?? null]),
                   [['dead', 'out of ink'], ['completed', null], ['completed', null]]);
  assert.deepEqual(children.map(({on_failure}) => on_failure), ['ignore', 'fail', 'fail']);
  await a.complete(job);
});

test('on_failure continue: the parent goes on at once, while the others are in work', async () => {
  const {queue, other, id, jobs} = await one_dies('continue');
  const job = await queue.take();
  assert.deepEqual([job.id, job.children], [id, {total: 3, pending: 2, failed: 1}]);
  await other.complete(jobs[1], 1);
  await other.complete(jobs[2], 2);
  const {children} = await all_known(queue, id);
  assert.deepEqual(children.map(({state}) => state), ['dead', 'completed', 'completed']);
  await queue.complete(job, 'made do');
  assert.equal(await queue.state(id), 'completed');
});

test('a failure climbs as far as the policies let it', async () => {
  const queue = fresh();
  const nest = (outer) => ({data: 'root', children: [{data: 'middle', on_failure: outer, children: [{data: 'leaf'}]}]});
  const strict = await queue.add(nest('fail'));
  await queue.fail(await queue.take(), 'no', {retry: false});
  const root = await queue.ended(strict.id), [middle] = strict.children;
  assert.equal(root.state, 'failed');
  assert.equal(root.error,
               `child ${middle.id} in ${queue.name} failed: child ${middle.children[0].id} in ${queue.name} failed: no`);
  assert.equal(await queue.state(middle.id), 'failed');
  const lenient = await queue.add(nest('ignore'));
  await queue.fail(await queue.take(), 'no');
  const job = await queue.take();
  assert.deepEqual([job.id, job.children], [lenient.id, {total: 1, pending: 0, failed: 1}]);
  await queue.complete(job);
});

test('a dead child and its parent are tried again', async () => {
  const queue = fresh(), other = fresh();
  const {id, children: [{id: child}]} = await queue.add({children: [{queue: other.name, data: 1}]});
  await other.fail(await other.take(), 'no');
  await queue.ended(id);
  assert.equal((await other.tell(child, 'retry')).json.state, 'waiting');
  await other.complete(await other.take(), 'at last');
  await until(async () => (await queue.children(id)).children[0].state === 'completed', 10_000, 'the parent to know');
  assert.deepEqual((await queue.job(id)).children, {total: 1, pending: 0, failed: 0});
  assert.equal((await queue.tell(id, 'retry')).json.state, 'waiting');
  const job = await queue.take();
  assert.deepEqual([job.id, (await queue.children(id)).children[0].result], [id, 'at last']);
  await queue.complete(job, 'done');
  const both = await queue.job(id);
  assert.deepEqual([both.state, both.result, (await other.job(child)).state], ['completed', 'done', 'completed']);
});

test('a parent that is tried again waits for the children that are still at work', async () => {
  const {queue, other, id, jobs} = await one_dies('fail');
  await queue.ended(id);
  assert.equal((await queue.tell(id, 'retry')).json.state, 'waiting_children');
  await other.complete(jobs[1]);
  await until(async () => (await queue.job(id)).children.pending === 1, 10_000, 'one to be told of');
  assert.deepEqual(await queue.lease(), []);
  await other.complete(jobs[2]);
  assert.equal((await queue.take()).id, id);
});

// -- what goes away -----------------------------------------------------------

test('a parent that is cancelled or removed leaves its children alone', async () => {
  const queue = fresh();
  const [a, b] = (await queue.bulk([{children: [{data: 'of a'}]}, {children: [{data: 'of b'}]}])).jobs;
  await until(async () => (await queue.numbers()).waiting === 2, 10_000, 'the children to be there');
  assert.equal((await queue.tell(a.id, 'cancel')).json.state, 'failed');
  assert.equal((await queue.call('DELETE', `/jobs/${b.id}`)).status, 204);
  const done = [await queue.take(), await queue.take()];
  assert.deepEqual(done.map(({data}) => data).sort(), ['of a', 'of b']);
  for (const job of done) await queue.complete(job, 'fine');
  assert.equal((await all_known(queue, a.id)).children[0].result, 'fine');
  assert.equal((await queue.call('GET', `/jobs/${b.id}/children`)).status, 404);
  assert.equal((await queue.job(b.children[0].id)).state, 'completed');
  assert.equal(await queue.state(a.id), 'failed');
});

test('a child that is removed, cancelled, drained or cleaned has failed, and its parent knows why', async () => {
  const ways = {
    cancel: (queue, id) => queue.tell(id, 'cancel'),
    remove: (queue, id) => queue.call('DELETE', `/jobs/${id}`),
    drain: (queue) => queue.call('POST', '/drain', {}),
    clean: (queue) => queue.call('POST', '/clean', {state: 'waiting', older_than_ms: 0}),
  };
  for (const [way, goes] of Object.entries(ways)) {
    const queue = fresh(), other = fresh();
    const {id, children: [{id: child}]} = await queue.add({children: [{queue: other.name}]});
    await until(async () => (await other.call('GET', `/jobs/${child}`)).status === 200, 10_000, 'the child to be there');
    const answer = await goes(other, child);
    assert.ok(answer.status < 300, `${way}: ${answer.text}`);
    const parent = await queue.ended(id);
    assert.equal(parent.state, 'failed', way);
    const why = way === 'cancel' ? 'cancelled' : 'removed';
    assert.equal(parent.error, `child ${child} in ${other.name} failed: ${why}`, way);
    if (way !== 'cancel')
      await until(async () => (await other.call('GET', `/jobs/${child}`)).status === 404, 10_000, `${way} to forget it`);
  }
});

test('drain leaves parents alone, clean forgets them when told to', async () => {
  const queue = fresh(), other = fresh();
  const {id} = await queue.add({children: [{queue: other.name}]});
  await queue.order('drain', {delayed: true});
  assert.equal(await queue.state(id), 'waiting_children');
  assert.equal((await queue.order('clean', {state: 'waiting_children', older_than_ms: 0})).jobs, 1);
  assert.equal((await queue.call('GET', `/jobs/${id}`)).status, 404);
  await other.complete(await other.take());
});
