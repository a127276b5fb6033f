// Flows through the real program: jobs that wait for others, in two queues, with
// real clients and workers. When children fail: queue_flows_failing; what kill -9
// leaves of them: queue_flows_crash.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, test} from 'node:test';
import {plain, plain_queues, Queue} from './support/queue.mjs';
import {fresh_folder, get, providers, simulator, troupe, until} from './support/troupe.mjs';

const queues = {
  ...plain_queues(60, {attempts: 1}),
  small: {...plain, max_waiting: 3},
  narrow: {...plain, max_waiting: 2},
  tight: {...plain, max_waiting: 3},
  ask: {...plain, handler: 'completion'},
};
const settings = (provider) =>
  ({queues, providers: providers(provider.url), node: {data_dir: fresh_folder('flows')}});

let sim, gateway, used = 0;
before(async () => {
  sim = await simulator();
  gateway = await troupe(settings(sim));
});
after(async () => {
  await gateway?.stop();
  await sim?.stop();
});

const named = (name) => new Queue(gateway.url, name);
const fresh = () => named(`q${++used}`);
const ids = (jobs) => jobs.map(({id}) => id);
const refused = (answer, status, code, param) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
  if (param !== undefined) assert.equal(answer.json.error.param, param, answer.text);
};
const all_known = (queue, id) => until(async () => {
  const page = await queue.children(id);
  return page.counts.pending === 0 && page;
}, 20_000, `${id} to know how its children ended`);

// -- waiting ------------------------------------------------------------------

test('a parent waits for its children in two queues, and its worker reads their results', async () => {
  const queue = fresh(), other = fresh();
  const children = [{data: 1}, {queue: other.name, name: 'second', priority: 'high', data: {deep: [2]}}];
  const answer = await queue.call('POST', '/jobs', {data: 'sum', children});
  assert.equal(answer.status, 202, answer.text);
  const {id} = answer.json;
  assert.equal(answer.json.state, 'waiting_children');
  assert.equal(answer.headers.get('location'), `/api/queues/${queue.name}/jobs/${id}`);
  const [a, b] = [`flow:${queue.name}:${id}:0`, `flow:${queue.name}:${id}:1`];
  assert.deepEqual(answer.json.children.map((child) => [child.id, child.queue]), [[a, queue.name], [b, other.name]]);

  const first = await queue.take(), second = await other.take();
  assert.deepEqual([first.id, first.data, first.children], [a, 1, null]);
  assert.deepEqual([second.id, second.name, second.priority, second.data], [b, 'second', 8, {deep: [2]}]);
  assert.deepEqual(await queue.lease(), [], 'the parent came before its children');
  const waits = await queue.job(id);
  assert.deepEqual([waits.state, waits.parent, waits.children],
                   ['waiting_children', null, {total: 2, pending: 2, failed: 0}]);
  assert.deepEqual((await other.job(b)).parent, {queue: queue.name, id});
  assert.deepEqual(ids((await queue.list('?state=waiting_children')).jobs), [id]);
  const {waiting_children, waiting, active} = await queue.numbers();
  assert.deepEqual([waiting_children, waiting, active], [1, 0, 1]);
  const open = await queue.children(id);
  assert.deepEqual(open.children.map(({state, result, finished_at}) => [state, result ?? null, finished_at ?? null]),
                   [[null, null, null], [null, null, null]]);

  await queue.complete(first, {n: 1});
  await until(async () => (await queue.job(id)).children.pending === 1, 10_000, 'the first to be told of');
  assert.deepEqual(await queue.lease(), [], 'it waits for the second too');
  const parent = queue.take({wait_ms: 20_000});
  await other.complete(second, {n: 2});
  const job = await parent;
  assert.deepEqual([job.id, job.data, job.children], [id, 'sum', {total: 2, pending: 0, failed: 0}]);
  const page = await queue.children(id);
  assert.deepEqual(page.children.map(({id: each, queue: where, on_failure, state, error, result}) =>
    [each, where, on_failure, state, error ?? null, result]),
  [[a, queue.name, 'fail', 'completed', null, {n: 1}], [b, other.name, 'fail', 'completed', null, {n: 2}]]);
  assert.deepEqual([page.counts, page.next], [{total: 2, pending: 0, failed: 0}, null]);
  assert.ok(page.children.every(({finished_at}) => finished_at >= waits.created_at));
  await queue.complete(job, page.children.reduce((sum, {result}) => sum + result.n, 0));
  assert.equal((await queue.job(id)).result, 3);
});

test('children have children, and each generation waits for the next', async () => {
  const queue = fresh(), other = fresh();
  const tree = {data: 'root', children: [
    {data: 'left', queue: other.name, children: [{data: 'left.0'}, {data: 'left.1', queue: queue.name}]},
    {data: 'right', children: [{data: 'right.0', children: [{data: 'right.0.0'}]}]}]};
  const answer = await queue.add(tree);
  const root = `flow:${queue.name}:${answer.id}`;
  assert.deepEqual(ids(answer.children), [`${root}:0`, `${root}:1`]);
  assert.deepEqual(answer.children[0].children.map(({id, queue: where}) => [id, where]),
                   [[`${root}:0.0`, other.name], [`${root}:0.1`, queue.name]]);
  assert.deepEqual(ids(answer.children[1].children[0].children), [`${root}:1.0.0`]);
  const ended = [];
  while (!ended.includes('root')) {
    for (const each of [queue, other])
      for (const job of await each.lease(10, {wait_ms: 50})) {
        await each.complete(job, job.data);
        ended.push(job.data);
      }
  }
  assert.equal(ended.length, 7);
  for (const child of ended) {
    const at = ended.indexOf(child), parent = child.includes('.') ? child.slice(0, -2) : 'root';
    if (child !== 'root') assert.ok(at < ended.indexOf(parent), `${child} came after ${parent}: ${ended}`);
  }
  assert.deepEqual((await queue.children(answer.id)).children.map(({result}) => result), ['left', 'right']);
});

test('flows are added in bulk with other jobs, all or none', async () => {
  const queue = fresh();
  const flow = {children: [{}, {}]};
  refused(await queue.call('POST', '/jobs/bulk', {jobs: [{}, flow, {children: [{}, {queue: 'nowhere'}]}]}),
          400, 'invalid_request', 'jobs[2].children[1].queue');
  assert.deepEqual(await queue.all(), []);
  const {jobs} = await queue.bulk([{data: 'plain'}, flow, flow]);
  assert.deepEqual(jobs.map(({state}) => state), ['waiting', 'waiting_children', 'waiting_children']);
  assert.deepEqual(jobs.map(({children}) => children?.length ?? 0), [0, 2, 2]);
  await until(async () => (await queue.numbers()).waiting === 5, 10_000, 'the children to be there');
  const done = [];
  while (done.length < 7) {
    const job = await queue.take();
    await queue.complete(job);
    done.push(job.id);
  }
  assert.deepEqual([...done.slice(-2)].sort(), [jobs[1].id, jobs[2].id].sort());
});

test('the same id twice is one flow', async () => {
  const queue = fresh();
  const first = await queue.add({id: 'report:1', children: [{}, {}]});
  const again = await queue.call('POST', '/jobs', {id: 'report:1', children: [{}, {}, {}]});
  assert.deepEqual([again.status, again.json.duplicate, again.json.children ?? null], [200, true, null], again.text);
  await until(async () => (await queue.list()).jobs.length === 2, 10_000, 'the children to be there');
  assert.deepEqual(ids((await queue.children('report:1')).children), ids(first.children));
  assert.equal((await queue.all()).length, 3);
  assert.deepEqual((await queue.job(first.children[0].id)).parent, {queue: queue.name, id: 'report:1'});
});

test('a parent with a delay waits for both', async () => {
  const queue = fresh();
  const late = await queue.add({delay_ms: 600_000, children: [{}]});
  await queue.complete(await queue.take());
  const job = await queue.is(late.id, 'delayed');
  assert.ok(job.due_at >= job.created_at + 600_000);
  const soon = await queue.add({delay_ms: 1, children: [{}]});
  await queue.complete(await queue.take());
  assert.equal((await queue.take({wait_ms: 10_000})).id, soon.id);
});

test('a promoted parent waits for nobody', async () => {
  const queue = fresh();
  const {id, children} = await queue.add({children: [{}]});
  const child = await queue.take();
  const answer = await queue.tell(id, 'promote');
  assert.deepEqual([answer.status, answer.json.state], [200, 'waiting'], answer.text);
  const job = await queue.take();
  assert.deepEqual([job.id, job.children], [id, {total: 1, pending: 1, failed: 0}]);
  await queue.complete(child, 'late');
  const page = await all_known(queue, id);
  assert.deepEqual([page.children[0].id, page.children[0].result], [children[0].id, 'late']);
  await queue.complete(job);
});

test('flows count in a full queue, and in its metrics', async () => {
  const queue = named('small');
  await queue.add({children: [{queue: 'ask', data: {}, delay_ms: 600_000}]});
  await queue.bulk([{children: [{queue: 'ask', data: {}, delay_ms: 600_000}]}, {}]);
  refused(await queue.call('POST', '/jobs', {}), 429, 'queue_full');
  await until(async () => {
    const lines = (await get(`${gateway.url}/metrics`)).text.split('\n').filter((line) => line.startsWith('queue_size{'));
    return lines.some((line) => /queue="small"/.test(line) && /state="waiting_children".* 2$/.test(line));
  }, 10_000, 'two to be shown');
});

test('a flow goes on as there is room for its children', async () => {
  const queue = fresh(), narrow = named('narrow');
  const {id} = await queue.add({children: Array.from({length: 7}, (_, data) => ({queue: 'narrow', data}))});
  const seen = [];
  await until(async () => {
    for (const job of await narrow.lease(10, {wait_ms: 500})) {
      seen.push(job.data);
      await narrow.complete(job);
    }
    return seen.length >= 7;
  }, 60_000, 'all children to come');
  assert.equal((await queue.take()).id, id);
  assert.deepEqual(seen.sort(), [0, 1, 2, 3, 4, 5, 6]);
});

test('parents that fill a queue do not keep their own children out', async () => {
  const queue = named('tight');
  const {jobs} = await queue.bulk([1, 2, 3].map((data) => ({data, children: [{data: 'a'}, {data: 'b'}]})));
  refused(await queue.call('POST', '/jobs', {}), 429, 'queue_full');
  const seen = [];
  while (seen.length < 9) {
    const job = await queue.take({wait_ms: 10_000});
    seen.push(job.id);
    await queue.complete(job);
  }
  for (const {id, children} of jobs)
    assert.ok(children.every((child) => seen.indexOf(child.id) < seen.indexOf(id)), `${seen}`);
});

test('children have the tenant of their parent', async () => {
  const key_sha256 = (tenant) => createHash('sha256').update(`key-of-${tenant}`).digest('hex');
  const clients = ['a', 'b'].map((tenant) => ({name: tenant, tenant, key_sha256: key_sha256(tenant)}));
  const closed = await troupe({queues: plain_queues(2), auth: {mode: 'required', clients}});
  const as = (tenant, name) => new Queue(closed.url, name, {authorization: `Bearer key-of-${tenant}`});
  const {id, children: [{id: child}]} = await as('a', 'q1').add({children: [{queue: 'q2', data: 1}]});
  refused(await as('b', 'q1').call('GET', `/jobs/${id}/children`), 404, 'unknown_job');
  assert.deepEqual(await as('b', 'q2').lease(), []);
  await as('a', 'q2').complete(await as('a', 'q2').take(), 'mine');
  refused(await as('b', 'q2').call('GET', `/jobs/${child}`), 404, 'unknown_job');
  assert.equal((await as('a', 'q1').take()).id, id);
  assert.equal((await as('a', 'q1').children(id)).children[0].result, 'mine');
  await closed.stop();
});

// -- reading and asking -------------------------------------------------------

test('many children are read page by page, with the results of those that have ended', async () => {
  const queue = fresh(), other = fresh();
  const COUNT = 250;
  const {id, children} = await queue.add({children: Array.from({length: COUNT}, (_, data) => ({queue: other.name, data}))});
  const jobs = [];
  await until(async () => { jobs.push(...await other.lease(COUNT)); return jobs.length === COUNT; }, 20_000, 'all children');
  const even = jobs.filter(({data}) => data % 2 === 0);
  await other.want(200, 'POST', '/complete', {jobs: even.map(({id: each, token, data}) => ({id: each, token, result: -data}))});
  await until(async () => (await queue.children(id, '?limit=1')).counts.pending === COUNT / 2, 20_000, 'the half to be told of');
  const seen = [], pages = [];
  for (let from = 0; from !== null;) {
    const page = await queue.children(id, `?limit=100&from=${from}`);
    seen.push(...page.children);
    pages.push(page.children.length);
    from = page.next;
  }
  assert.deepEqual(pages, [100, 100, 50]);
  assert.deepEqual(ids(seen), ids(children));
  for (const [i, child] of seen.entries()) {
    assert.equal(child.state, i % 2 === 0 ? 'completed' : null);
    if (i % 2 === 0) assert.equal(child.result, i === 0 ? 0 : -i);
  }
  for (const query of ['limit=0', 'limit=x', 'from=-1', 'form=1'])
    refused(await queue.call('GET', `/jobs/${id}/children?${query}`), 400, 'invalid_request', query.split('=')[0]);
  refused(await queue.call('GET', '/jobs/no-such/children'), 404, 'unknown_job');
  const single = await queue.add();
  assert.deepEqual((await queue.children(single.id)).children, []);
});

test('what is wrong with a flow is named by its path', async () => {
  const queue = fresh();
  const deep = (n) => n === 0 ? {} : {children: [deep(n - 1)]};
  for (const [body, param] of [
    [{children: {}}, 'children'], [{children: ['x']}, 'children[0]'],
    [{children: [{}, {}, {queue: 'x'}]}, 'children[2].queue'], [{children: [{id: 'mine'}]}, 'children[0].id'],
    [{children: [{dedup: {key: 'k'}}]}, 'children[0].dedup'], [{children: [{on_failure: 'panic'}]}, 'children[0].on_failure'],
    [{children: [{priority: 11}]}, 'children[0].priority'], [{children: [{datum: 1}]}, 'children[0].datum'],
    [{children: [{children: [{}, {children: [{backoff: {kind: 'linear'}}]}]}]},
     'children[0].children[1].children[0].backoff.kind'],
    [{on_failure: 'fail'}, 'on_failure'],
    [{children: Array.from({length: 1001}, () => ({}))}, 'children'],
  ]) refused(await queue.call('POST', '/jobs', body), 400, 'invalid_request', param);
  const missing = await queue.call('POST', '/jobs', {children: [{queue: 'x'}]});
  assert.match(missing.json.error.message, /no queue is named 'x'/);
  assert.equal((await queue.call('POST', '/jobs', deep(11))).status, 400, 'eleven generations');
  const broad = {children: Array.from({length: 101}, () => ({children: Array.from({length: 100}, () => ({}))}))};
  assert.equal((await queue.call('POST', '/jobs', broad)).status, 400, 'more than 10,000 jobs');
  assert.deepEqual(await queue.all(), []);
  const {children} = await queue.add(deep(10));
  assert.equal(children.length, 1);
});

test('a flow over models: troupe itself answers the children, a worker puts their words together', async () => {
  const queue = fresh();
  const ask = (content) => ({queue: 'ask', data: {model: 'gpt-4o-mini', messages: [{role: 'user', content}]}});
  const no_request = {queue: 'ask', data: 'no request', on_failure: 'ignore'};
  const {id} = await queue.add({children: [ask('Pro?'), ask('Contra?'), no_request]});
  const job = await queue.take({wait_ms: 30_000});
  assert.deepEqual([job.id, job.children], [id, {total: 3, pending: 0, failed: 1}]);
  const {children} = await queue.children(id);
  for (const {state, result} of children.slice(0, 2))
    assert.ok(state === 'completed' && result.content.length > 0, state);
  await queue.complete(job, children.slice(0, 2).map(({result}) => result.content).join('\n'));
});
