// How each wire is asked, by bytes and by its official client, and what the
// answer was: one outcome, whatever the wire.
//
//   {status, headers, ending, text, usage: {input, output}, error, ms, raw}
//
// `ending` is `complete` (said to be whole, and whole), `error` (the wire's own
// error, as the last word) or `cut` (everything else: no end, or two of them).
import Anthropic from '@anthropic-ai/sdk';
import {GoogleGenAI} from '@google/genai';
import OpenAI from 'openai';

const LIMIT_MS = 30_000;
const client = {apiKey: 'sk-client', maxRetries: 0, timeout: LIMIT_MS};

/// Reads the records of an event stream; comments are none.
function records(text) {
  return text.split(/\r?\n\r?\n/).flatMap((record) => {
    const lines = record.split(/\r?\n/);
    const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim()).join('\n');
    if (!data) return [];
    let json;
    try { json = JSON.parse(data); } catch { /* not JSON */ }
    return [{event: lines.find((line) => line.startsWith('event:'))?.slice(6).trim(), data, json}];
  });
}

const openai = {
  protocol: 'openai',
  path: () => '/v1/chat/completions',
  body: (model, content, stream) => ({model, messages: [{role: 'user', content}],
    ...(stream && {stream: true, stream_options: {include_usage: true}})}),
  usage: (u) => u && {input: u.prompt_tokens, output: u.completion_tokens},
  is_error: (json) => typeof json?.error?.message === 'string' && json.type !== 'error',
  whole: (json) => ({text: json.choices?.[0]?.message?.content ?? '', usage: openai.usage(json.usage),
                     finish: json.choices?.[0]?.finish_reason}),
  stream(all) {
    const seen = {text: '', ends: 0, is_last: all.at(-1)?.data === '[DONE]'};
    for (const {data, json} of all) {
      if (data === '[DONE]') { seen.ends += 1; continue; }
      seen.text += json?.choices?.[0]?.delta?.content ?? '';
      seen.finish ??= json?.choices?.[0]?.finish_reason;
      seen.usage = openai.usage(json?.usage) ?? seen.usage;
      seen.odd ||= !json;
    }
    return seen;
  },
  async sdk(url, model, content, stream) {
    const api = new OpenAI({...client, baseURL: `${url}/v1`});
    const {data, response} = await api.chat.completions.create(openai.body(model, content, stream)).withResponse();
    if (!stream) return {headers: response.headers, ...openai.whole(data)};
    const all = [];
    for await (const json of data) all.push({json});
    return {headers: response.headers, ...openai.stream(all)};
  },
};

const anthropic = {
  protocol: 'anthropic',
  path: () => '/v1/messages',
  headers: {'anthropic-version': '2023-06-01'},
  body: (model, content, stream) => ({model, max_tokens: 1000, messages: [{role: 'user', content}],
                                      ...(stream && {stream: true})}),
  usage: (u) => u && {input: u.input_tokens + (u.cache_read_input_tokens ?? 0) + (u.cache_creation_input_tokens ?? 0),
                      output: u.output_tokens},
  is_error: (json) => json?.type === 'error' && typeof json.error?.message === 'string',
  whole: (json) => ({text: json.content?.map((block) => block.text ?? '').join('') ?? '',
                     usage: anthropic.usage(json.usage), finish: json.stop_reason}),
  stream(all) {
    const seen = {text: '', ends: 0, is_last: all.at(-1)?.json?.type === 'message_stop'};
    let used = {};
    for (const {event, json} of all) {
      seen.text += json?.delta?.text ?? '';
      seen.finish ??= json?.delta?.stop_reason;
      seen.ends += json?.type === 'message_stop' ? 1 : 0;
      // The last that is said of each kind counts.
      for (const from of [json?.message?.usage, json?.usage])
        used = {...used, ...Object.fromEntries(Object.entries(from ?? {}).filter(([, n]) => typeof n === 'number'))};
      seen.odd ||= !json || (event !== undefined && event !== json.type);
    }
    if (used.input_tokens !== undefined) seen.usage = anthropic.usage(used);
    return seen;
  },
  async sdk(url, model, content, stream) {
    const api = new Anthropic({...client, baseURL: url});
    const {data, response} = await api.messages.create(anthropic.body(model, content, stream)).withResponse();
    if (!stream) return {headers: response.headers, ...anthropic.whole(data)};
    const all = [];
    for await (const json of data) all.push({json});
    return {headers: response.headers, ...anthropic.stream(all)};
  },
};

const gemini = {
  protocol: 'gemini',
  path: (model, stream) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: (_, content) => ({contents: [{role: 'user', parts: [{text: content}]}]}),
  usage: (u) => u && {input: u.promptTokenCount, output: (u.candidatesTokenCount ?? 0) + (u.thoughtsTokenCount ?? 0)},
  is_error: (json) => typeof json?.error?.code === 'number' && typeof json.error.message === 'string',
  whole: (json) => ({text: json.candidates?.[0]?.content?.parts?.map((part) => part.text ?? '').join('') ?? '',
                     usage: gemini.usage(json.usageMetadata),
                     finish: json.candidates?.[0]?.finishReason ?? json.promptFeedback?.blockReason}),
  stream(all) {
    const seen = {text: '', ends: 0};
    for (const {json} of all) {
      const one = gemini.whole(json ?? {});
      seen.text += one.text;
      seen.ends += one.finish ? 1 : 0;
      seen.is_last = Boolean(one.finish);
      seen.finish ??= one.finish;
      seen.usage = one.usage ?? seen.usage;
      seen.odd ||= !json;
    }
    return seen;
  },
  async sdk(url, model, content, stream) {
    const api = new GoogleGenAI({apiKey: 'client-key', httpOptions: {baseUrl: url, timeout: LIMIT_MS}});
    if (!stream) {
      const answer = await api.models.generateContent({model, contents: content});
      return {headers: new Headers(answer.sdkHttpResponse.headers), ...gemini.whole(answer)};
    }
    const all = [];
    for await (const json of await api.models.generateContentStream({model, contents: content})) all.push({json});
    return {headers: new Headers(all[0]?.json.sdkHttpResponse?.headers), ...gemini.stream(all)};
  },
};

export const wires = {openai, anthropic, gemini};

/// Asks with bytes of our own and reads to the end, however that is.
export async function ask_by_bytes(wire, url, model, content, stream) {
  const start = performance.now();
  const outcome = {raw: ''};
  try {
    const answer = await fetch(url + wire.path(model, stream), {
      method: 'POST', signal: AbortSignal.timeout(LIMIT_MS), headers: {'content-type': 'application/json', ...wire.headers},
      body: JSON.stringify(wire.body(model, content, stream)),
    });
    outcome.status = answer.status;
    outcome.headers = answer.headers;
    for await (const bytes of answer.body.pipeThrough(new TextDecoderStream())) outcome.raw += bytes;
  } catch (error) {
    outcome.broke = error;
  }
  outcome.ms = performance.now() - start;
  const is_stream = outcome.headers?.get('content-type')?.startsWith('text/event-stream');
  return Object.assign(outcome, is_stream ? judge_stream(wire, outcome) : judge_whole(wire, outcome));
}

function judge_stream(wire, {raw, broke}) {
  const all = records(raw);
  const seen = wire.stream(all);
  const errors = all.filter(({json}) => wire.is_error(json));
  const clean = !broke && !seen.odd;
  if (clean && errors.length === 0 && seen.ends === 1 && seen.is_last && seen.finish) return {...seen, ending: 'complete'};
  if (clean && errors.length === 1 && wire.is_error(all.at(-1).json) && seen.ends === 0)
    return {...seen, ending: 'error', error: all.at(-1).json};
  return {...seen, ending: 'cut'};
}

function judge_whole(wire, {raw, broke, status}) {
  let json;
  try { json = JSON.parse(raw); } catch { return {ending: 'cut'}; }
  if (broke) return {ending: 'cut'};
  if (status !== 200) return {ending: wire.is_error(json) ? 'error' : 'cut', error: json};
  const seen = wire.whole(json);
  return {...seen, ending: seen.finish ? 'complete' : 'cut'};
}

/// Asks as the wire's official client does; what it throws is an outcome too.
export async function ask_by_sdk(wire, url, model, content, stream) {
  const start = performance.now();
  try {
    const seen = await wire.sdk(url, model, content, stream);
    return {...seen, status: 200, ending: seen.finish ? 'complete' : 'cut', ms: performance.now() - start};
  } catch (error) {
    // A stream that had begun throws without a status.
    return {status: error.status ?? 200, headers: new Headers(error.headers), ending: 'error', error,
            ms: performance.now() - start};
  }
}
