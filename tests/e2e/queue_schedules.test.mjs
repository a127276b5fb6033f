// Schedules through the real program: jobs that come again, by an interval or a
// cron pattern. The times of patterns are held against cron-parser, which BullMQ
// uses; what becomes of them over kill -9: queue_schedules_crash.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, test} from 'node:test';
import {CronExpressionParser} from 'cron-parser';
import {plain, plain_queues, Queue} from './support/queue.mjs';
import {troupe, until} from './support/troupe.mjs';

const key_sha256 = (tenant) => createHash('sha256').update(`key-of-${tenant}`).digest('hex');
const clients = ['a', 'b'].map((tenant) => ({name: tenant, tenant, key_sha256: key_sha256(tenant)}));

let gateway, used = 0;
before(async () => { gateway = await troupe({queues: {...plain_queues(30), small: {...plain, max_waiting: 1}}}); });
after(() => gateway?.stop());

const HOUR_MS = 3_600_000;
const named = (name) => new Queue(gateway.url, name);
const fresh = () => named(`q${++used}`);
const refused = (answer, status, code, param) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
  if (param !== undefined) assert.equal(answer.json.error.param, param, answer.text);
};
/// When the job should have come, as its id says.
const occurrence = ({id}) => Number(id.match(/^schedule:.*:(\d+)$/)[1]);
const made = (queue, count) => until(async () => {
  const jobs = await queue.all();
  return jobs.length >= count && jobs;
}, 20_000, `${count} jobs of ${queue.name} to come`);

// -- intervals ----------------------------------------------------------------

test('jobs come again by an interval, as they were described', async () => {
  const queue = fresh(), begun = Date.now();
  const job = {name: 'tick', group: 'g', priority: 'high', attempts: 2, timeout_ms: 9000, data: {n: [1]}};
  const wish = {every_ms: 200, misfire: 'all', catch_up_max: 100, job};
  const answer = await queue.call('PUT', '/schedules/tick', wish);
  assert.equal(answer.status, 201, answer.text);
  assert.deepEqual([answer.json.id, answer.json.every_ms, answer.json.misfire, answer.json.made],
                   ['tick', 200, 'all', 0]);
  const jobs = await made(queue, 6), times = jobs.map(occurrence);
  assert.ok(times[0] >= begun + 200, 'the first one is an interval after the wish');
  for (const [i, each] of jobs.entries()) {
    assert.equal(times[i], times[0] + 200 * i, 'none is left out, none comes twice');
    // Schedules go by the clock on the wall, a queue's times go on steadily.
    assert.ok(each.created_at > times[i] - 100, `it came ${times[i] - each.created_at} ms too early`);
  }
  const [first] = jobs;
  assert.deepEqual([first.name, first.group, first.priority, first.attempts, first.data], ['tick', 'g', 8, 2, {n: [1]}]);
  const view = await queue.schedule('tick');
  assert.ok(view.made >= 6 && view.next_at > view.last_at, JSON.stringify(view));
  assert.equal((view.last_at - times[0]) % 200, 0);
  assert.equal(view.job.name, 'tick');
  assert.deepEqual(view.job.data, {n: [1]});
  assert.equal((await queue.take()).id, first.id);
});

test('a schedule begins, ends, and is over after so many jobs', async () => {
  const limited = fresh(), bounded = fresh(), start_at = Date.now() + 600;
  const often = {every_ms: 100, misfire: 'all', catch_up_max: 100, start_at};
  const view = await limited.arrange('three', {...often, limit: 3, job: {}});
  assert.equal(view.next_at, start_at);
  await bounded.arrange('short', {...often, end_at: start_at + 250, job: {}});
  for (const [queue, id] of [[limited, 'three'], [bounded, 'short']]) {
    await until(async () => (await queue.schedule(id)).next_at === null, 10_000, `${id} to be over`);
    assert.deepEqual((await made(queue, 3)).map(occurrence), [start_at, start_at + 100, start_at + 200]);
    assert.equal((await queue.schedule(id)).made, 3);
  }
  const more = await limited.arrange('three', {...often, limit: 5, job: {}});
  assert.ok(more.made === 3 && more.next_at > start_at, 'a higher limit lets it go on');
  assert.equal((await made(limited, 5)).length, 5);
  assert.equal((await limited.schedule('three')).next_at, null);
});

test('jobs come while the queue is paused, and where it is full once there is room', async () => {
  const queue = fresh();
  await queue.order('pause');
  await queue.arrange('on', {every_ms: 100, limit: 2, misfire: 'all', job: {}});
  await made(queue, 2);
  assert.deepEqual(await queue.lease(), []);
  const small = named('small');
  await small.arrange('often', {every_ms: 100, limit: 3, job: {}});
  const seen = [];
  for (let i = 0; i < 3; ++i) {
    const job = await small.take({wait_ms: 10_000});
    seen.push(occurrence(job));
    await small.complete(job);
  }
  assert.ok(seen[0] < seen[1] && seen[1] < seen[2], `${seen}`);
  assert.equal((await small.schedule('often')).made, 3);
});

test('a schedule may make flows', async () => {
  const queue = fresh(), other = fresh();
  const children = [{queue: other.name, data: 1}, {data: 2}];
  await queue.arrange('nightly', {every_ms: 100, limit: 1, job: {data: 'sum', children}});
  await other.complete(await other.take({wait_ms: 10_000}), 'one');
  await queue.complete(await queue.take(), 'two');
  const job = await queue.take();
  assert.equal(job.data, 'sum');
  assert.deepEqual((await queue.children(job.id)).children.map(({result}) => result), ['one', 'two']);
});

// -- patterns -----------------------------------------------------------------

/// What troupe says comes next, `count` times in a row.
async function walk(queue, wish, from, count) {
  const times = [];
  for (let start_at = from + 1000; times.length < count; start_at = times.at(-1) + 1000)
    times.push((await queue.arrange('walk', {...wish, start_at, job: {}})).next_at);
  return times.map((t) => new Date(t).toISOString());
}

/// What cron-parser says.
function expected({cron, zone: tz}, from, count) {
  const times = CronExpressionParser.parse(cron, {tz, currentDate: new Date(from)});
  return Array.from({length: count}, () => times.next().toISOString());
}

test('patterns come up when cron-parser says, in any zone', async () => {
  const queue = fresh();
  const starts = {
    'UTC': '2035-02-27T22:10:11Z', 'Europe/Berlin': '2035-04-24T21:00:00Z', 'America/New_York': '2035-12-30T00:00:00Z',
    'Asia/Kolkata': '2036-02-27T00:00:00Z', 'Asia/Kathmandu': '2035-05-30T00:00:00Z',
    'America/Sao_Paulo': '2035-10-10T00:00:00Z', 'Australia/Lord_Howe': '2035-06-01T00:00:00Z',
    'Pacific/Auckland': '2035-04-20T10:00:00Z', 'Pacific/Kiritimati': '2035-01-01T00:00:00Z',
  };
  const patterns = ['* * * * *', '*/7 * * * *', '0 9 * * 1-5', '15,45 */3 * * *', '5/20 8-18/2 * jan,jul mon', '0 0 1 * *',
    '59 23 31 12 *', '0 12 29 2 *', '0 6 1,15 * fri', '*/10 30 4 * * *', '@daily', '@weekly'];
  for (const [zone, start] of Object.entries(starts)) {
    // A different half in each zone: some hundred times in all.
    for (const cron of patterns.filter((_, i) => (i + zone.length) % 2 === 0)) {
      const from = Date.parse(start);
      assert.deepEqual(await walk(queue, {cron, zone}, from, 4), expected({cron, zone}, from, 4), `${cron} in ${zone}`);
    }
  }
});

test('where clocks are put forward or back, hourly patterns go by the clock, as in cron-parser', async () => {
  const queue = fresh();
  for (const [cron, zone, start] of [
    ['*/20 * * * *', 'Europe/Berlin', '2035-03-25T00:00:00Z'], ['*/20 * * * *', 'Europe/Berlin', '2035-10-27T23:30:00Z'],
    ['0 * * * *', 'America/New_York', '2035-03-11T04:00:00Z'], ['30 * * * *', 'America/New_York', '2035-11-04T03:00:00Z'],
  ]) {
    const from = Date.parse(start);
    assert.deepEqual(await walk(queue, {cron, zone}, from, 9), expected({cron, zone}, from, 9), `${cron} in ${zone}`);
  }
});

test('where clocks are put forward or back, a time of the day comes up once a day', async () => {
  const queue = fresh();
  for (const [cron, zone, start, ...wanted] of [
    // 02:30 is left out: it comes as the clock has jumped, at 03:00.
    ['30 2 * * *', 'Europe/Berlin', '2035-03-24T00:00:00Z', '2035-03-24T01:30', '2035-03-25T01:00', '2035-03-26T00:30'],
    // 02:30 is shown twice: it comes when it is shown first.
    ['30 2 * * *', 'Europe/Berlin', '2035-10-27T00:00:00Z', '2035-10-27T00:30', '2035-10-28T00:30', '2035-10-29T01:30'],
    // Four times are left out: they come as one.
    ['*/15 2 * * *', 'America/New_York', '2035-03-10T07:40:00Z', '2035-03-10T07:45', '2035-03-11T07:00', '2035-03-12T06:00'],
    ['*/30 1 * * *', 'America/New_York', '2035-11-04T04:00:00Z', '2035-11-04T05:00', '2035-11-04T05:30', '2035-11-05T06:00'],
    // There the clock is put forward by half an hour.
    ['15 2 * * *', 'Australia/Lord_Howe', '2035-10-06T00:00:00Z', '2035-10-06T15:30', '2035-10-07T15:15', '2035-10-08T15:15'],
  ]) {
    const times = await walk(queue, {cron, zone}, Date.parse(start), wanted.length);
    assert.deepEqual(times, wanted.map((t) => `${t}:00.000Z`), `${cron} in ${zone}`);
  }
});

test('jobs come by a pattern of seconds', async () => {
  const queue = fresh();
  await queue.arrange('second', {cron: '* * * * * *', zone: 'Asia/Tokyo', misfire: 'all', job: {data: 'now'}});
  const times = (await made(queue, 3)).map(occurrence);
  for (const [i, t] of times.entries()) assert.deepEqual([t % 1000, t - times[0]], [0, 1000 * i]);
});

// -- changing, reading, removing ----------------------------------------------

test('the same wish again changes nothing, another one what it says', async () => {
  const queue = fresh();
  const wish = {every_ms: HOUR_MS, job: {data: 'old'}};
  const first = await queue.call('PUT', '/schedules/s', wish), again = await queue.call('PUT', '/schedules/s', wish);
  assert.deepEqual([first.status, again.status], [201, 200]);
  assert.deepEqual(again.json, first.json);
  assert.equal((await queue.want(200, 'GET', '/schedules')).schedules.length, 1);
  const changed = await queue.arrange('s', {...wish, job: {data: 'new'}});
  assert.deepEqual([changed.next_at, changed.job.data], [first.json.next_at, 'new'], 'the same timing goes on');
  const anew = await queue.arrange('s', {every_ms: 100, limit: 2, job: {data: 'quick'}});
  assert.ok(anew.next_at < first.json.next_at);
  assert.deepEqual((await made(queue, 2)).map(({data}) => data), ['quick', 'quick']);
  const pattern = await queue.arrange('s', {cron: '@yearly', job: {}});
  assert.deepEqual([pattern.made, pattern.cron, pattern.zone], [0, '@yearly', 'UTC']);
  await Promise.all(Array.from({length: 20}, () => queue.arrange('many', {every_ms: HOUR_MS, job: {}})));
  assert.equal((await queue.want(200, 'GET', '/schedules')).schedules.length, 2);
});

test('a schedule that is removed makes no more jobs; those that are there stay', async () => {
  const queue = fresh(), clock = fresh();
  await queue.arrange('gone', {every_ms: 100, job: {}});
  await clock.arrange('clock', {every_ms: 100, job: {}});
  await made(queue, 1);
  assert.equal((await queue.call('DELETE', '/schedules/gone')).status, 204);
  const count = (await queue.all()).length, ticks = (await clock.all()).length;
  assert.ok(count >= 1);
  await made(clock, ticks + 5);
  assert.equal((await queue.all()).length, count);
  refused(await queue.call('DELETE', '/schedules/gone'), 404, 'unknown_schedule');
  refused(await queue.call('GET', '/schedules/gone'), 404, 'unknown_schedule');
});

test('schedules are listed page by page', async () => {
  const queue = fresh();
  const ids = Array.from({length: 7}, (_, i) => `s${i}`);
  for (const id of ids) await queue.arrange(id, {cron: '@yearly', job: {}});
  const seen = [], sizes = [];
  for (let path = '/schedules?limit=3'; path;) {
    const page = await queue.call('GET', path);
    assert.equal(page.status, 200, page.text);
    seen.push(...page.json.schedules.map(({id}) => id));
    sizes.push(page.json.schedules.length);
    const link = page.headers.get('link')?.match(/<([^>]*)>; rel="next"/)?.[1];
    assert.equal(link !== undefined, page.json.next !== null);
    path = link && link.slice(link.indexOf('/schedules'));
  }
  assert.deepEqual([seen, sizes], [ids, [3, 3, 1]]);
  refused(await queue.call('GET', '/schedules?limit=0'), 400, 'invalid_request', 'limit');
});

test('what is wrong with a schedule is named', async () => {
  const queue = fresh(), day = {cron: '@daily', job: {}};
  for (const [wish, param] of [
    [{job: {}}, 'cron'], [{...day, every_ms: 1000}, 'cron'], [{...day, cron: '61 * * * *'}, 'cron'],
    [{...day, cron: '0 0 30 2 *'}, 'cron'], [{...day, cron: '* * *'}, 'cron'], [{...day, cron: 5}, 'cron'],
    [{...day, zone: 'Mars/Olympus'}, 'zone'], [{every_ms: 99, job: {}}, 'every_ms'], [{every_ms: '1', job: {}}, 'every_ms'],
    [{...day, start_at: 5000, end_at: 4000}, 'end_at'], [{...day, start_at: -1}, 'start_at'], [{...day, limit: -1}, 'limit'],
    [{...day, misfire: 'never'}, 'misfire'], [{...day, catch_up_max: 101}, 'catch_up_max'], [{...day, when: 'now'}, 'when'],
    [{...day, job: {priority: 11}}, 'job.priority'], [{...day, job: {id: 'mine'}}, 'job.id'],
    [{...day, job: {dedup: {key: 'k'}}}, 'job.dedup'], [{...day, job: {children: [{queue: 'x'}]}}, 'job.children[0].queue'],
  ]) refused(await queue.call('PUT', '/schedules/s', wish), 400, 'invalid_request', param);
  const hour = await queue.call('PUT', '/schedules/s', {...day, cron: '0 24 * * *'});
  assert.match(hour.json.error.message, /hour.*0 and 23/);
  refused(await queue.call('PUT', `/schedules/${'x'.repeat(101)}`, day), 400, 'invalid_request', 'id');
  refused(await queue.call('PUT', '/schedules/a%20b', day), 400, 'invalid_request', 'id');
  refused(await new Queue(gateway.url, 'no-such').call('PUT', '/schedules/s', day), 404, 'unknown_queue');
  const {schedules} = await queue.want(200, 'GET', '/schedules');
  assert.deepEqual(schedules, []);
});

test('tenants have schedules of their own, also by one id', async () => {
  const closed = await troupe({queues: plain_queues(1), auth: {mode: 'required', clients}});
  const [a, b] = ['a', 'b'].map((tenant) => new Queue(closed.url, 'q1', {authorization: `Bearer key-of-${tenant}`}));
  const wish = (data) => ({cron: '* * * * * *', job: {data}});
  await a.arrange('s', wish('of a'));
  refused(await b.call('GET', '/schedules/s'), 404, 'unknown_schedule');
  refused(await b.call('DELETE', '/schedules/s'), 404, 'unknown_schedule');
  assert.deepEqual((await b.want(200, 'GET', '/schedules')).schedules, []);
  assert.equal((await b.call('PUT', '/schedules/s', wish('of b'))).status, 201);
  await made(b, 2);
  await made(a, 3);
  const of_both = new Map([[a, await a.all()], [b, await b.all()]]);
  for (const [who, jobs] of of_both)
    assert.ok(jobs.every(({data}) => data === (who === a ? 'of a' : 'of b')), 'a job of the other tenant');
  const times = (jobs) => new Set(jobs.map(occurrence));
  assert.ok([...times(of_both.get(b))].some((t) => times(of_both.get(a)).has(t)), 'both have a job of one second');
  assert.equal((await a.call('DELETE', '/schedules/s')).status, 204);
  assert.equal((await b.schedule('s')).job.data, 'of b');
  await closed.stop();
});
