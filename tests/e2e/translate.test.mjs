// Any client with any provider: nine pairs of the official SDKs and the three
// wires. What the provider received is compared field by field with what its own
// API wants; what the client heard is what its own SDK made of it.
//
// Each table has a row for the client's wire (what is asked) or the provider's
// (what must arrive). Same wire in and out is held to the same tables.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {jsonSchemaOutputFormat} from '@anthropic-ai/sdk/helpers/json-schema';
import {standardResponseFormat} from 'openai/helpers/standard-schema';
import {client_of} from './support/clients.mjs';
import {each_pair, each_way, models, stage} from './support/pairs.mjs';

let on;
before(async () => { on = await stage({behaviours: ['filter', 'tokens-40', 'think-tokens-40']}); });
after(() => on?.stop());

const paths = {openai: '/v1/chat/completions', anthropic: '/v1/messages', gemini: '/v1beta/models/gemini-2.5-flash:'};
const options = (way) => (way === 'streamed' ? {stream: true, stream_options: {include_usage: true}} : {});

/// Checks the request that came last against `wanted`, the fields of the
/// provider's wire without the model and what asks for a stream.
async function check_arrived(provider, way, wanted) {
  const {path, body} = await on.arrived();
  const method = way === 'streamed' ? 'streamGenerateContent' : 'generateContent';
  assert.equal(path, paths[provider] + (provider === 'gemini' ? method : ''));
  const frame = {
    openai: () => ({model: models.openai, ...options(way)}),
    anthropic: () => ({model: models.anthropic, ...(way === 'streamed' ? {stream: true} : {})}),
    gemini: () => ({}),
  }[provider]();
  assert.deepEqual(body, {...frame, ...wanted});
}

// -- a conversation ----------------------------------------------------------

const talk = {
  openai: {
    messages: [{role: 'system', content: 'You are brief.'}, {role: 'user', content: 'My name is Ada ✓ "quoted"\n'},
               {role: 'assistant', content: 'Hello Ada.'}, {role: 'user', content: 'Who am I?'}],
    max_completion_tokens: 64, stop: ['###'],
  },
  anthropic: {
    system: 'You are brief.',
    messages: [{role: 'user', content: 'My name is Ada ✓ "quoted"\n'}, {role: 'assistant', content: 'Hello Ada.'},
               {role: 'user', content: 'Who am I?'}],
    max_tokens: 64, stop_sequences: ['###'],
  },
  gemini: {
    contents: [{role: 'user', parts: [{text: 'My name is Ada ✓ "quoted"\n'}]},
               {role: 'model', parts: [{text: 'Hello Ada.'}]}, {role: 'user', parts: [{text: 'Who am I?'}]}],
    systemInstruction: {parts: [{text: 'You are brief.'}]},
    generationConfig: {maxOutputTokens: 64, stopSequences: ['###']},
  },
};

/// As the client says a request that is written in the words of its wire: the
/// Gemini SDK has a `config` of its own for what is not `contents`.
function said(wire, body) {
  if (wire !== 'gemini') return body;
  const {contents, generationConfig, ...rest} = body;
  const config = {...rest, ...generationConfig};
  return {contents, ...(Object.keys(config).length ? {config} : {})};
}

const ask = (client, provider, body, way, suffix = '') =>
  on.clients[client].ask({model: `via-${provider}${suffix}`, ...said(client, body)}, way);

const ended = {openai: 'stop', anthropic: 'end_turn', gemini: 'STOP'};

each_way('a conversation arrives whole and its answer comes back', async (client, provider, way) => {
  const heard = await ask(client, provider, talk[client], way);
  await check_arrived(provider, way, talk[provider]);
  assert.match(heard.text, /^You said: Who am I\? \(turn 2\)/);
  assert.equal(heard.stop, ended[client]);
  assert.ok(way === 'plain' || heard.pieces > 3, `${heard.pieces} pieces`);
});

each_way('usage is the provider\'s own count', async (client, provider, way) => {
  const heard = await ask(client, provider, talk[client], way, '-think-tokens-40');
  const {attempts: [spent]} = await on.stats();
  assert.equal(heard.usage.input, spent.input_tokens);
  assert.equal(heard.usage.output, spent.output_tokens);
  // "The user spoke 2 times. I repeat the last message." is 13 tokens.
  assert.deepEqual(heard.usage, {input: spent.input_tokens, cached: 0, written: 0,
                                 output: spent.output_tokens, reasoning: 13});
});

test('a stream\'s usage is told to an OpenAI client only if it asks', async () => {
  for (const provider of ['anthropic', 'gemini'])
    for (const asks of [true, false]) {
      const body = {model: `via-${provider}`, ...talk.openai, stream: true,
                    ...(asks ? {stream_options: {include_usage: true}} : {})};
      const chunks = [];
      for await (const chunk of await on.clients.openai.sdk.chat.completions.create(body)) chunks.push(chunk);
      assert.equal(chunks.filter((chunk) => chunk.usage).length, asks ? 1 : 0);
      assert.equal(chunks.every((chunk) => chunk.choices.length === 1), !asks);
      assert.equal(new Set(chunks.map((chunk) => chunk.id + chunk.created + chunk.model)).size, 1);
      assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    }
});

test('a Gemini stream without alt=sse is one JSON array, whoever made it', async () => {
  for (const provider of ['openai', 'anthropic']) {
    const answer = await fetch(`${on.url}/v1beta/models/via-${provider}:streamGenerateContent`, {
      method: 'POST', headers: {'content-type': 'application/json', 'x-goog-api-key': 'k'},
      body: JSON.stringify({contents: talk.gemini.contents})});
    assert.match(answer.headers.get('content-type'), /application\/json/);
    const chunks = await answer.json();
    assert.ok(chunks.length > 3);
    assert.equal(chunks.at(-1).candidates[0].finishReason, 'STOP');
  }
});

// -- sampling ----------------------------------------------------------------

const sampling = {
  openai: {messages: [{role: 'user', content: 'x'}], max_completion_tokens: 10, temperature: 0.5, seed: 7,
           presence_penalty: 0.25, frequency_penalty: -0.25},
  anthropic: {messages: [{role: 'user', content: 'x'}], max_tokens: 10, temperature: 0.5},
  gemini: {contents: [{role: 'user', parts: [{text: 'x'}]}],
           generationConfig: {maxOutputTokens: 10, temperature: 0.5, seed: 7, presencePenalty: 0.25,
                              frequencyPenalty: -0.25}},
};
/// What only the other two wires have.
const unsaid = {openai: ['seed', 'presence_penalty', 'frequency_penalty'],
                gemini: ['seed', 'presencePenalty', 'frequencyPenalty']};
const without = (body, names) => Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));

each_pair('sampling arrives as far as the provider has it', async (client, provider) => {
  // The version that this SDK sends has no sampling; an older one does.
  const speaker = client_of(client, on.url, client === 'anthropic' ? {'anthropic-version': '2023-06-01'} : {});
  await speaker.ask({model: `via-${provider}`, ...said(client, sampling[client])});
  const wanted = client !== 'anthropic' ? sampling[provider]
    : provider === 'gemini'
      ? {...sampling.gemini, generationConfig: without(sampling.gemini.generationConfig, unsaid.gemini)}
      : without(sampling[provider], unsaid.openai);
  await check_arrived(provider, 'plain', wanted);
  if (provider === 'anthropic')
    assert.equal((await on.arrived()).headers['anthropic-version'], '2023-06-01');
});

test('what is left out is told in a header', async () => {
  const {response} = await on.clients.openai.sdk.chat.completions
      .create({model: 'via-anthropic', ...sampling.openai, logit_bias: {50256: -100}}).withResponse();
  assert.deepEqual(response.headers.get('x-troupe-dropped').split(', ').sort(),
                   ['frequency_penalty', 'logit_bias', 'presence_penalty', 'seed']);
});

/// Two answers to one question, whole or from a stream.
const two_answers = {
  async openai(provider, way) {
    const texts = ['', ''];
    const {completions} = on.clients.openai.sdk.chat;
    const body = {model: `via-${provider}`, messages: [{role: 'user', content: 'x'}], n: 2};
    if (way === 'plain')
      (await completions.create(body)).choices.forEach(({index, message}) => (texts[index] = message.content));
    else
      for await (const chunk of await completions.create({...body, stream: true}))
        chunk.choices.forEach(({index, delta}) => (texts[index] += delta.content ?? ''));
    return texts;
  },
  async gemini(provider, way) {
    const texts = ['', ''];
    const {models: sdk} = on.clients.gemini.sdk;
    const body = {model: `via-${provider}`, contents: 'x', config: {candidateCount: 2}};
    const chunks = way === 'plain' ? [await sdk.generateContent(body)] : await sdk.generateContentStream(body);
    for await (const chunk of chunks)
      (chunk.candidates ?? []).forEach(({index, content}) =>
        (texts[index ?? 0] += (content?.parts ?? []).map((part) => part.text ?? '').join('')));
    return texts;
  },
};

for (const [client, provider] of [['openai', 'gemini'], ['gemini', 'openai']])
  for (const way of ['plain', 'streamed'])
    test(`${client} -> ${provider}: ${way}, several answers stay apart`, async () => {
      const texts = await two_answers[client](provider, way);
      texts.forEach((text) => assert.match(text, /^You said: x \(turn 1\)/));
      assert.notEqual(texts[0], texts[1]);
    });

test('a temperature above Anthropic\'s 1 becomes 1', async () => {
  for (const client of ['openai', 'gemini']) {
    const hot = client === 'openai' ? {...sampling.openai, temperature: 1.7}
      : {...sampling.gemini, generationConfig: {temperature: 1.7}};
    await ask(client, 'anthropic', hot);
    assert.equal((await on.arrived()).body.temperature, 1);
  }
});

test('Anthropic gets a limit where the client sets none', async () => {
  await ask('openai', 'anthropic', {messages: [{role: 'user', content: 'x'}]});
  assert.equal((await on.arrived()).body.max_tokens, 4096);
});

// -- pictures and documents --------------------------------------------------

/// A whole PNG of one pixel, and the beginning of a PDF.
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pdf = Buffer.from('%PDF-1.7\n%âãÏÓ\n'.repeat(50), 'latin1').toString('base64');

const media = {
  openai: {messages: [{role: 'user', content: [
    {type: 'text', text: 'What is this?'}, {type: 'image_url', image_url: {url: `data:image/png;base64,${png}`}},
    {type: 'file', file: {filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}`}}]}]},
  anthropic: {max_tokens: 4096, messages: [{role: 'user', content: [
    {type: 'text', text: 'What is this?'},
    {type: 'image', source: {type: 'base64', media_type: 'image/png', data: png}},
    {type: 'document', source: {type: 'base64', media_type: 'application/pdf', data: pdf}, title: 'a.pdf'}]}]},
  gemini: {contents: [{role: 'user', parts: [
    {text: 'What is this?'}, {inlineData: {mimeType: 'image/png', data: png}},
    {inlineData: {mimeType: 'application/pdf', data: pdf}}]}]},
};

each_pair('a picture and a document arrive byte for byte', async (client, provider) => {
  const heard = await ask(client, provider, media[client]);
  assert.match(heard.text, /^You said: What is this\?/);
  const wanted = structuredClone(media[provider]);
  // Gemini has no name for bytes, Anthropic always has a limit.
  if (client === 'gemini' && provider === 'openai') wanted.messages[0].content[2].file.filename = 'document.pdf';
  if (client === 'gemini' && provider === 'anthropic') delete wanted.messages[0].content[2].title;
  if (client === 'anthropic' && provider === 'openai') wanted.max_completion_tokens = 4096;
  if (client === 'anthropic' && provider === 'gemini') wanted.generationConfig = {maxOutputTokens: 4096};
  await check_arrived(provider, 'plain', wanted);
});

// -- JSON --------------------------------------------------------------------

const city = {type: 'object', properties: {city: {type: 'string'}, degrees: {type: 'integer'}},
              required: ['city', 'degrees'], additionalProperties: false};

/// As each SDK's own helper asks, and what that helper made of the answer.
const structured = {
  async openai(model) {
    const form = standardResponseFormat(
      {'~standard': {version: 1, vendor: 'test', validate: (value) => ({value})}}, 'weather', {schema: city});
    const answer = await on.clients.openai.sdk.chat.completions.parse(
      {model, messages: [{role: 'user', content: 'Weather?'}], response_format: form});
    return answer.choices[0].message.parsed;
  },
  async anthropic(model) {
    const answer = await on.clients.anthropic.sdk.messages.parse(
      {model, max_tokens: 500, messages: [{role: 'user', content: 'Weather?'}],
       output_config: {format: jsonSchemaOutputFormat(city)}});
    return answer.parsed_output;
  },
  async gemini(model) {
    const answer = await on.clients.gemini.sdk.models.generateContent(
      {model, contents: 'Weather?', config: {responseMimeType: 'application/json', responseJsonSchema: city}});
    return JSON.parse(answer.text);
  },
};

const schema_in = {
  openai: (body) => [body.response_format.type, body.response_format.json_schema.schema],
  anthropic: (body) => [body.output_config.format.type, body.output_config.format.schema],
  gemini: (body) => ['json_schema', body.generationConfig.responseJsonSchema],
};

each_pair('JSON that fits the schema is parsed by the SDK\'s helper', async (client, provider) => {
  const made = await structured[client](`via-${provider}`);
  assert.deepEqual(Object.keys(made).sort(), ['city', 'degrees']);
  assert.equal(typeof made.city, 'string');
  assert.ok(Number.isInteger(made.degrees));
  const {body} = await on.arrived();
  assert.deepEqual(schema_in[provider](body), ['json_schema', city]);
  if (provider === 'openai' && client !== 'gemini') assert.equal(body.response_format.json_schema.strict, true);
  if (provider === 'gemini') assert.equal(body.generationConfig.responseMimeType, 'application/json');
});

// -- how an answer ends ------------------------------------------------------

const short = {
  openai: {messages: [{role: 'user', content: 'x'}], max_completion_tokens: 5},
  anthropic: {messages: [{role: 'user', content: 'x'}], max_tokens: 5},
  gemini: {contents: [{role: 'user', parts: [{text: 'x'}]}], generationConfig: {maxOutputTokens: 5}},
};
const cut_off = {openai: 'length', anthropic: 'max_tokens', gemini: 'MAX_TOKENS'};

each_way('an answer that was too long says so', async (client, provider, way) => {
  const heard = await ask(client, provider, short[client], way, '-tokens-40');
  assert.equal(heard.stop, cut_off[client]);
  assert.equal(heard.text.length, 20);
  assert.equal(heard.usage.output, 5);
});

const stopped = {
  openai: {messages: [{role: 'user', content: 'one END two'}], stop: ['END']},
  anthropic: {messages: [{role: 'user', content: 'one END two'}], max_tokens: 100, stop_sequences: ['END']},
  gemini: {contents: [{role: 'user', parts: [{text: 'one END two'}]}], generationConfig: {stopSequences: ['END']}},
};

each_way('a stop sequence ends the answer', async (client, provider, way) => {
  const heard = await ask(client, provider, stopped[client], way);
  assert.equal(heard.text, 'You said: one ');
  // Only Anthropic tells which one it was, and only its clients can hear it.
  const told = client === 'anthropic' && provider === 'anthropic';
  assert.equal(heard.stop, told ? 'stop_sequence' : ended[client]);
  if (client === 'anthropic') assert.equal(heard.whole.stop_sequence, told ? 'END' : null);
});

const declined = {
  openai: (heard) => heard.stop === 'content_filter',
  anthropic: (heard) => heard.stop === 'refusal' && heard.whole.stop_details.type === 'refusal',
  gemini: (heard) => ['SAFETY', 'PROHIBITED_CONTENT'].includes(heard.stop),
};

each_way('a refusal is one to every client', async (client, provider, way) => {
  const heard = await ask(client, provider, short[client], way, '-filter');
  assert.ok(declined[client](heard), JSON.stringify(heard.whole));
  assert.equal(heard.text, '');
});
