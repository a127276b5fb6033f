// The PyPI clients with providers of every wire, the essentials once each: turns,
// streams, tools, JSON that fits a model, errors, a stream that is cut.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {stage, wires} from './support/pairs.mjs';

const python = '../../build/venv/bin/python';
let on;
before(async () => { on = await stage({behaviours: ['fault-400', 'fault-503', 'cut']}); });
after(() => on?.stop());

for (const client of ['openai', 'anthropic']) {
  test(`the PyPI ${client} client is served by every wire`, async () => {
    const {stdout} = await promisify(execFile)(python, ['pairs.py', client, on.url], {timeout: 60_000});
    assert.equal(stdout, wires.map((wire) => `${client} -> ${wire} ok\n`).join(''));
  });
}
