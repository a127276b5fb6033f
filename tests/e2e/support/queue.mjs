// A queue over HTTP, as its clients and workers see it.
import assert from 'node:assert/strict';
import {until} from './troupe.mjs';

/// Settings under which nothing but what a test is about gets in the way.
export const plain = {
  handler: 'external', concurrency: 10_000, rate: {max: 0}, attempts: 3,
  backoff: {kind: 'fixed', delay: '50ms', jitter: '0%'},
};

export class Queue {
  /// `who` are header fields of all its requests.
  constructor(url, name, who = {}) {
    Object.assign(this, {url, name, who, base: `${url}/api/queues/${name}`});
  }

  /// One request; the body as text, and as JSON where it is some.
  async call(method, path, body, {headers = {}, signal} = {}) {
    const answer = await fetch(this.base + path, {
      method, signal: signal ?? AbortSignal.timeout(60_000),
      headers: {...(body !== undefined && {'content-type': 'application/json'}), ...this.who, ...headers},
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    let json;
    try { json = JSON.parse(text); } catch { /* not JSON */ }
    return {status: answer.status, headers: answer.headers, text, json};
  }

  /// The JSON of an answer that must have `status`.
  async want(status, ...request) {
    const answer = await this.call(...request);
    assert.equal(answer.status, status, `${request[0]} ${request[1]}: ${answer.text}`);
    return answer.json;
  }

  add(job = {}) { return this.want(202, 'POST', '/jobs', job); }
  bulk(jobs) { return this.want(202, 'POST', '/jobs/bulk', {jobs}); }
  job(id) { return this.want(200, 'GET', `/jobs/${id}`); }
  state = async (id) => (await this.job(id)).state;
  list(query = '') { return this.want(200, 'GET', `/jobs${query}`); }
  children(id, query = '') { return this.want(200, 'GET', `/jobs/${id}/children${query}`); }
  ended(id, limit_ms = 20_000) {
    return until(async () => {
      const job = await this.job(id);
      return ['completed', 'failed', 'dead'].includes(job.state) && job;
    }, limit_ms, `job ${id} to end`);
  }
  /// Waits until the job is in that state, and returns it.
  is(id, state, limit_ms = 20_000) {
    return until(async () => {
      const job = await this.job(id);
      return job.state === state && job;
    }, limit_ms, `job ${id} to be ${state}`);
  }

  schedule(id) { return this.want(200, 'GET', `/schedules/${id}`); }
  /// Makes a schedule or changes it.
  async arrange(id, wish) {
    const answer = await this.call('PUT', `/schedules/${id}`, wish);
    assert.ok([200, 201].includes(answer.status), `${id}: ${answer.text}`);
    return answer.json;
  }
  /// Every job of it, page by page, in the order of adding.
  async all(query = '?state=any') {
    const all = [];
    for (let after = 0; after !== null;) {
      const page = await this.list(`${query}&limit=1000${after ? `&after=${after}` : ''}`);
      all.push(...page.jobs);
      after = page.next;
    }
    return all;
  }

  /// Once it has read its jobs back; until then it counts none.
  numbers() {
    return until(async () => {
      const found = await this.want(200, 'GET', '');
      return found.refuses !== 'starting' && found;
    }, 10_000, `${this.name} to have read its jobs`);
  }
  order(verb, body = {}) { return this.want(200, 'POST', `/${verb}`, body); }

  async lease(max = 1, more = {}) { return (await this.want(200, 'POST', '/lease', {max, ...more})).jobs; }
  /// The one job that must be there within `wait_ms`.
  async take(more = {}) {
    const jobs = await this.lease(1, {wait_ms: 5000, ...more});
    assert.equal(jobs.length, 1, 'there was no job to lease');
    return jobs[0];
  }
  /// What a worker says of its job: `say(job, 'fail', {error: 'no'})`.
  say(job, word, body = {}) { return this.call('POST', `/jobs/${job.id}/${word}`, {token: job.token, ...body}); }
  async said(job, word, body) {
    const answer = await this.say(job, word, body);
    assert.equal(answer.status, 200, `${word}: ${answer.text}`);
    return answer.json;
  }
  complete(job, result) { return this.said(job, 'complete', {result}); }
  fail(job, error = 'no', more = {}) { return this.said(job, 'fail', {error, ...more}); }
  /// To a job, by anybody.
  tell(id, word, body = {}) { return this.call('POST', `/jobs/${id}/${word}`, body); }

  /// Leases and completes until nothing is left; returns the jobs in order.
  async work_off() {
    const all = [];
    for (;;) {
      const [job] = await this.lease();
      if (!job) return all;
      all.push(job);
      await this.complete(job);
    }
  }

  /// The job's stream, event by event, after the one numbered `last`.
  async* events(id, {last, signal} = {}) {
    const answer = await fetch(`${this.base}/jobs/${id}/events`, {
      signal: signal ?? AbortSignal.timeout(60_000),
      headers: {accept: 'text/event-stream', ...this.who, ...(last !== undefined && {'last-event-id': String(last)})},
    });
    if (answer.status === 204) return;
    assert.equal(answer.status, 200, answer.status === 200 ? '' : await answer.text());
    assert.match(answer.headers.get('content-type'), /^text\/event-stream/);
    let rest = '';
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
      const records = (rest + text).split('\n\n');
      rest = records.pop();
      for (const record of records) {
        const event = {};
        for (const line of record.split('\n')) {
          const [, field, value] = line.match(/^(id|event|data): ?(.*)$/) ?? [];
          if (field) event[field] = field === 'data' ? JSON.parse(value) : value;
        }
        if (event.event) yield event;
      }
    }
  }

  async all_events(id, options) {
    const all = [];
    for await (const event of this.events(id, options)) all.push(event);
    return all;
  }
}

/// Queues `q1`, `q2` … of one troupe, a new one for every test.
export function plain_queues(count, more = {}) {
  return Object.fromEntries(Array.from({length: count}, (_, i) => [`q${i + 1}`, {...plain, ...more}]));
}
