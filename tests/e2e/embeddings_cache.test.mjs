// Embeddings are known item by item: only what is not known is asked for, and no
// client can tell the answer from the provider's own.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {after, before, beforeEach, test} from 'node:test';
import {promisify} from 'node:util';
import {GoogleGenAI} from '@google/genai';
import OpenAI from 'openai';
import {get, pair, post, troupe, until} from './support/troupe.mjs';
import {upstream} from './support/upstream.mjs';

const python = '../../build/venv/bin/python';
const model = 'text-embedding-3-small';
const models = [
  {name: 'via-gemini', targets: [{provider: 'gemini', model: 'gemini-embedding-001'}]},
  {name: 'via-openai', targets: [{provider: 'openai', model}]},
];
const key_of = (client) => `key-of-${client}`;
const clients = ['acme', 'umbrella'].map((tenant) => ({
  name: tenant, tenant, key_sha256: createHash('sha256').update(key_of(tenant)).digest('hex')}));

let stage, openai, gemini;
before(async () => {
  stage = await pair({settings: {models, auth: {mode: 'open', clients}}});
  openai = new OpenAI({baseURL: `${stage.url}/v1`, apiKey: 'sk-client', maxRetries: 0, timeout: 20_000});
  gemini = new GoogleGenAI({apiKey: 'g', httpOptions: {baseUrl: stage.url}});
});
beforeEach(() => post(`${stage.sim.url}/_sim/reset`, {}));
after(() => stage?.stop());

/// What arrived at the provider: the items of each request.
const asked = async () =>
  (await get(`${stage.sim.url}/_sim/requests?last=100`)).json.requests
      .map(({body}) => JSON.parse(body)).map((body) => body.input ?? body.requests ?? body);
const embed = (body, headers, url = stage.url) =>
  post(`${url}/v1/embeddings`, {model, dimensions: 8, ...body}, {authorization: 'Bearer sk-nobody', ...headers});
/// Waits until all of it is known: keeping is nobody's wait.
const kept = (body, headers) => until(
  async () => (await embed(body, {'cache-control': 'only-if-cached', ...headers})).status === 200);
const bare = ({data, ...rest}) => ({data, model: rest.model, object: rest.object});
/// Texts that no other test asks for.
const texts = (name, count) => Array.from({length: count}, (_, i) => `${name} number ${i}`);

test('of a hundred texts with sixty known, forty are asked for', async () => {
  const all = texts('hundred', 100);
  const some = all.filter((_, i) => i % 5 < 3).reverse();
  await embed({input: some});
  await kept({input: some});
  await post(`${stage.sim.url}/_sim/reset`, {});
  const answer = await embed({input: all});
  assert.equal(answer.headers.get('x-troupe-cache'), 'miss');
  assert.equal(answer.headers.get('x-troupe-cache-items'), '60/100');
  assert.deepEqual(await asked(), [all.filter((_, i) => i % 5 >= 3)]);
  const missing = {input: all.filter((_, i) => i % 5 >= 3)};
  const {json: own} = await embed(missing, {}, stage.sim.url);
  assert.deepEqual(answer.json.usage, {...own.usage, troupe: {cached: 60}});
  const {json: whole} = await embed({input: all}, {}, stage.sim.url);
  assert.deepEqual(bare(answer.json), bare(whole));
});

test('what is all known is answered at no cost, and no key is asked', async () => {
  const input = texts('known', 3);
  const first = await embed({input});
  assert.equal(first.headers.get('x-troupe-cache'), 'miss');
  assert.equal(first.headers.get('x-troupe-cache-items'), null);
  await kept({input});
  const again = await embed({input: [...input].reverse()});
  assert.equal(again.headers.get('x-troupe-cache'), 'hit');
  assert.match(again.headers.get('age'), /^\d+$/);
  assert.equal(again.headers.get('x-troupe-provider'), 'openai');
  assert.equal(again.headers.get('x-troupe-model'), model);
  assert.equal(again.headers.get('x-troupe-attempts'), '0');
  assert.deepEqual(again.json.usage, {prompt_tokens: 0, total_tokens: 0, troupe: {cached: 3}});
  assert.deepEqual(again.json.data.map(({embedding}) => embedding),
                   first.json.data.map(({embedding}) => embedding).reverse());
  assert.equal((await asked()).length, 1);
});

test('a text that comes twice is asked for once', async () => {
  const [a, b] = texts('twice', 2);
  const answer = await embed({input: [a, b, a]});
  assert.deepEqual(await asked(), [[a, b]]);
  const {json: whole} = await embed({input: [a, b, a]}, {}, stage.sim.url);
  assert.deepEqual(bare(answer.json), bare(whole));
});

test('token numbers, other sizes and other encodings are items of their own', async () => {
  const bodies = [{input: [[71, 72], [73]]}, {input: [71, 72], dimensions: 4},
                  {input: [71, 72], encoding_format: 'base64'}];
  for (const body of bodies) {
    assert.equal((await embed(body)).headers.get('x-troupe-cache'), 'miss');
    await kept(body);
  }
  assert.equal((await asked()).length, 3);
  const one = await embed({input: [71, 72]});
  assert.equal(one.headers.get('x-troupe-cache'), 'hit');
  assert.equal(one.json.data.length, 1);
  const packed = await embed(bodies[2]);
  assert.equal(packed.headers.get('x-troupe-cache'), 'hit');
  assert.equal(typeof packed.json.data[0].embedding, 'string');
});

test('the npm client gets the same vectors from the cache', async () => {
  const input = texts('npm', 5);
  const ask = async () => (await openai.embeddings.create({model, input, dimensions: 16}).withResponse());
  const first = await ask();
  await kept({input, dimensions: 16, encoding_format: 'base64'});
  const again = await ask();
  assert.equal(again.response.headers.get('x-troupe-cache'), 'hit');
  assert.deepEqual(again.data.data, first.data.data);
  assert.equal(again.data.data[4].embedding.length, 16);
  assert.equal(typeof again.data.data[4].embedding[0], 'number');
  assert.equal(again.data.usage.total_tokens, 0);
});

test('the PyPI client gets the same vectors from the cache', async (t) => {
  const {stdout} = await promisify(execFile)(
    python, ['embeddings.py', stage.url], {timeout: 60_000}).catch((error) => {
      if (error.code === 'ENOENT') return {};
      throw error;
    });
  if (stdout === undefined) return t.skip('the PyPI clients are not installed');
  assert.equal(stdout, 'first miss\nagain hit\nsome 5/8\n');
});

test("Google's client is asked for what is missing only", async () => {
  const contents = texts('google', 4);
  const ask = (list) => gemini.models.embedContent(
    {model: 'gemini-embedding-001', contents: list, config: {taskType: 'CLUSTERING', outputDimensionality: 6}});
  const first = await ask(contents.slice(0, 3));
  const seen = async () => (await asked()).flat().map((one) => one.content.parts[0].text);
  // Kept is what is not asked for again.
  await until(async () => {
    await post(`${stage.sim.url}/_sim/reset`, {});
    await ask(contents.slice(0, 3));
    return (await asked()).length === 0;
  });
  const all = await ask([...contents].reverse());
  assert.deepEqual(await seen(), [contents[3]]);
  assert.deepEqual(all.embeddings.slice(1).reverse(), first.embeddings);
  assert.equal(all.embeddings[0].values.length, 6);
  // Alone it is the same item as in a batch.
  const alone = await post(`${stage.url}/v1beta/models/gemini-embedding-001:embedContent`,
    {content: {parts: [{text: contents[0]}], role: 'user'}, taskType: 'CLUSTERING', outputDimensionality: 6});
  assert.deepEqual(alone.json, {embedding: first.embeddings[0]});
  assert.equal(alone.headers.get('x-troupe-cache'), 'hit');
});

test('vectors of a translated provider are known in the wire of their client', async () => {
  for (const name of ['via-gemini', 'via-openai']) {
    const body = {model: name, input: texts(name, 3)};
    const first = await embed(body);
    await kept(body);
    const again = await embed({...body, input: [...body.input, `${name}, one more`]});
    assert.equal(again.headers.get('x-troupe-cache-items'), '3/4');
    assert.deepEqual(again.json.data.slice(0, 3), first.json.data);
  }
});

test('tenants share nothing', async () => {
  const input = texts('tenant', 2);
  const as = (tenant) => ({authorization: `Bearer ${key_of(tenant)}`});
  await embed({input}, as('acme'));
  await kept({input}, as('acme'));
  assert.equal((await embed({input}, as('umbrella'))).headers.get('x-troupe-cache'), 'miss');
  assert.equal((await embed({input}, as('acme'))).headers.get('x-troupe-cache'), 'hit');
});

test('what clients say about the cache is obeyed', async () => {
  const input = texts('wish', 2);
  const only = {'cache-control': 'only-if-cached'};
  const missing = await embed({input}, only);
  assert.equal(missing.status, 504);
  assert.equal(missing.json.error.code, 'not_cached');
  for (const word of ['no-store', undefined]) {
    const off = await embed({input}, word ? {'cache-control': word} : {'x-troupe-cache': 'off'});
    assert.equal(off.headers.get('x-troupe-cache'), 'bypass');
  }
  assert.equal((await embed({input}, only)).status, 504);
  assert.equal((await asked()).length, 2);
  await embed({input});
  await kept({input});
  const anew = await embed({input}, {'cache-control': 'no-cache'});
  assert.equal(anew.headers.get('x-troupe-cache'), 'miss');
  assert.equal((await asked()).length, 4);
  const wrong = await embed({input}, {'x-troupe-cache': 'perhaps'});
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /x-troupe-cache/);
});

test('errors are not kept, and go to the client as they are', async () => {
  const ask = () => embed({model: 'sim-fault-400', input: texts('error', 2)});
  for (const _ of [1, 2]) assert.equal((await ask()).status, 400);
  assert.equal((await asked()).length, 2);
  const empty = await embed({input: []});
  assert.equal(empty.status, 400);
});

test('a batch of two thousand is known the second time', async () => {
  const body = {input: texts('many', 2000), dimensions: 256, encoding_format: 'base64'};
  const first = await embed(body);
  assert.equal(first.status, 200);
  await kept(body);
  const again = await embed(body);
  assert.equal(again.headers.get('x-troupe-cache'), 'hit');
  assert.deepEqual(again.json.data, first.json.data);
});

/// A provider of one number for each text.
const answer_of = (inputs, more = {}) => JSON.stringify({
  object: 'list', model, usage: {prompt_tokens: inputs.length, total_tokens: inputs.length},
  data: inputs.map((text, index) => ({object: 'embedding', index, embedding: [text.length, 0.5]})), ...more});

async function before_own(handle, run) {
  const seen = [];
  const far = await upstream((request, response, body) => {
    const {input} = JSON.parse(body);
    seen.push(input);
    response.writeHead(200, {'content-type': 'application/json'});
    response.end(handle([input].flat()));
  });
  const gateway = await troupe({providers: [
    {name: 'openai', protocol: 'openai', keys: ['sk-x'], base_url: `${far.url}/v1`}]});
  try {
    const ask = (input, headers) => embed({input}, headers, gateway.url);
    await run(ask, seen, (input) => until(
      async () => (await ask(input, {'cache-control': 'only-if-cached'})).status === 200));
  } finally {
    await gateway.stop();
    await far.stop();
  }
}

test('an answer that is short of vectors is not believed: all is asked for', async () => {
  // Nobody could say whose vector is missing.
  const broken = (inputs) => answer_of(inputs.length === 2 ? inputs.slice(1) : inputs);
  await before_own(broken, async (ask, seen, known) => {
    await ask(['a']);
    await known(['a']);
    const answer = await ask(['a', 'bb', 'ccc']);
    assert.deepEqual(seen, [['a'], ['bb', 'ccc'], ['a', 'bb', 'ccc']]);
    assert.deepEqual(answer.json.data.map((one) => one.embedding[0]), [1, 2, 3]);
    assert.equal(answer.json.usage.troupe, undefined);
  });
});

test('a batch beyond the edge comes through whole, and is not kept', async () => {
  const large = (inputs) => answer_of(inputs, {padding: 'x'.repeat(40 << 20)});
  await before_own(large, async (ask, seen) => {
    for (const _ of [1, 2]) {
      const answer = await ask(['a', 'bb']);
      assert.equal(answer.json.data.length, 2);
      assert.equal(answer.json.padding.length, 40 << 20);
    }
    assert.equal((await ask(['a', 'bb', 'a'])).json.data.length, 3);
    assert.deepEqual(seen, [['a', 'bb'], ['a', 'bb'], ['a', 'bb'], ['a', 'bb', 'a']]);
  });
});
