// SIGHUP: another configuration takes effect under traffic, and nobody notices
// but by what it says.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {renameSync, writeFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {isDeepStrictEqual} from 'node:util';
import OpenAI from 'openai';
import {chat, config, get, post, Program, quick_retry, until} from './support/troupe.mjs';
import {completion, upstream} from './support/upstream.mjs';

const key = (name) => `sk-e2e-reload-${name}`;

/// A provider that notes with which keys it is asked, from how many at once,
/// and over which connections; keys that contain `dead` are refused.
async function provider() {
  const noted = {keys: [], ports: new Set(), busy: 0, busiest: 0};
  const served = await upstream(async (request, response) => {
    const secret = request.headers.authorization.replace('Bearer ', '');
    noted.keys.push(secret);
    noted.ports.add(request.socket.remotePort);
    noted.busiest = Math.max(noted.busiest, ++noted.busy);
    await sleep(15);
    --noted.busy;
    response.writeHead(secret.includes('dead') ? 401 : 200, {'content-type': 'application/json'});
    response.end(secret.includes('dead') ? '{"error":{"message":"no","type":"invalid_request_error"}}' : completion);
  });
  return {
    noted, stop: () => served.stop(),
    settings: (name, keys, more = {}) => ({name, protocol: 'openai', base_url: `${served.url}/v1`,
                                           keys: keys.map(key), retry: quick_retry, ...more}),
    /// It comes to be asked with these keys and no others, for 300 ms.
    async uses(wanted, what) {
      let seen;
      for (const end = Date.now() + 10_000; Date.now() < end;) {
        noted.keys.length = 0;
        await sleep(300);
        seen = [...new Set(noted.keys)].sort();
        if (isDeepStrictEqual(seen, wanted)) return;
      }
      assert.deepEqual(seen, wanted, what);
    },
  };
}

/// A troupe whose configuration can be rewritten.
async function gateway(settings) {
  const path = config(settings);
  const program = await new Program(['serve', '--config', path]).listening();
  const said = () => program.err.split('\n').filter((line) => /"event":"reload|\breload /.test(line));
  return Object.assign(program, {
    /// Writes another configuration, or any text; returns what the log says of it.
    async reload(next) {
      const text = typeof next === 'string' ? next
        : JSON.stringify({log: {format: 'json', level: 'info'}, ...next,
                          http: {listen: '127.0.0.1:0', shutdown_grace: '5s', ...next.http}});
      writeFileSync(`${path}.next`, text, {mode: 0o600});
      renameSync(`${path}.next`, path);
      const before = said().length;
      program.child.kill('SIGHUP');
      await until(() => said().slice(before).some((line) => /changed=|faults=|error=/.test(line)), 10_000,
                  'the log to say what came of it');
      return said().slice(before).join('\n');
    },
  });
}

/// Clients that ask one question after the other until they are told to stop.
function traffic(url, parallel = 8) {
  const client = new OpenAI({baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0});
  const result = {answered: 0, failed: []};
  let on = true;
  const all = Array.from({length: parallel}, async () => {
    while (on) {
      try {
        const answer = await client.chat.completions.create(chat('go on'));
        assert.equal(answer.choices[0].message.content, 'hello');
        ++result.answered;
      } catch (error) {
        result.failed.push(String(error));
      }
    }
  });
  return {result, stop: async () => { on = false; await Promise.all(all); return result; }};
}

const ask = (program, model, headers) => post(`${program.url}/v1/chat/completions`, chat('x', {model}), headers);

let first, second;
before(async () => { [first, second] = await Promise.all([provider(), provider()]); });
after(() => Promise.all([first?.stop(), second?.stop()]));

test('not one request fails while keys, limits, models and providers change', async () => {
  const program = await gateway({providers: [first.settings('main', ['a', 'dead'])]});
  const crowd = traffic(program.url);
  try {
    await sleep(300);
    assert.match(await program.reload({providers: [first.settings('main', ['a', 'dead', 'b'])]}), /keys \+1/);
    await first.uses([key('a'), key('b')], 'a key was added');

    assert.match(await program.reload({providers: [first.settings('main', ['c', 'b', 'a'])]}), /keys \+1 -1/);
    await first.uses([key('a'), key('b'), key('c')], 'the dead key was replaced');
    await until(async () => !(await get(`${program.url}/api/monitoring/health`)).text.includes('main-2'), 15_000,
                'the dead key to go');

    assert.match(await program.reload({providers: [first.settings('main', ['c', 'b', 'a'], {limits: {concurrent: 1}})]}),
                 /providers ~1/);
    await sleep(100);
    first.noted.busiest = 0;
    await sleep(400);
    assert.ok(first.noted.busiest <= 3, `${first.noted.busiest} at once with three keys of one each`);

    assert.match(await program.reload({
      providers: [first.settings('main', ['c', 'b', 'a']), second.settings('other', ['o'])],
      models: [{name: 'swift', targets: [{provider: 'other', model: 'swift-1'}]}],
    }), /providers \+1 ~1.*models \+1/);
    assert.equal((await ask(program, 'swift')).headers.get('x-troupe-provider'), 'other');
    assert.deepEqual((await get(`${program.url}/v1/models`)).json.data.map((m) => m.id), ['swift']);

    assert.match(await program.reload({providers: [first.settings('main', ['b'])]}), /providers -1, keys -3, models -1/);
    await first.uses([key('b')]);
    assert.equal((await ask(program, 'swift')).headers.get('x-troupe-provider'), 'main');

    for (const keys of [['a'], ['a', 'b'], ['c'], ['b', 'c'], ['a', 'b', 'c'], ['d'], ['a']])
      await program.reload({providers: [first.settings('main', keys, {limits: {rpm: 100_000 + keys.length}})]});
    await first.uses([key('a')]);
  } finally {
    const {answered, failed} = await crowd.stop();
    await program.stop();
    assert.deepEqual(failed, []);
    assert.ok(answered > 20, `${answered} requests`);
    assert.doesNotMatch(program.err, /sk-e2e-reload/, 'a key in the log');
  }
});

test('a faulty file changes nothing and its fault is in the log', async () => {
  const program = await gateway({providers: [first.settings('main', ['a'])]});
  const crowd = traffic(program.url, 2);
  try {
    assert.match(await program.reload('providers: [{name: main'), /reload/);
    assert.match(await program.reload({providers: [first.settings('main', ['b'], {protocol: 'smoke'})]}),
                 /providers\[0\]\.protocol/);
    assert.match(await program.reload({providers: [first.settings('main', ['b'])],
                                       models: [{name: 'm', targets: [{provider: 'nobody', model: 'm'}]}]}),
                 /no provider has the name/);
    assert.match(await program.reload({}), /invalid_setting.*providers/);
    await first.uses([key('a')]);
    assert.match(await program.reload({providers: [first.settings('main', ['b'])]}), /keys \+1 -1/);
    await first.uses([key('b')], 'a good one works after bad ones');
  } finally {
    assert.deepEqual((await crowd.stop()).failed, []);
    await program.stop();
  }
});

test('clients come and go, at every door', async () => {
  const providers = [first.settings('main', ['a'])];
  const client = (name) => ({name, key_sha256: createHash('sha256').update(name).digest('hex')});
  const as = (name) => ({authorization: `Bearer ${name}`});
  const program = await gateway({providers, node: {threads: 2}});
  const statuses = async (headers) => {
    const all = await Promise.all(Array.from({length: 8}, () => ask(program, 'm', headers)));
    return [...new Set(all.map((answer) => answer.status))];
  };
  try {
    assert.deepEqual(await statuses({}), [200]);
    const node = {threads: 2};
    await program.reload({providers, node, auth: {mode: 'required', clients: [client('web')]}});
    assert.deepEqual(await statuses({}), [401]);
    assert.deepEqual(await statuses(as('web')), [200]);
    await program.reload({providers, node, auth: {mode: 'required', clients: [client('app')]}});
    assert.deepEqual(await statuses(as('web')), [401]);
    assert.deepEqual(await statuses(as('app')), [200]);
  } finally {
    await program.stop();
  }
});

test('what needs a restart is named, and the rest applied', async () => {
  const program = await gateway({providers: [first.settings('main', ['a'])], node: {threads: 1}});
  try {
    const said = await program.reload({providers: [first.settings('main', ['a', 'b'])], node: {threads: 2},
                                       http: {max_body: '1MiB'}});
    assert.match(said, /keys \+1, needs a restart: .*node\.threads.*http\.max_body/);
    assert.match(said, /warn/);
    for (let i = 0; i < 20; ++i) await ask(program, 'm');
    assert.ok(first.noted.keys.includes(key('b')));
  } finally {
    await program.stop();
  }
});

test('connections to a provider stay open over a change of its limits', async () => {
  const program = await gateway({providers: [first.settings('main', ['a'])], node: {threads: 1}});
  try {
    await ask(program, 'm');
    first.noted.ports.clear();
    for (let i = 1; i <= 5; ++i) {
      await program.reload({providers: [first.settings('main', ['a'], {limits: {rpm: 1000 * i}})], node: {threads: 1}});
      assert.equal((await ask(program, 'm')).status, 200);
    }
    assert.equal(first.noted.ports.size, 1);
  } finally {
    await program.stop();
  }
});
