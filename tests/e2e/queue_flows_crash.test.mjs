// kill -9 at random moments in the midst of flows over three queues: every one
// ends as its children did, none is worked too early, and children exist once.
// FLOW_ROUNDS says how often (10), CRASH_SEED repeats a run's choices.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {Crashing, dice, worked_off} from './support/crashing.mjs';
import {plain, Queue} from './support/queue.mjs';
import {fresh_folder, until} from './support/troupe.mjs';

const ROUNDS = Number(process.env.FLOW_ROUNDS ?? 10);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const FLOWS_MIN = 200, CLIENTS = 4, WORKERS_EACH = 3;
/// From the start of a process to its end: some die before they listen.
const LIFE_MS_MAX = 1500;
const kept = {count: 10_000_000, age: '24h'};
const busy = {...plain, lease: '1s', heartbeat: '1s', attempts: 5, keep_completed: kept, keep_failed: kept, keep_dead: kept};
const queues = {top: busy, left: busy, right: busy};
const ENDS = ['completed', 'failed', 'dead'];

/// A job of a flow: what it is called in it is its data.
const job = (flow, path, more = {}) => ({...more, data: {flow, path, ...more.data}});

/// Five kinds of flows, in turn.
function tree(flow, kind) {
  const doomed = {data: {doomed: true}};
  const on_failure = ['ignore', 'fail', 'continue'][kind - 2];
  const grandchildren = [job(flow, '1.0', {queue: 'top'}), job(flow, '1.1', {queue: 'left'})];
  const first = job(flow, '0', {queue: 'left', ...(on_failure && {...doomed, on_failure})});
  const second = job(flow, '1', {queue: 'right', ...(kind === 1 && {children: grandchildren})});
  return job(flow, '', {id: `f-${flow}`, children: [first, second, job(flow, '2')]});
}
const paths = (kind) => ['', '0', '1', ...(kind === 1 ? ['1.0', '1.1'] : []), '2'];

/// An answer of a healthy or dying program; the latter is asked again.
function judged(answer, ...wanted) {
  if (answer.status === 503) throw Object.assign(new Error('again'), {code: 'AGAIN'});
  assert.ok(wanted.includes(answer.status), `unexpected ${answer.status}: ${answer.text}`);
  return answer;
}

/// What was answered, and what should not have been.
class Accounts {
  next = 0;
  looks = 0;
  added = new Set();
  completed = new Map();  // id -> set of tokens that got a 200
  early = [];
  wrong = [];
}

async function client(stage, accounts, random) {
  while (!stage.stopped) {
    const flow = accounts.next++;
    await stage.persist(async (url) => {
      judged(await new Queue(url, 'top').call('POST', '/jobs', tree(flow, flow % 5)), 202, 200);
      accounts.added.add(flow);
    });
    await sleep(random() * 60);
  }
}

/// Looks at a parent's children as its own worker would, and at themselves. What
/// it sees counts if it has the job still: a crash may have taken back a lease,
/// and what the parent had just heard, before either was on disk.
async function look_at_children(url, name, parent, accounts) {
  const early = [], wrong = [];
  const {children, counts} = judged(await new Queue(url, name).call('GET', `/jobs/${parent.id}/children`), 200).json;
  const goes_on = children.some((child) => child.on_failure === 'continue' && ['failed', 'dead'].includes(child.state));
  for (const [i, child] of children.entries()) {
    const {state} = judged(await new Queue(url, child.queue).call('GET', `/jobs/${child.id}`), 200).json;
    if (!goes_on && !(ENDS.includes(state) && child.state === state))
      early.push(`${child.id} is ${state}, told ${child.state}`);
    const path = parent.data.path === '' ? `${i}` : `${parent.data.path}.${i}`;
    if (child.state === 'completed' && child.result !== `${parent.data.flow}/${path}`)
      wrong.push(`${child.id}: ${JSON.stringify(child.result)}`);
  }
  if (!goes_on && counts.pending !== 0) early.push(`${parent.id} has ${counts.pending} pending`);
  if (judged(await new Queue(url, name).say(parent, 'heartbeat'), 200, 409).status !== 200) return;
  accounts.looks += 1;
  accounts.early.push(...early);
  accounts.wrong.push(...wrong);
}

async function worker(stage, accounts, name, random) {
  while (!stage.stopped) {
    const wish = {max: 1 + Math.floor(random() * 4), wait_ms: 100};
    const answer = await stage.persist(async (url) => judged(await new Queue(url, name).call('POST', '/lease', wish), 200));
    for (const each of answer?.json.jobs ?? []) {
      if (each.children) await stage.persist((url) => look_at_children(url, name, each, accounts));
      await sleep(random() * 20);
      const [word, body] = each.data.doomed ? ['fail', {error: 'doomed', retry: false}]
                                            : ['complete', {result: `${each.data.flow}/${each.data.path}`}];
      await stage.persist(async (url) => {
        const {status} = judged(await new Queue(url, name).say(each, word, body), 200, 409);
        if (status !== 200 || word !== 'complete') return;
        if (!accounts.completed.has(each.id)) accounts.completed.set(each.id, new Set());
        accounts.completed.get(each.id).add(each.token);
      });
    }
  }
}

test(`${ROUNDS} times kill -9 in the midst of flows (seed ${SEED})`, {timeout: 120_000 + ROUNDS * 10_000}, async (t) => {
  const random = dice(SEED), accounts = new Accounts();
  const stage = new Crashing({queues, node: {data_dir: fresh_folder('flows')}});
  stage.begin();
  await stage.listens;
  const producers = new AbortController();
  const making = Object.create(stage, {stopped: {get: () => producers.signal.aborted || stage.stopped}});
  const names = Object.keys(queues);
  const trouble = Promise.all([
    ...Array.from({length: CLIENTS}, (_, i) => client(making, accounts, dice(SEED + i + 1))),
    ...names.flatMap((name, q) => Array.from({length: WORKERS_EACH}, (_, i) =>
      worker(stage, accounts, name, dice(SEED + 100 * (q + 1) + i)))),
  ]);
  trouble.catch(() => { stage.stopped = true; });

  for (let round = 0; round < ROUNDS && !stage.stopped; ++round) {
    await sleep(random() * LIFE_MS_MAX);
    await stage.kill();
    stage.begin();
  }
  await stage.listens;
  await until(() => accounts.added.size >= FLOWS_MIN || stage.stopped, 60_000, `${FLOWS_MIN} flows to be added`);
  producers.abort();
  for (let calm = false; !calm && !stage.stopped;) {
    for (const name of names) await worked_off(stage, name, 90_000);
    // What ended last may have let go on what had been looked at before.
    const left = await Promise.all(names.map((name) => stage.queue(name).numbers()));
    calm = left.every((n) => n.waiting + n.active + n.delayed + n.waiting_children === 0);
  }
  const all_known = async () => (await stage.queue('top').all()).every(({children}) => !children?.pending);
  await until(async () => stage.stopped || await all_known(), 20_000, 'every parent to know how its children ended');
  stage.stopped = true;
  await trouble;

  const jobs = (await Promise.all(names.map((name) => stage.queue(name).all()))).flat();
  const by_place = new Map();
  for (const each of jobs) {
    const place = `${each.data.flow}/${each.data.path}`;
    by_place.set(place, [...(by_place.get(place) ?? []), each]);
  }
  const at = (flow, path) => by_place.get(`${flow}/${path}`)?.[0];
  t.diagnostic(`${accounts.added.size} flows, ${jobs.length} jobs, ${accounts.completed.size} completions, ${stage.starts} starts`);

  await t.test('every flow with a 202 is there, with all its children, each of them once', () => {
    for (const [place, found] of by_place) assert.equal(found.length, 1, `${place} is there ${found.length} times`);
    for (const flow of accounts.added)
      for (const path of paths(flow % 5)) assert.ok(at(flow, path), `${flow}/${path} is missing`);
    const flows = new Set(jobs.map(({data}) => data.flow));
    assert.equal(jobs.length, [...flows].reduce((sum, flow) => sum + paths(flow % 5).length, 0), 'a flow is there in part');
  });
  await t.test('every flow ends, and its parent as its children let it', () => {
    for (const {id, state} of jobs) assert.ok(ENDS.includes(state), `${id} is ${state}`);
    for (const parent of jobs.filter(({children}) => children)) {
      const {flow, path} = parent.data;
      const is_below = (p) => p !== '' && (p.includes('.') ? p.slice(0, -2) : '') === path;
      const below = paths(flow % 5).filter(is_below).map((p) => at(flow, p));
      assert.equal(below.length, parent.children.total, parent.id);
      const missed = below.filter(({state}) => state !== 'completed');
      assert.deepEqual([parent.children.pending, parent.children.failed], [0, missed.length], parent.id);
      const breaks = missed.some(({data}) => !(data.doomed && [2, 4].includes(flow % 5)));
      const continues = missed.some(({data}) => data.doomed && flow % 5 === 4);
      if (breaks && !continues) assert.notEqual(parent.state, 'completed', parent.id);
      // Two answers to leases that a crash swallowed are two workers lost.
      if (!breaks) assert.ok(parent.state === 'completed' || parent.workers_lost === 2, `${parent.id}: ${parent.error}`);
    }
  });
  await t.test('no parent is worked before its children have ended, and their results are right', () => {
    assert.ok(accounts.looks > 100, `${accounts.looks} looks`);
    assert.deepEqual([accounts.early, accounts.wrong], [[], []]);
  });
  await t.test('no job of a flow completes twice, and a completion that was acknowledged stands', () => {
    const states = new Map(jobs.map(({id, state}) => [id, state]));
    for (const [id, tokens] of accounts.completed) {
      assert.equal(tokens.size, 1, `${id} was completed by ${[...tokens]}`);
      assert.equal(states.get(id), 'completed', id);
    }
  });
  await t.test('it stops politely at the end', () => stage.program.stop());
});
