// BullMQ driven as its documentation says: one Queue a process, addBulk for
// many, a Worker with concurrency 50, jobs that are done removed but for the
// last 1,000 (what troupe keeps too). Prints one line of JSON.
//
//   bullmq.mjs add PORT CALLERS SECONDS     each caller adds one after the other
//   bullmq.mjs bulk PORT CALLERS SECONDS    likewise, 500 at a time
//   bullmq.mjs flow PORT CALLERS SECONDS    likewise, a parent and CHILDREN others
//   bullmq.mjs fill PORT JOBS
//   bullmq.mjs work PORT CONCURRENCY        until nothing is left; others may help
//   bullmq.mjs latency PORT RATE SECONDS    one process adds and works
//   bullmq.mjs count PORT
import {setTimeout as sleep} from 'node:timers/promises';
import {FlowProducer, Queue, Worker} from 'bullmq';
import {at_rate, CHILDREN, data, loop, now, summary} from './job.mjs';

const BULK = 500;
const connection = {host: '127.0.0.1', port: Number(process.argv[3]), maxRetriesPerRequest: null};
const [first, second] = process.argv.slice(4).map(Number);
const options = {removeOnComplete: {count: 1000}, attempts: 3, backoff: {type: 'exponential', delay: 5000}};
const queue = new Queue('email', {connection, defaultJobOptions: options});
queue.on('error', (error) => { throw error; });
const many = (count) => Array.from({length: count}, () => ({name: 'send', data}));

async function work() {
  let jobs = 0, begun = 0, ended = 0;
  const worker = new Worker('email', async () => { begun ||= performance.now(); }, {connection, concurrency: first});
  worker.on('completed', () => { jobs += 1; ended = performance.now(); });
  // Processes may share the queue: it is over when nothing is left of it.
  do await sleep(100); while (await queue.getJobCountByTypes('waiting', 'active') > 0);
  await worker.close();
  return {jobs, begun: performance.timeOrigin + begun, ended: performance.timeOrigin + ended};
}

async function latency() {
  const reached = [], done = [];
  const worker = new Worker('email', async (job) => { reached.push(now() - job.data.at); }, {connection, concurrency: 50});
  worker.on('completed', (job) => done.push(now() - job.data.at));
  await worker.waitUntilReady();
  await at_rate(first, second, () => queue.add('send', {...data, at: now()}));
  const wanted = first * second;
  while (done.length < wanted) await sleep(20);
  await worker.close();
  return {reached: summary(reached), done: summary(done)};
}

async function fill() {
  for (let left = first; left > 0; left -= BULK) await queue.addBulk(many(Math.min(BULK, left)));
  return {jobs: first};
}

// Parent and children of one queue, as its FlowProducer adds them: at once.
async function flow() {
  const flows = new FlowProducer({connection});
  const job = () => ({name: 'send', queueName: 'email', data, opts: options});
  const tree = () => ({...job(), children: Array.from({length: CHILDREN}, job)});
  const made = await loop(first, second, async () => { await flows.add(tree()); return 1 + CHILDREN; });
  await flows.close();
  return made;
}

await queue.waitUntilReady();
const commands = {
  add: () => loop(first, second, async () => { await queue.add('send', data); return 1; }),
  bulk: () => loop(first, second, async () => { await queue.addBulk(many(BULK)); return BULK; }),
  flow, fill, work, latency,
  count: async () => ({waiting: await queue.getWaitingCount()}),
};
const made = await commands[process.argv[2]]();
const {user, system} = process.cpuUsage();
console.log(JSON.stringify({...made, cpu_s: (user + system) / 1e6}));
await queue.close();
