// The PyPI clients, once each: the same conversation as the npm ones.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {pair} from './support/troupe.mjs';

const python = '../../build/venv/bin/python';
let stage;
before(async () => { stage = await pair({kind: 'release'}); });
after(() => stage?.stop());

for (const client of ['openai', 'anthropic']) {
  test(`the PyPI ${client} client is served`, async () => {
    const {stdout} = await promisify(execFile)(
      python, ['clients.py', client, stage.url], {timeout: 60_000});
    assert.match(stdout, /plain ok\nstream ok\ntool ok\nerrors ok\n/);
  });
}
