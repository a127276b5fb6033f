// The disk fails, or fills up, under a real troupe: it refuses, keeps what it
// had, and goes on by itself; and its store is backed up while it works.
import assert from 'node:assert/strict';
import {execFile, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {promisify} from 'node:util';
import {plain, Queue} from './support/queue.mjs';
import {binary, config, fresh_folder, get, Program, until} from './support/troupe.mjs';

const DISK = '12m';
const queues = {jobs: {...plain}};
const started = (path) => new Program(['serve', '--config', path]).listening();
const at = (program) => new Queue(program.url, 'jobs');
const payload = 'x'.repeat(2000);

/// A disk of its own, or why there is none.
const mounted = [];
after(() => mounted.forEach((place) => spawnSync('umount', ['-l', place])));
function small_disk() {
  const place = fresh_folder('disk');
  mkdirSync(place);
  const image = `${place}.ext4`;
  const made = spawnSync('sh', ['-c', `truncate -s ${DISK} ${image} && mkfs.ext4 -q ${image} && mount -o loop ${image} ${place}`]);
  const is_loop = made.status === 0;
  if (!is_loop && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', place]).status !== 0) return null;
  mounted.push(place);
  return place;
}

/// Takes all the room there is, but for `spare` bytes.
function fill_up(place, spare = 0) {
  const ballast = join(place, 'ballast');
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k', 'conv=notrunc']);
  if (spare) truncateSync(ballast, Math.max(0, statSync(ballast).size - spare));
  return ballast;
}

test('a full disk: adds are refused with 503 store_full, reads go on, nothing acknowledged is lost', async (t) => {
  const disk = small_disk();
  if (!disk) return t.skip('only root can mount a small disk');
  const path = config({queues, node: {data_dir: join(disk, 'data')}});
  let program = await started(path);
  const acknowledged = [];
  for (let i = 0; i < 50; ++i) acknowledged.push((await at(program).add({data: payload})).id);
  const held = await at(program).take();
  const ballast = fill_up(disk, 100_000);
  const full = await until(async () => {
    const answer = await at(program).call('POST', '/jobs', {data: payload});
    if (answer.status === 202) { acknowledged.push(answer.json.id); return null; }
    return answer;
  }, 30_000, 'the disk to be full');
  assert.deepEqual([full.status, full.json.error.code], [503, 'store_full'], full.text);
  assert.equal((await at(program).job(acknowledged[1])).data, payload);
  assert.equal((await at(program).list('?limit=10')).jobs.length, 10);
  const bulk = await at(program).call('POST', '/jobs/bulk', {jobs: [{}, {}]});
  assert.equal(bulk.status, 503, bulk.text);
  await until(async () => (await get(`${program.url}/api/monitoring/health`)).json.overall !== 'healthy', 10_000,
              'its health to say so');
  rmSync(ballast);
  const {id} = await until(async () => {
    const answer = await at(program).call('POST', '/jobs', {data: payload});
    return answer.status === 202 && answer.json;
  }, 15_000, 'it to go on by itself');
  acknowledged.push(id);
  await at(program).complete(held, 'done');
  await program.kill();
  program = await started(path);
  for (const each of acknowledged) await at(program).job(each);
  assert.equal(await at(program).state(held.id), 'completed');
  await program.stop();
});

test('a truncated log: it starts with whole bulks, says that some are missing, and takes work in once told to', async () => {
  const data_dir = fresh_folder('cut');
  const path = config({queues, node: {data_dir}});
  let program = await started(path);
  const order = [];
  for (let i = 0; i < 40; ++i)
    order.push(...(await at(program).bulk(Array.from({length: 5}, () => ({data: payload})))).jobs.map(({id}) => id));
  await program.kill();
  const log = readdirSync(data_dir).map((name) => join(data_dir, name)).find((name) => name.endsWith('-wal'));
  assert.ok(log, 'there is a write-ahead log');
  truncateSync(log, Math.floor(statSync(log).size * 0.6) + 13);
  program = await started(path);
  const there = new Set((await at(program).list('?limit=1000')).jobs.map(({id}) => id));
  const count = order.findIndex((id) => !there.has(id));
  assert.ok(count > 0 && count < order.length, `${count} of ${order.length} are there: the cut did not cut`);
  assert.equal(count % 5, 0, 'a bulk was torn');
  assert.ok(order.slice(count).every((id) => !there.has(id)), 'there is a hole');
  const refused = await at(program).call('POST', '/jobs', {});
  assert.equal(refused.status, 503, refused.text);
  assert.equal(refused.json.error.code, 'store_corrupt');
  await program.stop();
  assert.match(program.err, /commits are missing/);
  // What remembers how much there must be: without it, what is there is all.
  rmSync(join(data_dir, 'jobs.db.lock'));
  program = await started(path);
  const {id} = await at(program).add();
  assert.ok(!there.has(id), 'its number was used before');
  await program.stop();
});

test('a folder that cannot be written to: it starts, says why, and refuses jobs', async () => {
  // A file where the folder should be stops root as well.
  const data_dir = fresh_folder('not-a-folder');
  writeFileSync(data_dir, '');
  const program = await started(config({queues, node: {data_dir}}));
  const answer = await at(program).call('POST', '/jobs', {});
  assert.equal(answer.status, 503, answer.text);
  assert.match(answer.json.error.code, /^store_/);
  await until(async () => (await get(`${program.url}/api/monitoring/health`)).json.overall !== 'healthy', 10_000,
              'its health to say so');
  const reply = await fetch(`${program.url}/api/chat`, {method: 'POST', body: '{"message":"hello"}'});
  assert.equal(reply.status, 200, 'what needs no store is served');
  await program.stop();
});

test('a second troupe on the same folder is refused the store', async () => {
  const path = config({queues, node: {data_dir: fresh_folder('shared')}});
  const first = await started(path);
  await at(first).add();
  const second = await started(path);
  const answer = await at(second).call('POST', '/jobs', {});
  assert.equal(answer.status, 503, answer.text);
  await second.stop();
  assert.match(second.err, new RegExp(`\\b${first.pid}\\b`), 'it names the process that has it');
  await first.stop();
});

test('troupe backup copies the store under load, troupe restore brings it back', async () => {
  const run = async (...words) => {
    try { return {code: 0, ...await promisify(execFile)(binary(), words)}; } catch (error) { return error; }
  };
  const data_dir = fresh_folder('origin'), copy = fresh_folder('jobs.copy');
  const path = config({queues, node: {data_dir}});
  const program = await started(path);
  const before = [];
  for (let i = 0; i < 50; ++i) before.push((await at(program).add({data: i})).id);
  let loading = true, during = 0;
  const load = Promise.all(Array.from({length: 8}, async () => {
    while (loading) { await at(program).add({data: payload}); during += 1; }
  }));
  await until(() => during > 50);
  const backup = await run('backup', '--config', path, copy);
  const told = during;
  await until(() => during > told + 20, 5000, 'the load to go on');
  loading = false;
  await load;
  assert.equal(backup.code, 0, backup.stderr);
  assert.ok(existsSync(copy));
  const busy = await run('restore', '--config', path, '--force', copy);
  assert.notEqual(busy.code, 0, 'it must not restore under a troupe that runs');
  await at(program).add({id: 'after-the-backup'});
  await program.stop();
  const careful = await run('restore', '--config', path, copy);
  assert.notEqual(careful.code, 0, 'it must not replace a store unasked');
  const restored = await run('restore', '--config', path, '--force', copy);
  assert.equal(restored.code, 0, restored.stderr);
  const again = await started(path);
  for (const [i, id] of before.entries()) assert.equal((await at(again).job(id)).data, i);
  assert.equal((await at(again).call('GET', '/jobs/after-the-backup')).status, 404);
  const {id} = await at(again).add();
  assert.ok(id);
  await again.stop();
});
