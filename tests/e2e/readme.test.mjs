// The README's examples do what they say: every ```sh block that follows an HTML
// comment `<!-- run -->` is run by bash against a fresh troupe. Port 8080 in an
// example stands for the one the test got. Example outputs are not compared.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {get, Program} from './support/troupe.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const top = resolve(here, '../..');
const text = readFileSync(resolve(top, 'README.md'), 'utf8');
const examples = [...text.matchAll(/<!-- run -->\n+```sh\n([\s\S]*?)```/g)].map((match) => match[1]);

let gateway;
before(async () => { gateway = await new Program(['serve', '--listen', '127.0.0.1:0'], {kind: 'release'}).listening(); });
after(() => gateway?.stop());

test('the README has examples that run', () => assert.ok(examples.length > 0));

test('the README\'s table of routes is what the program lists at /', async () => {
  const {troupe, ...wires} = (await get(`${gateway.url}/`)).json;
  const served = [troupe, ...Object.values(wires).filter(Array.isArray)].flat();
  assert.ok(served.length > 10);
  const table = text.match(/<!-- routes -->\n([\s\S]*?)<!-- \/routes -->/)?.[1] ?? '';
  const written = [...table.matchAll(/`((?:GET|POST|PUT|DELETE) [^`]+)`/g)].map((match) => match[1]);
  assert.deepEqual(written.sort(), served.sort());
});

for (const example of examples) {
  test(example.split('\n')[0].slice(0, 70), async () => {
    const script = `set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n${example}`
      .replaceAll(':8080', `:${gateway.port}`);
    const {stdout} = await promisify(execFile)('bash', ['-c', script], {
      timeout: 30_000, cwd: here,
      env: {...process.env, NODE_PATH: resolve(here, 'node_modules'), PATH: `${resolve(top, 'build/venv/bin')}:${process.env.PATH}`},
    });
    assert.ok(stdout.trim().length > 0, 'it printed nothing');
  });
}
