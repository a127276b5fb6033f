// Answers to questions that mean the same: who gets them, what the guard keeps
// apart, what an operator is told, and the same with an embeddings server.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {after, before, describe, test} from 'node:test';
import OpenAI from 'openai';
import {chat, get, pair, post, providers, secrets, simulator, troupe, until}
  from './support/troupe.mjs';

const asked = {'x-troupe-cache': 'semantic'};
const question = 'How do I reset my password?';
/// The same in another dress: in plain words the two are one.
const dressed = 'Hi there, could you please tell me how I reset my password?';

/// What the clients of a running pair see.
function view(it) {
  const ask = (content, headers = asked, more = {}) =>
    post(`${it().url}/v1/chat/completions`, chat(content, more), headers);
  const use = (answer) => answer.headers.get('x-troupe-cache');
  const score = (answer) => Number(answer.headers.get('x-troupe-cache-score'));
  const explain = (body, headers = {}) =>
    post(`${it().url}/api/admin/cache/explain`, body, headers);
  /// Asks, and waits until the answer is remembered.
  async function teach(content, more = {}) {
    const first = await ask(content, asked, more);
    await until(async () => (await explain(chat(content, more))).json.hit, 5000,
                'the answer to be remembered');
    return first;
  }
  const calls = async () => (await get(`${it().sim.url}/_sim/stats?attempts=0`)).json.requests;
  return {ask, use, score, explain, teach, calls};
}

describe('with the embedder that is built in', () => {
  let it;
  before(async () => { it = await pair(); });
  after(() => it?.stop());
  const {ask, use, score, explain, teach, calls} = view(() => it);

  test('an answer stands for a question that means the same', async () => {
    const first = await teach(question);
    assert.equal(use(first), 'miss');
    assert.match(first.headers.get('x-troupe-cache-score'), /^0\.0000$/);
    const before = await calls();
    const second = await ask(dressed);
    assert.equal(use(second), 'semantic');
    assert.ok(score(second) >= 0.92 && score(second) <= 1, `${score(second)}`);
    assert.match(second.headers.get('age'), /^\d+$/);
    assert.equal(second.headers.get('x-troupe-attempts'), '0');
    assert.deepEqual(second.json.choices, first.json.choices);
    assert.equal(second.json.usage.total_tokens, 0);
    assert.equal(await calls(), before);
  });

  test('it is played as a stream to an SDK that asks for one', async () => {
    const first = await teach('What is the way to the nearest library?');
    const client = new OpenAI({baseURL: `${it.url}/v1`, apiKey: 'any', defaultHeaders: asked});
    const {data: stream, response} = await client.chat.completions.create(
      {...chat('Please, what is the way to the nearest library?'), stream: true}).withResponse();
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    assert.equal(response.headers.get('x-troupe-cache'), 'semantic');
    assert.equal(text, first.json.choices[0].message.content);
  });

  test('nobody gets one who did not ask for it', async () => {
    await teach('How do I bake sourdough bread?');
    for (const headers of [{}, {'x-troupe-cache': 'on'}, {'x-troupe-cache': 'off'}]) {
      const answer = await ask('Please tell me how I bake sourdough bread?', headers);
      assert.ok(['miss', 'bypass'].includes(use(answer)), use(answer));
      assert.equal(answer.headers.get('x-troupe-cache-score'), null);
    }
  });

  test('what was not asked with the wish is not remembered', async () => {
    await ask('How do I knit a scarf?', {'x-troupe-cache': 'on'});
    const {nearest} = (await explain(chat('How do I knit a scarf?'))).json;
    assert.ok(!nearest.some((n) => n.text === 'How do I knit a scarf?'), JSON.stringify(nearest));
  });

  test('the guard keeps apart what is not the same', async () => {
    await teach('How do I cancel my order within 14 days?');
    for (const trap of ['How do I cancel my order within 30 days?',
                        'How do I not cancel my order within 14 days?']) {
      const answer = await ask(trap);
      assert.equal(use(answer), 'miss', trap);
      assert.ok(score(answer) > 0.5, 'the nearest one\'s score is told on a miss too');
    }
  });

  test('other settings, models, systems and earlier turns are other topics', async () => {
    await teach('How do I prune roses?');
    const same = 'Please tell me how I prune roses?';
    const others = [
      {model: 'gpt-4o'}, {temperature: 0.3},
      {messages: [{role: 'system', content: 'Be brief.'}, {role: 'user', content: same}]},
      {messages: [{role: 'user', content: 'Hi'}, {role: 'assistant', content: 'Hello'},
                  {role: 'user', content: same}]},
    ];
    for (const more of others)
      assert.equal(use(await ask(same, asked, more)), 'miss', JSON.stringify(more));
    assert.equal(use(await ask(same)), 'semantic');
  });

  test('refresh asks anew, and what comes is remembered', async () => {
    await teach('How do I whistle loudly?');
    const answer = await ask('Please tell me how I whistle loudly?',
                             {'x-troupe-cache': 'semantic, refresh'});
    assert.equal(use(answer), 'miss');
    assert.equal(answer.headers.get('x-troupe-cache-score'), null);
  });

  test('only-if-cached is content with one that means the same', async () => {
    await teach('How do I sharpen a knife?');
    const only = {...asked, 'cache-control': 'only-if-cached'};
    assert.equal(use(await ask('Please tell me how I sharpen a knife?', only)), 'semantic');
    assert.equal((await ask('How do I sharpen a pencil?', only)).status, 504);
  });

  test('an operator is told the nearest and why each may not stand', async () => {
    await teach('How many days are in 3 weeks?');
    const {status, json} = await explain(chat('How many days are in 4 weeks?'));
    assert.equal(status, 200);
    assert.equal(json.hit, false);
    assert.equal(json.threshold, 0.92);
    assert.equal(json.embedded, true);
    const [nearest] = json.nearest;
    assert.equal(nearest.text, 'How many days are in 3 weeks?');
    assert.match(nearest.refused, /3.*4|4.*3/);
    assert.ok(nearest.score > 0.5 && nearest.score <= 1);
    assert.ok(nearest.age_ms >= 0);
    const again = await explain({topic: json.topic, text: 'How many days are in 3 weeks?'});
    assert.equal(again.json.hit, true);
    assert.equal(again.json.nearest[0].refused, null);
  });

  test('a body that asks nothing is refused with what is wrong', async () => {
    for (const body of ['no JSON', [], {}, {topic: 'x'}, {topic: 1, text: 'x'},
                        {model: 'm', messages: []}, {messages: [{role: 'user', content: 'x'}]}]) {
      const {status, json} = await explain(body);
      assert.equal(status, 400, JSON.stringify(body));
      assert.equal(json.error.code, 'invalid_request');
    }
    assert.equal((await get(`${it.url}/api/admin/cache/explain`)).status, 405);
  });

  test('counts what it does', async () => {
    const {text} = await get(`${it.url}/metrics`);
    for (const operation of ['hit', 'miss', 'refused', 'keep'])
      assert.match(text, new RegExp(
        `cache_operations_total\\{cache="semantic",operation="${operation}"\\} [1-9]`), operation);
    assert.match(text, /troupe_cache_entries\{cache="semantic"\} [1-9]/);
  });
});

describe('where the operator decides', () => {
  test('always: nobody has to ask; never: nobody can', async () => {
    for (const [completions, expected] of [['always', 'semantic'], ['never', 'miss']]) {
      const it = await pair({settings: {semantic_cache: {completions}}});
      try {
        const {ask, use} = view(() => it);
        const headers = completions === 'never' ? asked : {};
        await ask(question, headers);
        await until(async () => use(await ask(dressed, headers)) === expected, 5000, expected);
      } finally { await it.stop(); }
    }
  });

  test('the admin token opens the explanation, and nothing else does', async () => {
    const it = await pair({settings: {auth: {admin_token: 'an-operators-own-token'}}});
    try {
      const {explain} = view(() => it);
      const body = chat(question);
      assert.equal((await explain(body)).status, 401);
      assert.equal((await explain(body, {authorization: 'Bearer wrong'})).status, 403);
      const right = {authorization: 'Bearer an-operators-own-token'};
      assert.equal((await explain(body, right)).status, 200);
    } finally { await it.stop(); }
  });

  test('tenants have topics of their own', async () => {
    const key = (name) => `sk-${name}-semantic-e2e`;
    const clients = ['one', 'two'].map((name) => ({
      name, tenant: name, key_sha256: createHash('sha256').update(key(name)).digest('hex')}));
    const it = await pair({settings: {auth: {mode: 'required', clients,
                                             admin_token: 'an-operators-own-token'}}});
    try {
      const {ask, use, explain} = view(() => it);
      const as = (name) => ({...asked, authorization: `Bearer ${key(name)}`});
      const right = {authorization: 'Bearer an-operators-own-token'};
      await ask(question, as('one'));
      await until(async () => (await post(
        `${it.url}/api/admin/cache/explain?tenant=one`, chat(question), right)).json.hit);
      assert.equal((await explain(chat(question), right)).json.hit, false);
      assert.equal(use(await ask(dressed, as('two'))), 'miss');
      assert.equal(use(await ask(dressed, as('one'))), 'semantic');
    } finally { await it.stop(); }
  });
});

describe('with an embeddings server', () => {
  let it;
  before(async () => {
    const sim = await simulator();
    const embeds = await simulator();
    const gateway = await troupe({
      providers: providers(sim.url),
      semantic_cache: {embedder: {kind: 'openai', base_url: `${embeds.url}/v1`,
                                  model: 'text-embedding-3-small', key: 'sk-embedder-e2e'}},
    });
    it = {sim, embeds, gateway, url: gateway.url,
          async stop() { try { await gateway.stop(); } finally { await sim.stop(); await embeds.stop(); } }};
  });
  after(() => it?.stop());
  const {ask, use, teach, explain} = view(() => it);

  test('questions are embedded there, with its own key, and hit', async () => {
    await teach(question);
    assert.equal(use(await ask(dressed)), 'semantic');
    const {text} = await get(`${it.embeds.url}/_sim/requests?last=5`);
    assert.match(text, /embeddings/);
    for (const secret of Object.values(secrets).flat()) assert.ok(!text.includes(secret));
    assert.match((await get(`${it.url}/metrics`)).text,
                 /api_key_requests_total\{[^}]*provider="troupe:embedder"[^}]*\} [1-9]/);
  });

  test('it is nobody else\'s provider', async () => {
    const named = await post(`${it.url}/v1/embeddings`, {model: 'troupe:embedder', input: 'x'});
    assert.equal(named.status, 404, named.text);
    assert.equal(named.json.error.code, 'model_not_found');
    const other = await post(`${it.url}/v1/embeddings`, {model: 'some-model', input: 'x'});
    assert.equal(other.headers.get('x-troupe-provider'), 'openai');
  });

  test('a server that is gone makes every question a miss, and no more', async () => {
    await it.embeds.stop();
    const answer = await ask('How do I grow tomatoes indoors?');
    assert.equal(answer.status, 200);
    assert.equal(use(answer), 'miss');
    const {json} = await explain(chat('How do I grow tomatoes indoors?'));
    assert.equal(json.embedded, false);
    it.embeds.stop = async () => {};
  });
});
