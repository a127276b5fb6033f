// A troupe that is killed and started again on the same folder, its clients and
// workers, and a ledger of everything that they were told.
//
// Clients and workers know nothing of the crashes: what they call fails, and
// they try again with the next address, as real ones do. The ledger notes only
// what was answered; what a crash left unanswered may have happened or not.
import assert from 'node:assert/strict';
import {setTimeout as sleep} from 'node:timers/promises';
import {Queue} from './queue.mjs';
import {Program, config, until} from './troupe.mjs';

const BULK = 20;
const classes = ['low', 'normal', 'critical'];

/// Numbers from 0 to 1, the same for the same seed (mulberry32).
export function dice(seed) {
  return () => {
    seed = (seed + 0x6D2B79F5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Crashing {
  url = '';
  stopped = false;
  starts = 0;
  constructor(settings, options = {}) { this.path = config(settings); this.options = options; }

  /// Starts it, and tells everybody where once it listens; does not wait.
  begin() {
    this.starts += 1;
    this.program = new Program(['serve', '--config', this.path], this.options);
    const mine = this.program;
    this.listens = mine.listening().then(
      () => { if (mine === this.program && mine.alive) this.url = mine.url; },
      (error) => { if (mine === this.program && !this.killing) throw error; });
    this.listens.catch(() => {});
  }

  async kill() {
    this.killing = true;
    this.url = '';
    await this.program.kill();
    await this.listens.catch(() => {});
    this.killing = false;
  }

  /// Calls `step(url)` until it succeeds, over crashes; undefined once stopped.
  async persist(step) {
    while (!this.stopped) {
      const url = this.url;
      if (url) try { return await step(url); } catch (error) {
        // A failed assertion is a finding; a broken connection is a crash.
        if (error.code === 'ERR_ASSERTION') throw error;
      }
      await sleep(5);
    }
    return undefined;
  }

  queue(name) { return new Queue(this.url, name); }
}

/// What was answered.
export class Ledger {
  added = new Map();      // id -> {kind, priority, at}: a 202 or 200 came
  completed = new Map();  // id -> set of tokens that got a 200
  refused = new Set();    // ids whose 'never again' got a 200
  late = 0;               // tokens that were refused
  bulks = [];             // lists of ids that were added together
  note_completed(id, token) {
    if (!this.completed.has(id)) this.completed.set(id, new Set());
    this.completed.get(id).add(token);
  }
}

/// Accepts the answers of a healthy or dying program, and nothing else.
function judge(answer, ...wanted) {
  if ([...wanted, 503].includes(answer.status)) return answer.status !== 503;
  assert.fail(`unexpected ${answer.status}: ${answer.text}`);
}

const again = () => Object.assign(new Error('again'), {code: 'AGAIN'});

/// Adds jobs of no id and of their own one, alone and together.
export async function client(stage, ledger, name, random, number) {
  for (let i = 0; !stage.stopped; ++i) {
    const id = random() < 0.5 ? `c${number}.${i}` : undefined;
    const job = {...(id && {id}), priority: classes[i % 3], data: {number, i}, attempts: 5,
                 ...(random() < 0.1 && {delay_ms: Math.floor(random() * 500)})};
    if (random() < 0.1) {
      const jobs = Array.from({length: BULK}, (_, n) => ({...job, ...(id && {id: `${id}.${n}`})}));
      await stage.persist(async (url) => {
        const answer = await new Queue(url, name).call('POST', '/jobs/bulk', {jobs});
        if (!judge(answer, 202, 200)) throw again();
        const ids = answer.json.jobs.map((each) => each.id);
        ledger.bulks.push(ids);
        ids.forEach((each) => ledger.added.set(each, {bulk: true}));
      });
    } else {
      await stage.persist(async (url) => {
        const answer = await new Queue(url, name).call('POST', '/jobs', job);
        if (!judge(answer, 202, 200)) throw again();
        ledger.added.set(answer.json.id, {});
      });
    }
    await sleep(random() * 8);
  }
}

/// One producer, one job after the other, each until it is acknowledged: what
/// it was told last is last.
export async function orderly_client(stage, ledger, name) {
  for (let i = 0; !stage.stopped; ++i) {
    await stage.persist(async (url) => {
      const answer = await new Queue(url, name).call('POST', '/jobs', {id: `o-${i}`, data: i, priority: classes[i % 3]});
      if (!judge(answer, 202, 200)) throw again();
      ledger.added.set(`o-${i}`, {});
    });
    await sleep(2);
  }
}

/// Does anything that a worker may do, and remembers what it was told.
export async function worker(stage, ledger, name, random) {
  while (!stage.stopped) {
    const jobs = await stage.persist(async (url) => {
      const answer = await new Queue(url, name).call('POST', '/lease', {max: 1 + Math.floor(random() * 5), wait_ms: 100});
      if (!judge(answer, 200)) throw again();
      return answer.json.jobs;
    });
    for (const job of jobs ?? []) await one_job(stage, ledger, name, random, job);
  }
}

async function one_job(stage, ledger, name, random, job) {
  // Each is said until it is answered, as a worker does that knows no better.
  const say = (word, body = {}) => stage.persist(async (url) => {
    const answer = await new Queue(url, name).say(job, word, body);
    if (!judge(answer, 200, 409, 404)) throw again();
    if (answer.status === 409) ledger.late += 1;
    return answer.status === 200;
  });
  const way = random();
  if (way < 0.02) return;  // falls silent
  if (way < 0.2) await say('events', {event: 'token', data: job.attempt});
  if (way < 0.1) await say('heartbeat');
  if (way > 0.95) { await say('release'); return; }
  if (way > 0.92) { await say('fail', {error: 'chance'}); return; }
  if (way > 0.9) { if (await say('fail', {error: 'never', retry: false})) ledger.refused.add(job.id); return; }
  if (await say('complete', {result: job.token})) ledger.note_completed(job.id, job.token);
}

/// Every job of a queue, by id; fails where one is listed twice.
export async function all_jobs(queue) {
  const all = new Map();
  for (let after = 0; after !== null;) {
    const page = await queue.list(`?state=any&data=0&limit=1000${after ? `&after=${after}` : ''}`);
    for (const job of page.jobs) {
      assert.ok(!all.has(job.id), `${job.id} is there twice`);
      all.set(job.id, job);
    }
    after = page.next;
  }
  return all;
}

/// Waits until nothing is left to do.
export function worked_off(stage, name, limit_ms) {
  return until(async () => {
    const {waiting, active, delayed, waiting_children = 0} = await stage.queue(name).numbers();
    return waiting + active + delayed + waiting_children === 0;
  }, limit_ms, `every job of ${name} to end`);
}
