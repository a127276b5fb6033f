// The cache for applications: /api/cache as its users know Redis, Memcached and
// HTTP caches - classes of time, compare-and-set, get-or-compute, tags and
// patterns, many at once - and that tenants do not see one another.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {file, get, post, troupe, until} from './support/troupe.mjs';

const keys = {red: 'troupe-client-red-1234567890', blue: 'troupe-client-blue-1234567890'};
const clients = Object.entries(keys).map(([tenant, key]) => (
  {name: tenant, tenant, key_sha256: createHash('sha256').update(key).digest('hex')}));

let gateway;
let base;
before(async () => {
  gateway = await troupe({auth: {mode: 'open', clients}});
  base = `${gateway.url}/api/cache`;
});
after(() => gateway?.stop());

/// One request; the body as text, and as JSON where it is some.
async function call(method, path, {body, headers = {}, signal, at = base} = {}) {
  const answer = await fetch(at + path, {method, body, headers, signal: signal ?? AbortSignal.timeout(30_000)});
  const text = await answer.text();
  let json;
  try { json = JSON.parse(text); } catch { /* not JSON */ }
  return {status: answer.status, headers: answer.headers, text, json};
}
const put = (key, body, {query = '', headers = {}, ...more} = {}) =>
  call('PUT', `/${encodeURIComponent(key)}${query}`, {body, headers: {'content-type': 'text/plain', ...headers}, ...more});
const read = (key, query = '', more = {}) => call('GET', `/${encodeURIComponent(key)}${query}`, more);
const lease_of = (answer) => answer.headers.get('x-troupe-cache-lease');
const lease = (token) => ({'x-troupe-cache-lease': token});
const as = (tenant) => ({authorization: `Bearer ${keys[tenant]}`});

test('bytes come back as they were put, with type, age and ETag', async () => {
  const bytes = new Uint8Array([0, 255, 10, 13, 0, 128]);
  const kept = await put('plain/ä 1', bytes, {headers: {'content-type': 'image/png'}});
  assert.equal(kept.status, 201, kept.text);
  const answer = await fetch(`${base}/${encodeURIComponent('plain/ä 1')}`);
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes);
  assert.equal(answer.headers.get('content-type'), 'image/png');
  assert.equal(answer.headers.get('age'), '0');
  assert.equal(answer.headers.get('etag'), kept.headers.get('etag'));
  assert.match(answer.headers.get('etag'), /^"[0-9a-f]{16}"$/);
  assert.equal(answer.headers.get('x-troupe-cache'), 'hit');
  const again = await put('plain/ä 1', 'other');
  assert.equal(again.status, 204);
  assert.notEqual(again.headers.get('etag'), kept.headers.get('etag'));
});

test('HEAD tells the head, If-None-Match spares the body', async () => {
  const {headers} = await put('conditional', 'value');
  const etag = headers.get('etag');
  const head = await call('HEAD', '/conditional');
  assert.equal(head.status, 200);
  assert.equal(head.headers.get('content-length'), '5');
  assert.equal(head.text, '');
  const same = await read('conditional', '', {headers: {'if-none-match': etag}});
  assert.equal(same.status, 304);
  assert.equal(same.headers.get('etag'), etag);
  assert.equal((await read('conditional', '', {headers: {'if-none-match': '"0123456789abcdef"'}})).status, 200);
});

test('a ttl is a class, seconds or a duration', async () => {
  const lengths = {'very-short': 30, short: 60, medium: 300, long: 3600, 'very-long': 86400, 90: 90, '5m': 300};
  for (const [ttl, seconds] of Object.entries(lengths)) {
    assert.ok((await put('classes', 'x', {query: `?ttl=${ttl}`})).status < 300, ttl);
    const left = Number((await read('classes')).headers.get('cache-control').match(/^max-age=(\d+)$/)[1]);
    assert.ok(left <= seconds && left >= seconds - 2, `${ttl}: ${left}`);
  }
  await put('classes', 'x', {headers: {'cache-control': 'max-age=77'}});
  assert.match((await read('classes')).headers.get('cache-control'), /max-age=7[67]/);
});

test('an entry is gone when its time is over', async () => {
  await put('short-lived', 'x', {query: '?ttl=100ms'});
  assert.equal((await read('short-lived')).status, 200);
  await until(async () => (await read('short-lived')).status === 404, 5000, 'the entry to expire');
});

test('it can be known that there is nothing', async () => {
  assert.equal((await read('nothing')).json.error.code, 'not_found');
  assert.equal((await put('nothing', undefined, {query: '?negative=true&ttl=short'})).status, 201);
  const known = await read('nothing');
  assert.equal(known.status, 404);
  assert.equal(known.json.error.code, 'known_absent');
  assert.equal(known.headers.get('x-troupe-cache'), 'negative');
});

test('bad requests are a 400 that names the field', async () => {
  for (const [method, path, headers, param] of [
    ['PUT', '/k?ttl=0', {}, 'ttl'],
    ['PUT', '/k?ttI=5', {}, 'ttI'],
    ['PUT', '/k', {'if-match': 'abc'}, 'If-Match'],
    ['PUT', '/k', {'x-troupe-cache-lease': 'abc'}, 'x-troupe-cache-lease'],
    ['GET', '/k?lease=never', {}, 'lease'],
    ['GET', '/%FF', {}, 'key'],
    ['DELETE', '', {}, 'pattern'],
    ['DELETE', '?pattern=', {}, 'pattern'],
    ['DELETE', '?pattern=a&tag=b', {}, 'pattern'],
  ]) {
    const answer = await call(method, path, {headers});
    assert.equal(answer.status, 400, `${method} ${path}: ${answer.text}`);
    assert.equal(answer.json.error.param, param, answer.text);
    assert.equal(answer.json.error.code, 'invalid_request');
    assert.ok(answer.json.error.request_id);
  }
  const large = await put('large', 'x'.repeat((1 << 20) + 1));
  assert.equal(large.status, 413, large.text);
  assert.match(large.json.error.message, /1048576/);
  assert.equal((await put('large', 'x'.repeat(1 << 20))).status, 201);
  const wrong = await call('POST', '/k');
  assert.equal(wrong.status, 405);
  assert.match(wrong.headers.get('allow'), /PUT/);
});

test('compare and set: of fifty writers exactly one wins each round', async () => {
  let etag = (await put('counter', '0')).headers.get('etag');
  for (let round = 0; round < 5; ++round) {
    const tries = await Promise.all(Array.from({length: 50}, (_, i) =>
      put('counter', `${round}-${i}`, {headers: {'if-match': etag}})));
    const won = tries.filter((t) => t.status === 204);
    assert.equal(won.length, 1, `round ${round}`);
    etag = won[0].headers.get('etag');
    for (const lost of tries.filter((t) => t !== won[0])) {
      assert.equal(lost.status, 412);
      assert.equal(lost.headers.get('etag'), etag, 'a 412 tells the ETag of now');
    }
  }
});

test('of fifty who create, one does', async () => {
  const tries = await Promise.all(Array.from({length: 50}, (_, i) =>
    put('created', String(i), {headers: {'if-none-match': '*'}})));
  assert.deepEqual(tries.map((t) => t.status).filter((s) => s === 201).length, 1);
  assert.ok(tries.every((t) => t.status === 201 || t.status === 412));
});

test('get or compute: a hundred callers, one computes', async () => {
  let computed = 0;
  const answers = await Promise.all(Array.from({length: 100}, async () => {
    const first = await read('computed', '?lease=10s&wait=10s');
    const token = lease_of(first);
    if (!token) return first;
    ++computed;
    assert.equal(first.status, 404);
    assert.equal(first.json.lease.token, token);
    assert.ok(first.json.lease.expires_in_ms <= 10_000);
    await sleep(200);  // The work.
    assert.equal((await put('computed', 'the value', {headers: lease(token)})).status, 201);
    return read('computed');
  }));
  assert.equal(computed, 1);
  for (const answer of answers) {
    assert.equal(answer.status, 200);
    assert.equal(answer.text, 'the value');
  }
});

test('an entry past its time will do while somebody computes', async () => {
  await put('staling', 'old', {query: '?ttl=50ms&stale=60'});
  const leader = await until(async () => {
    const answer = await read('staling', '?lease=20s&stale=true');
    return lease_of(answer) && answer;
  }, 5000, 'the entry to be past its time');
  const other = await read('staling', '?lease=20s&wait=5s&stale=true');
  assert.equal(other.status, 200);
  assert.equal(other.text, 'old');
  assert.equal(other.headers.get('x-troupe-cache'), 'stale');
  const strict = await read('staling', '?lease=20s');
  assert.equal(strict.status, 409);
  assert.equal(strict.json.error.code, 'being_computed');
  assert.ok(Number(strict.headers.get('retry-after')) >= 1);
  await put('staling', 'new', {headers: lease(lease_of(leader))});
  assert.equal((await read('staling', '?stale=true')).text, 'new');
});

test('a lease ends with its time, and one of those who wait takes over', async () => {
  const first = lease_of(await read('dying', '?lease=200ms'));
  const others = await Promise.all(Array.from({length: 10}, async () => {
    const answer = await read('dying', '?lease=5s&wait=10s');
    const token = lease_of(answer);
    if (token) await put('dying', 'second', {headers: lease(token)});
    return token ? 'leader' : answer.text;
  }));
  assert.equal(others.filter((x) => x === 'leader').length, 1);
  assert.equal(others.filter((x) => x === 'second').length, 9);
  const late = await put('dying', 'first', {headers: lease(first)});
  assert.equal(late.status, 409);
  assert.equal(late.json.error.code, 'lease_lost');
  assert.equal((await read('dying')).text, 'second');
});

test('a lease that is given up goes to the next', async () => {
  const token = lease_of(await read('given-up', '?lease=60s'));
  const next = read('given-up', '?lease=5s&wait=10s');
  assert.equal((await call('DELETE', '/given-up', {headers: lease(token)})).status, 204);
  assert.ok(lease_of(await next));
  assert.equal((await call('DELETE', '/given-up', {headers: lease(token)})).status, 409);
});

test('who leaves while it waits holds nothing', async () => {
  const token = lease_of(await read('deserted', '?lease=60s'));
  const leaving = new AbortController();
  const left = read('deserted', '?lease=60s&wait=60s', {signal: leaving.signal}).catch(() => 'left');
  await sleep(300);  // Until it waits, and its leaving would be noticed.
  leaving.abort();
  assert.equal(await left, 'left');
  await sleep(300);
  const next = read('deserted', '?lease=5s&wait=10s');
  assert.equal((await call('DELETE', '/deserted', {headers: lease(token)})).status, 204);
  assert.ok(lease_of(await next), 'the lease went to somebody who had left');
});

test('patterns and tags forget many at once', async () => {
  for (const [key, tags] of [['persona:1', 'a'], ['persona:2', 'b'], ['person', 'a'], ['x:persona:3', 'b']])
    await put(key, key, {query: `?tags=${tags},all`});
  const gone = await call('DELETE', '?pattern=persona:*');
  assert.equal(gone.status, 200, gone.text);
  assert.deepEqual(gone.json, {deleted: 2});
  assert.equal((await read('persona:1')).status, 404);
  assert.equal((await read('x:persona:3')).status, 200);
  assert.deepEqual((await call('DELETE', '?tag=a')).json, {deleted: 1});
  assert.equal((await read('person')).status, 404);
  assert.equal((await read('x:persona:3')).status, 200);
  assert.equal((await put('persona:1', 'new')).status, 201, 'what comes after a purge stays');
  assert.equal((await read('persona:1')).status, 200);
});

test('one that is deleted is gone, and was there', async () => {
  const {headers} = await put('deleted', 'x');
  const other = {headers: {'if-match': '"0123456789abcdef"'}};
  assert.equal((await call('DELETE', '/deleted', other)).status, 412);
  assert.equal((await call('DELETE', '/deleted', {headers: {'if-match': headers.get('etag')}})).status, 204);
  assert.equal((await call('DELETE', '/deleted')).status, 404);
});

test('many come in and go out at once', async () => {
  const entries = Array.from({length: 500}, (_, i) => ({key: `many:${i}`, value: {i}, ttl: 'short', tags: ['many']}));
  entries.push({key: 'many:text', value: 'text'}, {key: '', value: 1}, {key: 'many:bad', value: 1, ttl: 'soon'});
  const warmed = await post(`${base}/warm`, {entries});
  assert.equal(warmed.status, 200, warmed.text);
  assert.equal(warmed.json.kept, 501);
  assert.deepEqual(warmed.json.refused.map((r) => [r.index, r.key]), [[501, ''], [502, 'many:bad']]);
  await put('many:bytes', new Uint8Array([255, 0]), {headers: {'content-type': 'image/png'}});
  const asked = [...Array.from({length: 500}, (_, i) => `many:${i}`), 'many:text', 'many:bytes', 'many:none'];
  const got = await post(`${base}/get`, {keys: asked});
  assert.equal(got.status, 200, got.text);
  assert.deepEqual(got.json.missing, ['many:none']);
  assert.equal(Object.keys(got.json.entries).length, 502);
  assert.deepEqual(got.json.entries['many:7'].value, {i: 7});
  assert.equal(got.json.entries['many:7'].encoding, 'json');
  assert.ok(got.json.entries['many:7'].ttl_ms <= 60_000);
  assert.equal(got.json.entries['many:text'].value, 'text');
  assert.equal(got.json.entries['many:bytes'].value, Buffer.from([255, 0]).toString('base64'));
  assert.equal((await read('many:7')).headers.get('etag'), got.json.entries['many:7'].etag);
  assert.equal((await call('DELETE', '?tag=many')).json.deleted, 500);
});

test('lines warm too, and only what is absent if so wished', async () => {
  await put('line:1', 'mine');
  const lines = ['{"key":"line:1","value":"theirs"}', '', '{"key":"line:2","value":"theirs"}', 'x'].join('\n');
  const warmed = await post(`${base}/warm?only_if_absent=true`, lines, {'content-type': 'application/x-ndjson'});
  assert.equal(warmed.json.kept, 1, warmed.text);
  assert.deepEqual(warmed.json.refused.map((r) => r.line).sort(), [1, 4]);
  assert.equal((await read('line:1')).text, 'mine');
  assert.equal((await read('line:2')).text, 'theirs');
});

test('tenants have name spaces of their own', async () => {
  for (const tenant of ['red', 'blue'])
    assert.equal((await put('shared-name', tenant, {headers: as(tenant)})).status, 201, tenant);
  for (const tenant of ['red', 'blue'])
    assert.equal((await read('shared-name', '', {headers: as(tenant)})).text, tenant);
  assert.equal((await read('shared-name')).status, 404, 'somebody nameless is nobody\'s tenant');
  assert.deepEqual((await call('DELETE', '?pattern=*', {headers: as('red')})).json, {deleted: 1});
  assert.equal((await read('shared-name', '', {headers: as('blue')})).text, 'blue');
});

test('numbers tell what a tenant holds and did', async () => {
  const headers = as('red');
  await put('counted', 'x', {headers});
  await read('counted', '', {headers});
  await read('counted-not', '', {headers});
  const told = (await call('GET', '', {headers})).json;
  assert.equal(told.tenant.name, 'red');
  const mine = told.tenant.spaces.application;
  assert.ok(mine.entries >= 1 && mine.hits >= 1 && mine.misses >= 1, JSON.stringify(told));
  assert.ok(told.spaces.application.entries > mine.entries);
  assert.equal(told.spaces.embedding.entries, 0);
});

test('a door that wants keys wants them here too', async () => {
  const strict = await troupe({auth: {mode: 'required', clients}});
  try {
    const at = `${strict.url}/api/cache`;
    for (const [method, path] of [['GET', '/k'], ['PUT', '/k'], ['DELETE', '/k'], ['DELETE', '?tag=a'],
                                  ['GET', ''], ['POST', '/get'], ['POST', '/warm']]) {
      const answer = await call(method, path, {at});
      assert.equal(answer.status, 401, `${method} ${path}`);
      assert.equal(answer.json.error.code, 'unauthorized');
    }
    assert.equal((await call('GET', '/k', {at, headers: as('red')})).status, 404);
  } finally { await strict.stop(); }
});

test('a tenant over its quota loses its own entries, not others\'', async () => {
  const small = await troupe({auth: {mode: 'open', clients}, cache: {shards: 1, tenant_max_entries: 10}});
  try {
    const at = `${small.url}/api/cache`;
    for (let i = 0; i < 8; ++i) await put(`b${i}`, 'x', {at, headers: as('blue')});
    for (let i = 0; i < 30; ++i) await put(`r${i}`, 'x', {at, headers: as('red')});
    const held = async (tenant) =>
      (await call('GET', '', {at, headers: as(tenant)})).json.tenant.spaces.application;
    assert.equal((await held('blue')).entries, 8);
    assert.equal((await held('red')).entries, 10);
    assert.equal((await held('red')).evictions, 20);
    assert.equal((await call('GET', '/r29', {at, headers: as('red')})).status, 200);
    assert.equal((await call('GET', '/r0', {at, headers: as('red')})).status, 404);
  } finally { await small.stop(); }
});

test('a file warms the cache at the start', async () => {
  const lines = ['{"key":"warm:1","value":"one"}', 'nonsense', '{"key":"warm:2","value":[2],"tenant":"red"}'].join('\n');
  const warm = await troupe({auth: {mode: 'open', clients}, cache: {warm: file('warm.jsonl', lines)}});
  try {
    const at = `${warm.url}/api/cache`;
    await until(async () => (await call('GET', '/warm:1', {at})).text === 'one', 5000, 'the cache to be warm');
    assert.equal((await call('GET', '/warm:2', {at, headers: as('red')})).text, '[2]');
    assert.equal((await call('GET', '/warm:2', {at})).status, 404);
    await until(() => warm.log.some((l) => JSON.stringify(l).includes('cache-warm')), 5000, 'its line in the log');
  } finally { await warm.stop(); }
});

test('the index lists it', async () => {
  assert.ok((await get(`${gateway.url}/`)).json.cache.includes('GET /api/cache/{key}'));
});
