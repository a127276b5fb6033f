// The soak of tests/bench/faults.py, short: a third of all attempts fail, and
// hardly a client notices.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {resolve} from 'node:path';
import {test} from 'node:test';
import {binary} from './support/troupe.mjs';

const program = resolve(binary('release'));
const is_sanitized = program.includes('/asan/') || program.includes('/tsan/');

test('clients notice less than one fault in a thousand', () => {
  const {status, stdout, stderr} = spawnSync(
    'python3', ['../bench/faults.py', '--seconds', '20', '--rate', is_sanitized ? '100' : '300',
                ...(is_sanitized ? ['--any-memory'] : [])],
    {env: {...process.env, TROUPE_BIN: program}, encoding: 'utf8', timeout: 90_000});
  assert.equal(status, 0, `\n${stdout}\n${stderr}`);
});
