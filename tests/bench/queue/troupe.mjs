// troupe driven over HTTP with node's own client and kept connections: one
// process adds jobs at a rate and works them. Prints one line of JSON.
//
//   troupe.mjs latency PORT QUEUE RATE SECONDS
import http from 'node:http';
import {at_rate, data, now, summary} from './job.mjs';

const LANES = 16;  // pollers: as many jobs may be in hand at once
const [port, queue, rate, seconds] = process.argv.slice(3);
const agent = new http.Agent({keepAlive: true, noDelay: true});

function post(path, body) {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: '127.0.0.1', port, agent, method: 'POST', path: `/api/queues/${queue}${path}`,
      headers: {'content-type': 'application/json', 'content-length': Buffer.byteLength(text)},
    }, (answer) => {
      let whole = '';
      answer.on('data', (bytes) => (whole += bytes));
      answer.on('end', () => answer.statusCode < 300 ? resolve(JSON.parse(whole))
        : reject(new Error(`${answer.statusCode} ${whole}`)));
    });
    request.on('error', reject);
    request.end(text);
  });
}

const wanted = rate * seconds;
const reached = [], done = [];

async function lane() {
  while (done.length < wanted) {
    const {jobs} = await post('/lease', {max: 1, wait_ms: 500});
    for (const job of jobs) {
      reached.push(now() - job.data.at);
      await post(`/jobs/${job.id}/complete`, {token: job.token});
      done.push(now() - job.data.at);
    }
  }
}

const lanes = Array.from({length: LANES}, lane);
await at_rate(rate, seconds, () => post('/jobs', {data: {...data, at: now()}}));
await Promise.all(lanes);
agent.destroy();
const {user, system} = process.cpuUsage();
console.log(JSON.stringify({reached: summary(reached), done: summary(done), cpu_s: (user + system) / 1e6}));
