// kill -9 at random moments under load from real clients and workers, and a new
// start on the same folder: what was acknowledged holds. CRASH_ROUNDS says how
// often (20; ./dev bench crash: 200), CRASH_SEED repeats a run's choices.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {all_jobs, client, Crashing, dice, Ledger, orderly_client, worked_off, worker} from './support/crashing.mjs';
import {plain} from './support/queue.mjs';
import {fresh_folder} from './support/troupe.mjs';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 20);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const CLIENTS = 4, WORKERS = 8;
/// From the start of a process to its end: some die before they listen.
const LIFE_MS_MAX = 1200;
const kept = {count: 10_000_000, age: '24h'};
const busy = {...plain, lease: '1s', heartbeat: '1s', attempts: 5, keep_completed: kept, keep_failed: kept, keep_dead: kept};

test(`${ROUNDS} times kill -9 (seed ${SEED}): what was acknowledged holds`, {timeout: 60_000 + ROUNDS * 10_000}, async (t) => {
  const random = dice(SEED);
  const stage = new Crashing({queues: {busy, ordered: {...busy, aging: '24h'}}, node: {data_dir: fresh_folder('crash')}});
  const ledger = new Ledger(), ordered = new Ledger();
  stage.begin();
  await stage.listens;

  const producers = new AbortController();
  const making = Object.create(stage, {stopped: {get: () => producers.signal.aborted || stage.stopped}});
  const crowd = [
    ...Array.from({length: CLIENTS}, (_, i) => client(making, ledger, 'busy', dice(SEED + i + 1), i)),
    ...Array.from({length: WORKERS}, (_, i) => worker(stage, ledger, 'busy', dice(SEED + 100 + i))),
    orderly_client(making, ordered, 'ordered'),
  ];
  const trouble = Promise.all(crowd);
  trouble.catch(() => { stage.stopped = true; });

  for (let round = 0; round < ROUNDS && !stage.stopped; ++round) {
    await sleep(random() * LIFE_MS_MAX);
    await stage.kill();
    stage.begin();
  }
  await stage.listens;
  producers.abort();
  await worked_off(stage, 'busy', 60_000 + ROUNDS * 500);
  stage.stopped = true;
  await trouble;

  const jobs = await all_jobs(stage.queue('busy'));
  t.diagnostic(`${ledger.added.size} jobs acknowledged, ${ledger.completed.size} completions, ${ledger.late} late answers refused`);
  assert.ok(ledger.added.size > ROUNDS * 10 && ledger.completed.size > ROUNDS, 'there was hardly any load');

  await t.test('no job with a 202 is missing', () => {
    const missing = [...ledger.added.keys()].filter((id) => !jobs.has(id));
    assert.deepEqual(missing, []);
  });
  await t.test('no job completes twice, and a completion that was acknowledged stands', () => {
    for (const [id, tokens] of ledger.completed) {
      assert.equal(tokens.size, 1, `${id} was completed by ${[...tokens]}`);
      assert.equal(jobs.get(id)?.state, 'completed', id);
    }
    for (const id of ledger.refused) assert.equal(jobs.get(id)?.state, 'failed', id);
  });
  await t.test('every job ends, one way', () => {
    const ends = new Set(['completed', 'failed', 'dead']);
    for (const [id, {state}] of jobs) assert.ok(ends.has(state), `${id} is ${state}`);
  });
  await t.test('a bulk is there whole or not at all', () => {
    const parts = new Map();
    for (const id of jobs.keys()) {
      const bulk = id.match(/^(c\d+\.\d+)\.\d+$/)?.[1];
      if (bulk) parts.set(bulk, (parts.get(bulk) ?? 0) + 1);
    }
    for (const [bulk, count] of parts) assert.equal(count, 20, `${bulk} has ${count} jobs`);
  });
  await t.test('the order within a class holds', async () => {
    const queue = stage.queue('ordered'), seen = {};
    const all = await queue.work_off();
    for (const {id, data, priority} of all) {
      assert.ok(data > (seen[priority] ?? -1), `${id} came after ${seen[priority]}`);
      seen[priority] = data;
    }
    const there = new Set(all.map(({id}) => id));
    assert.deepEqual([...ordered.added.keys()].filter((id) => !there.has(id)), []);
  });
  await t.test('it stops politely at the end', () => stage.program.stop());
});
