// The OpenAPI document that the program gives, judged by a public validator.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {file, get, pair} from './support/troupe.mjs';

const validator = '../../build/venv/bin/openapi-spec-validator';
let stage;
let answer;
before(async () => {
  stage = await pair();
  answer = await get(`${stage.url}/openapi.json`);
});
after(() => stage?.stop());

test('the OpenAPI document is valid', async () => {
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  const {stdout} = await promisify(execFile)(validator, [file('openapi.json', answer.text)], {timeout: 60_000});
  assert.match(stdout, /OK/);
});

test('a document that is broken is not valid', async () => {
  const broken = answer.text.replace('"paths":', '"path":');
  assert.notEqual(broken, answer.text);
  await assert.rejects(promisify(execFile)(validator, [file('broken.json', broken)], {timeout: 60_000}));
});

test('the document is not sent again to who has it', async () => {
  const again = await get(`${stage.url}/openapi.json`, {'if-none-match': answer.headers.get('etag')});
  assert.equal(again.status, 304);
});
