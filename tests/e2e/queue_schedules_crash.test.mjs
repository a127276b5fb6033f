// Schedules over kill -9 and a long absence: no occurrence comes twice, and of
// those that were missed come as many as the policy says.
// SCHEDULE_ROUNDS says how often (8), CRASH_SEED repeats a run's choices.
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {Crashing, dice} from './support/crashing.mjs';
import {plain_queues} from './support/queue.mjs';
import {fresh_folder, until} from './support/troupe.mjs';

const ROUNDS = Number(process.env.SCHEDULE_ROUNDS ?? 8);
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const LIFE_MS_MAX = 1500;
const HOUR_MS = 3_600_000;
/// What is less late is not missed, for the policy `skip`.
const GRACE_MS = 60_000;
const occurrence = ({id}) => Number(id.match(/^schedule:.*:(\d+)$/)[1]);
const started = async (settings) => {
  const stage = new Crashing(settings);
  stage.begin();
  await stage.listens;
  return stage;
};

/// A troupe that is away for longer than the grace while others are tested.
let away, due_at;
before(async () => {
  away = await started({queues: plain_queues(4), node: {data_dir: fresh_folder('away')}});
  due_at = Date.now() + 1500;
  const hourly = {every_ms: HOUR_MS, start_at: due_at, job: {}};
  await away.queue('q1').arrange('once', {...hourly, misfire: 'once'});
  await away.queue('q2').arrange('skip', {...hourly, misfire: 'skip'});
  const often = {every_ms: 1000, start_at: due_at, job: {}};
  await away.queue('q3').arrange('once', {...often, misfire: 'once'});
  await away.queue('q4').arrange('all', {...often, misfire: 'all', catch_up_max: 5});
  await away.kill();
  assert.ok(Date.now() < due_at, 'it was away too late');
});

test('over kill -9 no occurrence comes twice, and none is left out', {timeout: 120_000}, async (t) => {
  t.diagnostic(`${ROUNDS} rounds, seed ${SEED}`);
  const random = dice(SEED);
  const stage = await started({queues: plain_queues(3), node: {data_dir: fresh_folder('ticks')}});
  const wishes = {
    q1: {every_ms: 200, misfire: 'all', catch_up_max: 100}, q2: {cron: '* * * * * *', misfire: 'all', catch_up_max: 100},
    q3: {every_ms: 200, misfire: 'once'},
  };
  const first = {};
  for (const [name, wish] of Object.entries(wishes))
    first[name] = (await stage.queue(name).arrange('s', {...wish, job: {}})).next_at;
  for (let round = 0; round < ROUNDS; ++round) {
    await sleep(random() * LIFE_MS_MAX);
    await stage.kill();
    stage.begin();
  }
  await stage.listens;
  const told = {};
  for (const name of Object.keys(wishes)) {
    const queue = stage.queue(name);
    await queue.numbers();
    const {last_at} = await queue.schedule('s');
    await until(async () => (await queue.schedule('s')).last_at > last_at, 10_000, 'it to go on');
    assert.equal((await queue.call('DELETE', '/schedules/s')).status, 204);
    told[name] = (await queue.all()).map(occurrence);
    assert.equal(new Set(told[name]).size, told[name].length, `${name}: one came twice`);
  }
  t.diagnostic(Object.entries(told).map(([name, times]) => `${name}: ${times.length} jobs`).join(', '));
  for (const [name, step] of [['q1', 200], ['q2', 1000]])
    assert.deepEqual(told[name], told[name].map((_, i) => first[name] + step * i), `${name}: one is missing`);
  assert.ok(told.q3.every((t, i) => (t - first.q3) % 200 === 0 && (i === 0 || t > told.q3[i - 1])));
  await stage.program.stop();
});

test('what was missed comes once, never, or so many times, as the policy says', {timeout: 150_000}, async () => {
  await until(() => Date.now() > due_at + GRACE_MS + 2000, GRACE_MS + 20_000, 'the absence to be long enough');
  away.begin();
  await away.listens;
  const back = Date.now();
  const jobs = async (name) => (await away.queue(name).all()).map(occurrence);
  for (const [name, id, made] of [['q1', 'once', 1], ['q2', 'skip', 0]]) {
    const goes_on = async () => {
      const view = await away.queue(name).schedule(id);
      return view.next_at === due_at + HOUR_MS && view;
    };
    assert.equal((await until(goes_on, 10_000, `${id} to go on`)).made, made, id);
  }
  await until(async () => (await jobs('q1')).length > 0, 10_000, 'what was missed');
  assert.deepEqual([await jobs('q1'), await jobs('q2')], [[due_at], []]);
  const with_new = async (name) => {
    await until(async () => (await jobs(name)).some((t) => t > back), 10_000, 'one that was not missed');
    return jobs(name);
  };
  const once = await with_new('q3'), all = await with_new('q4');
  assert.ok(all.every((t, i) => t === all[0] + 1000 * i), `${all}`);
  assert.ok(once[0] > due_at + GRACE_MS, 'it came for the first ones');
  // Five for one; the two queues may have come back in two seconds.
  assert.ok(Math.abs(all[4] - once[0]) <= 1000, `${all} and ${once}`);
  await away.program.stop();
});
