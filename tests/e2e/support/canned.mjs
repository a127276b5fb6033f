// A provider of each wire with one answer, the same in all three: a thought with
// its signature, a text, a call, and a usage record with every part there is.
//
//   input 100 = 30 new + 60 from the cache + 10 into it (4 for five minutes, 6 for
//   an hour; Gemini does not tell, so there 40 are new); output 30 = 10 + 20 thought
import {upstream} from './upstream.mjs';

export const signature = 'SiG+/aNd=';
export const redacted = 'ReDaCtEd+/=';
export const thought = 'The user greets me.';
export const text = 'Hello ✓ "you"\n';
export const args = {city: 'Zürich', days: [1, 2]};

const call_id = {openai: 'call_canned1', anthropic: 'toolu_canned1'};
const usage = {
  openai: {prompt_tokens: 100, completion_tokens: 30, total_tokens: 130,
           prompt_tokens_details: {cached_tokens: 60, cache_write_tokens: 10},
           completion_tokens_details: {reasoning_tokens: 20}},
  anthropic: {input_tokens: 30, cache_creation_input_tokens: 10, cache_read_input_tokens: 60,
              cache_creation: {ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 6},
              output_tokens: 30, output_tokens_details: {thinking_tokens: 20}, service_tier: 'standard'},
  gemini: {promptTokenCount: 100, cachedContentTokenCount: 60, candidatesTokenCount: 10,
           thoughtsTokenCount: 20, totalTokenCount: 130},
};

const half = (whole) => [whole.slice(0, whole.length / 2), whole.slice(whole.length / 2)];
const sse = (name, data) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`;

// -- OpenAI, as the servers that show their model's thoughts speak it ---------

const chat = (object, choices, more = {}) =>
  ({id: 'chatcmpl-canned', object, created: 1_700_000_000, model: 'canned', choices, ...more});
const thinking_block = {type: 'thinking', thinking: thought, signature};

function openai_whole() {
  const message = {
    role: 'assistant', content: text, refusal: null, reasoning_content: thought, thinking_blocks: [thinking_block],
    tool_calls: [{id: call_id.openai, type: 'function',
                  function: {name: 'get_weather', arguments: JSON.stringify(args)}}]};
  return JSON.stringify(chat('chat.completion', [{index: 0, message, finish_reason: 'tool_calls'}],
                             {usage: usage.openai}));
}

function openai_stream() {
  const delta = (fields, finish_reason = null) =>
    sse('', chat('chat.completion.chunk', [{index: 0, delta: fields, finish_reason}]));
  const call = (more) => delta({tool_calls: [{index: 0, ...more}]});
  return [
    delta({role: 'assistant', content: ''}),
    ...half(thought).map((piece) => delta({reasoning_content: piece, thinking_blocks: [
      {type: 'thinking', thinking: piece, signature: null}]})),
    delta({thinking_blocks: [{type: 'thinking', thinking: '', signature}]}),
    ...half(text).map((content) => delta({content})),
    call({id: call_id.openai, type: 'function', function: {name: 'get_weather', arguments: ''}}),
    ...half(JSON.stringify(args)).map((piece) => call({function: {arguments: piece}})),
    delta({}, 'tool_calls'),
    sse('', chat('chat.completion.chunk', [], {usage: usage.openai})), 'data: [DONE]\n\n',
  ];
}

// -- Anthropic ---------------------------------------------------------------

const blocks = [{type: 'thinking', thinking: thought, signature}, {type: 'redacted_thinking', data: redacted},
                {type: 'text', text, citations: null},
                {type: 'tool_use', id: call_id.anthropic, name: 'get_weather', input: args}];
const message = (content, more) => ({id: 'msg_canned', type: 'message', role: 'assistant', model: 'canned', content,
                                     stop_reason: null, stop_sequence: null, usage: usage.anthropic, ...more});

function anthropic_stream() {
  const event = (type, more = {}) => sse(type, {type, ...more});
  const deltas = {
    thinking: () => [...half(thought).map((thinking) => ({type: 'thinking_delta', thinking})),
                     {type: 'signature_delta', signature}],
    redacted_thinking: () => [],
    text: () => half(text).map((piece) => ({type: 'text_delta', text: piece})),
    tool_use: () => ['', ...half(JSON.stringify(args))].map((piece) =>
      ({type: 'input_json_delta', partial_json: piece})),
  };
  const empty = {thinking: {thinking: '', signature: ''}, text: {text: ''}, tool_use: {input: {}}};
  return [
    event('message_start', {message: message([], {usage: {...usage.anthropic, output_tokens: 1}})}),
    ...blocks.flatMap((block, index) => [
      event('content_block_start', {index, content_block: {...block, ...empty[block.type]}}),
      ...deltas[block.type]().map((delta) => event('content_block_delta', {index, delta})),
      event('content_block_stop', {index})]),
    event('ping'),
    event('message_delta', {delta: {stop_reason: 'tool_use', stop_sequence: null}, usage: usage.anthropic}),
    event('message_stop'),
  ];
}

// -- Gemini ------------------------------------------------------------------

// Its older models give their calls no id.
const gemini_parts = [{text: thought, thought: true}, {text},
                      {functionCall: {name: 'get_weather', args}, thoughtSignature: signature}];
const response = (parts, finishReason) => ({
  candidates: [{content: {role: 'model', parts}, index: 0, ...(finishReason ? {finishReason} : {})}],
  usageMetadata: usage.gemini, modelVersion: 'canned', responseId: 'canned1'});

const gemini_stream = () => gemini_parts.map((part, i) =>
  sse('', response([part], i + 1 === gemini_parts.length ? 'STOP' : undefined)));

const answers = {
  openai: {whole: openai_whole, stream: openai_stream},
  anthropic: {whole: () => JSON.stringify(message(blocks, {stop_reason: 'tool_use'})), stream: anthropic_stream},
  gemini: {whole: () => JSON.stringify(response(gemini_parts, 'STOP')), stream: gemini_stream},
};

const wire_of = (path) => (path.startsWith('/v1beta') ? 'gemini' : path.startsWith('/v1/messages') ? 'anthropic' : 'openai');

/// Serves it; `seen.bodies` are the requests, parsed.
export async function canned() {
  const bodies = [];
  const server = await upstream((request, reply, body) => {
    const asked = JSON.parse(body);
    bodies.push(asked);
    const answer = answers[wire_of(request.url)];
    if (asked.stream || request.url.includes('streamGenerateContent')) {
      reply.writeHead(200, {'content-type': 'text/event-stream'});
      answer.stream().forEach((event) => reply.write(event));
      reply.end();
    } else {
      reply.writeHead(200, {'content-type': 'application/json'}).end(answer.whole());
    }
  });
  return Object.assign(server, {bodies});
}
