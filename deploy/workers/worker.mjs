// A worker for a queue of troupe: TROUPE_URL=… TROUPE_QUEUE=email node worker.mjs
// It leases one job at a time and sends heartbeats while it works. On SIGTERM it
// hands back what it has in hand; a job it has lost it lets go of.
import {setTimeout as sleep} from 'node:timers/promises';

/// What this worker is for. Stop when `signal` says so: nobody wants the result.
async function work(job, signal) {
  await sleep(job.data?.ms ?? 0, undefined, {signal});
  return {done: job.data};
}

const {TROUPE_URL = 'http://127.0.0.1:8080', TROUPE_QUEUE = 'email', TROUPE_KEY} = process.env;
const headers = {'content-type': 'application/json', ...(TROUPE_KEY && {authorization: `Bearer ${TROUPE_KEY}`})};
const end = new AbortController();
for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => end.abort());

async function post(path, body, signal) {
  const url = `${TROUPE_URL}/api/queues/${TROUPE_QUEUE}${path}`;
  const answer = await fetch(url, {method: 'POST', headers, body: JSON.stringify(body), signal});
  if (!answer.ok) throw Object.assign(new Error(await answer.text()), {status: answer.status});
  return answer.json();
}

async function carry_out(job) {
  const say = (word, more) => post(`/jobs/${job.id}/${word}`, {token: job.token, ...more});
  const lost = new AbortController();
  const beat = () => say('heartbeat').catch((error) => { if (error.status === 409) lost.abort(); });
  await beat();
  const heart = setInterval(beat, job.lease_ms / 3);
  try {
    const result = await work(job, AbortSignal.any([lost.signal, end.signal]));
    await say('complete', {result});
  } catch (error) {
    if (lost.signal.aborted || error.status === 409) console.log(`lost job ${job.id}`);
    else if (end.signal.aborted) await say('release');
    else await say('fail', {error: String(error)});
  } finally { clearInterval(heart); }
}

while (!end.signal.aborted) {
  try {
    const {jobs} = await post('/lease', {wait_ms: 30_000, worker: `node-${process.pid}`}, end.signal);
    for (const job of jobs) await carry_out(job);
  } catch (error) {
    if (!end.signal.aborted) { console.error(error.message); await sleep(1000, undefined, {signal: end.signal}).catch(() => {}); }
  }
}
