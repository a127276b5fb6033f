// Identical requests at the same time are one call: whoever comes while it is
// under way follows it, from its first byte, and nobody depends on anybody else.
import assert from 'node:assert/strict';
import http from 'node:http';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {chat, get, pair, post, providers, simulator, troupe, until} from './support/troupe.mjs';

const crowd = 1000;

/// `hasty` gives up soon on a provider that says nothing.
let it, hasty;
before(async () => {
  const simulate = ['--slow-first', '1500'];
  it = await pair({simulate, change: {disconnect: {upstream: 'abort', time: '1s'}}});
  hasty = await pair({simulate, change: {retry: {attempts: 1}, timeouts: {first_byte: '1500ms'}}});
});
after(async () => {
  try { await it?.stop(); } finally { await hasty?.stop(); }
});

const stats = async (of = it) => (await get(`${of.sim.url}/_sim/stats?attempts=0`)).json;
async function calls(what, of) {
  const before = (await stats(of)).requests;
  const result = await what();
  return [(await stats(of)).requests - before, result];
}

let made = 0;
const ask = (model, more = {}) => ({...chat(`question ${++made}`, more), model, temperature: 0});

/// Sends one request on a connection of its own. `begun` is settled with the first
/// bytes of the answer's body, `done` with the answer as far as it came.
function open(body, {url = it.url, path = '/v1/chat/completions', headers = {}} = {}) {
  const seen = {status: 0, text: '', cut: false};
  let start;
  seen.begun = new Promise((resolve) => (start = resolve));
  seen.done = new Promise((resolve) => {
    const request = http.request(url + path, {
      method: 'POST', agent: false, headers: {'content-type': 'application/json', ...headers}});
    const cut = () => { seen.cut = true; start(seen); resolve(seen); };
    request.on('error', cut);
    request.on('response', (answer) => {
      seen.status = answer.statusCode;
      seen.use = answer.headers['x-troupe-cache'];
      answer.setEncoding('utf8');
      answer.on('data', (text) => { seen.text += text; start(seen); });
      answer.on('end', () => { start(seen); resolve(seen); });
      answer.on('error', cut);
    });
    seen.leave = () => request.destroy();
    request.end(JSON.stringify(body));
  });
  return seen;
}
const text_of = ({text}) => text.split('\n\n').filter((e) => e.startsWith('data: {'))
    .map((e) => JSON.parse(e.slice(6)).choices[0]?.delta?.content ?? '').join('');
const is_whole = (one) => one.status === 200 && !one.cut && one.text.endsWith('data: [DONE]\n\n');
const count = (all, use) => all.filter((one) => one.use === use).length;

/// A cache that is just being set up is to a request as one that is away.
async function warmed_up(gateway) {
  const body = {...chat('warm up'), temperature: 0};
  await until(async () => (await open(body, {url: gateway.url}).done).use === 'hit');
}

test(`${crowd} identical streams are one call and ${crowd} identical answers`, async () => {
  const body = ask('sim-slow-first-slow-tokens-60', {stream: true});
  const [asked, all] = await calls(() => Promise.all(Array.from({length: crowd}, () => open(body).done)));
  assert.equal(asked, 1);
  assert.ok(is_whole(all[0]), all[0].text.slice(-200));
  assert.equal(all.filter((one) => one.text === all[0].text).length, crowd);
  assert.deepEqual([count(all, 'miss'), count(all, 'coalesced')], [1, crowd - 1]);
});

test('many whole answers are one call, too', async () => {
  const body = ask('sim-slow-first');
  const [asked, all] = await calls(() => Promise.all(Array.from({length: 100}, () => open(body).done)));
  assert.equal(asked, 1);
  assert.equal(new Set(all.map((one) => one.text)).size, 1);
  assert.deepEqual([count(all, 'miss'), count(all, 'coalesced')], [1, 99]);
  assert.equal((await open(body).done).use, 'hit');
});

test('one who comes late gets what has come at once, and then follows', async () => {
  const body = ask('sim-slow-tokens-60', {stream: true});
  const [asked, [first, late]] = await calls(async () => {
    const one = open(body);
    await until(() => text_of(one).length > 40);
    const other = open(body);
    const so_far = text_of(one);
    await other.begun;
    assert.ok(text_of(other).startsWith(so_far), 'the past did not come at once');
    assert.ok(!is_whole(other));
    return Promise.all([one.done, other.done]);
  });
  assert.equal(asked, 1);
  assert.ok(is_whole(first));
  assert.equal(late.text, first.text);
});

test('the call goes on when the one who asked first leaves', async () => {
  const body = ask('sim-slow-tokens-40', {stream: true});
  const {left} = await stats();
  const [asked, follower] = await calls(async () => {
    const first = open(body);
    await first.begun;
    const other = open(body);
    await other.begun;
    first.leave();
    return other.done;
  });
  assert.equal(asked, 1);
  assert.ok(is_whole(follower), follower.text.slice(-200));
  assert.equal((await stats()).left, left);
  const id = await until(() => it.gateway.log.find((line) => line.cache === 'miss' && line.status === 499));
  assert.ok(id);
});

test('the call ends as the settings say when the last one leaves', async () => {
  const body = ask('sim-slow-tokens-100', {stream: true});
  const {left} = await stats();
  const both = [open(body), open(body)];
  await Promise.all(both.map((one) => one.begun));
  both[0].leave();
  await sleep(300);
  assert.equal((await stats()).left, left);
  both[1].leave();
  await until(async () => (await stats()).left > left, 3000, 'the provider to be left');
  const [asked, again] = await calls(() => open(ask('m')).done);
  assert.deepEqual([asked, again.status], [1, 200]);
});

test('nobody is held up by a call that everybody has left', async () => {
  const body = ask('sim-slow-first-tokens-3');
  const first = open(body);
  await sleep(300);
  first.leave();
  await sleep(300);
  const second = await open(body).done;
  assert.deepEqual([second.status, second.use], [200, 'miss']);
});

test('who follows a call that fails asks again, and one of them leads', async () => {
  const body = ask(`sim-once-hang-${process.pid}`);
  const [asked, all] = await calls(() => Promise.all(Array.from({length: 20}, () => open(body, hasty).done)), hasty);
  assert.equal(asked, 2);
  const failed = all.filter((one) => one.status !== 200);
  assert.equal(failed.length, 1);
  assert.ok([502, 504].includes(failed[0].status), failed[0].text);
  assert.deepEqual([count(all, 'miss'), count(all, 'coalesced')].reduce((a, b) => a + b), 19);
});

test('a provider that fails for all is asked three times, not by everybody', async () => {
  const body = ask('sim-hang');
  const [asked, all] = await calls(() => Promise.all(Array.from({length: 20}, () => open(body, hasty).done)), hasty);
  assert.equal(asked, 3);
  for (const one of all) assert.ok([502, 504].includes(one.status), one.text);
});

test('a stream that is cut is cut for all, and says so', async () => {
  const body = ask('sim-slow-first-slow-cut-tokens-20', {stream: true});
  const all = await Promise.all(Array.from({length: 10}, () => open(body).done));
  assert.equal(new Set(all.map((one) => one.text)).size, 1);
  assert.match(all[0].text, /stream_cut/);
  assert.ok(!is_whole(all[0]));
});

test('a stream and a whole answer are calls of their own, and share what is kept', async () => {
  const body = ask('sim-slow-first');
  const [asked, all] = await calls(() => Promise.all([open(body).done, open({...body, stream: true}).done]));
  assert.equal(asked, 2);
  assert.deepEqual(all.map((one) => one.status), [200, 200]);
  const [again] = await calls(async () => [await open(body).done, await open({...body, stream: true}).done]);
  assert.equal(again, 0);
});

test('each follower keeps its own time', async () => {
  const body = ask('sim-slow-first');
  const first = open(body);
  await sleep(100);
  const hasty = await open(body, {headers: {'x-stainless-timeout': '0.5'}}).done;
  assert.equal(hasty.status, 504);
  const one = await first.done;
  assert.deepEqual([one.status, one.use], [200, 'miss']);
});

test('/api/chat shares calls, too', async () => {
  const body = {message: `shared ${process.pid}`, stream: true};
  const how = {path: '/api/chat', headers: {'x-troupe-cache': 'on'}};
  const sim = await simulator(['--slow-first', '800']);
  const gateway = await troupe({providers: providers(sim.url),
    models: [{name: 'slow', targets: [{provider: 'openai', model: 'sim-slow-first'}]},
             {name: 'gpt-4o-mini', targets: [{provider: 'openai', model: 'm'}]}]});
  try {
    await warmed_up(gateway);
    const [asked, all] = await calls(
      () => Promise.all(Array.from({length: 10}, () => open(body, {...how, url: gateway.url}).done)), {sim});
    assert.equal(asked, 1);
    assert.equal(new Set(all.map((one) => one.text)).size, 1);
    assert.match(all[0].text, /event: done/);
  } finally {
    await gateway.stop();
    await sim.stop();
  }
});

test('a node that stops gives everybody who follows a call the rest of it', async () => {
  const {sim, gateway, stop} = await pair();
  await warmed_up(gateway);
  const {requests} = await stats({sim});
  const body = ask('sim-slow-tokens-20', {stream: true});
  const both = [open(body, {url: gateway.url}), open(body, {url: gateway.url})];
  await Promise.all(both.map((one) => one.begun));
  const ended = gateway.stop();
  for (const one of await Promise.all(both.map((each) => each.done))) assert.ok(is_whole(one));
  await ended;
  assert.equal((await stats({sim})).requests - requests, 1);
  await stop();
});

test('a node that stops waits for a call that everybody has left', async () => {
  const {gateway, sim, stop} = await pair({change: {disconnect: {upstream: 'drain', time: '5s'}}});
  const one = open(ask('sim-slow-tokens-30', {stream: true}), {url: gateway.url});
  await one.begun;
  one.leave();
  await sleep(200);
  await gateway.stop();
  assert.equal((await get(`${sim.url}/_sim/stats?attempts=0`)).json.left, 0);
  await stop();
});

test('is as good as new after all that', async () => {
  assert.equal((await post(`${it.url}/v1/chat/completions`, chat('done'))).status, 200);
});
