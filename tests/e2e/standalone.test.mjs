// The first minute: no configuration, no key, no network; and the command line.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {test} from 'node:test';
import {promisify} from 'node:util';
import {chat, config, file, get, post, Program, providers, until} from './support/troupe.mjs';

const run = async (args, options) => {
  const program = new Program(args, options);
  const end = await program.wait(10_000);
  return {...end, text: program.out + program.err};
};

test('with nothing given it serves every wire from the simulator and says so', async () => {
  const gateway = await new Program(['serve', '--listen', '127.0.0.1:0']).listening();
  try {
    assert.match(gateway.out + gateway.err, /simulator/);
    const openai = await post(`${gateway.url}/v1/chat/completions`, chat());
    assert.ok(openai.json?.choices[0].message.content.length > 0, openai.text);
    const anthropic = await post(`${gateway.url}/v1/messages`, {model: 'claude-haiku-4-5', max_tokens: 99,
      messages: [{role: 'user', content: 'x'}]}, {'anthropic-version': '2023-06-01'});
    assert.equal(anthropic.status, 200, anthropic.text);
    const gemini = await post(`${gateway.url}/v1beta/models/gemini-2.5-flash:generateContent`,
                              {contents: [{role: 'user', parts: [{text: 'x'}]}]});
    assert.equal(gemini.status, 200, gemini.text);
    assert.equal((await get(`${gateway.url}/healthz`)).status, 200);
  } finally {
    await gateway.stop();
  }
});

test('what the greeting tells to try works as it is printed', async () => {
  const gateway = await new Program(['serve', '--listen', '127.0.0.1:0']).listening();
  try {
    const lines = await until(() => gateway.out.match(/curl .*jobs$/m) && gateway.out.match(/curl .*$/gm));
    assert.equal(lines.length, 3, gateway.out);
    for (const line of lines) {
      const {stdout} = await promisify(execFile)('sh', ['-c', `${line} -sS --fail-with-body --max-time 10`]);
      assert.ok(stdout.length > 0, line);
    }
  } finally {
    await gateway.stop();
  }
});

test('keys in the environment make providers, and no secret is printed', async () => {
  const gateway = await new Program(['serve', '--listen', '127.0.0.1:0'],
    {env: {OPENAI_API_KEYS: 'sk-env-secret-1,sk-env-secret-2'}}).listening();
  try {
    const {json} = await get(`${gateway.url}/api/monitoring/health`);
    assert.ok(json.overall);
  } finally {
    await gateway.stop();
  }
  assert.doesNotMatch(gateway.out + gateway.err, /sk-env-secret/);
});

test('help and version are printed', async () => {
  const help = await run(['--help']);
  assert.equal(help.code, 0);
  for (const word of ['serve', 'simulate', 'check']) assert.match(help.text, new RegExp(word));
  assert.match((await run(['--version'])).text, /\d+\.\d+\.\d+/);
});

test('an unknown command and an unknown option fail', async () => {
  assert.notEqual((await run(['dance'])).code, 0);
  assert.notEqual((await run(['serve', '--dance'])).code, 0);
});

test('check passes a good file', async () => {
  const good = await run(['check', config({providers: providers('http://127.0.0.1:9')})]);
  assert.equal(good.code, 0, good.text);
});

test('check reports every fault with file, line and path', async () => {
  const path = file('bad.yaml', 'http:\n  listen: nowhere\n  max_boddy: 1\nnode:\n  threads: -1\nproviders:\n  - {name: x, protocol: y}\n');
  const bad = await run(['check', path]);
  assert.notEqual(bad.code, 0);
  for (const word of [path, 'listen', 'max_boddy', 'threads', 'protocol']) {
    assert.ok(bad.text.includes(word), `${word} is not in:\n${bad.text}`);
  }
  assert.match(bad.text, /:3\b/);
});

test('a file that is missing is said by name', async () => {
  const gone = await run(['serve', '--config', '/nonexistent/troupe.yaml']);
  assert.notEqual(gone.code, 0);
  assert.match(gone.text, /\/nonexistent\/troupe\.yaml/);
});

test('a port that is taken ends the start with one clear line', async () => {
  const first = await new Program(['serve', '--listen', '127.0.0.1:0']).listening();
  try {
    const second = await run(['serve', '--listen', `127.0.0.1:${first.port}`]);
    assert.notEqual(second.code, 0);
    assert.ok(second.code !== null, 'it listened as well');
    assert.match(second.text, new RegExp(`${first.port}`));
  } finally {
    await first.stop();
  }
});
