// The three official clients, and what each of them heard in the same words.
//
// A test asks in the client's own fields and reads
//   text      what the model said, through the client's own stream helper
//   calls     [{id, name, args}]
//   thoughts  [{text, signature}], the redacted ones as {redacted}
//   stop      the wire's own word for why it ended
//   usage     {input, cached, written, output, reasoning}: input with what was
//             cached and written, output with reasoning, whichever way the wire
//             counts
//   message   the model's turn as the client sends it back
//   pieces    how many events had a piece of the answer; 1 if it was no stream
import Anthropic from '@anthropic-ai/sdk';
import {ApiError, GoogleGenAI} from '@google/genai';
import OpenAI from 'openai';

export const wires = ['openai', 'anthropic', 'gemini'];

/// The client of a wire; `headers` go with each of its requests.
export function client_of(wire, url, headers = {}) {
  return new {openai: OpenAIClient, anthropic: AnthropicClient, gemini: GeminiClient}[wire](url, headers);
}

const quiet = {maxRetries: 0, timeout: 20_000};
const parsed = (text) => (text === '' ? {} : JSON.parse(text));

class OpenAIClient {
  constructor(url, headers) {
    this.sdk = new OpenAI({baseURL: `${url}/v1`, apiKey: 'sk-client', defaultHeaders: headers, ...quiet});
  }

  async ask(body, way = 'plain') {
    return way === 'plain' ? this.heard(await this.sdk.chat.completions.create(body), 1) : this.listen(body);
  }

  async listen(body) {
    const runner = this.sdk.chat.completions.stream({...body, stream_options: {include_usage: true}});
    let pieces = 0;
    const blocks = [];
    runner.on('chunk', (chunk) => {
      const delta = chunk.choices[0]?.delta ?? {};
      if (delta.content || delta.tool_calls || delta.thinking_blocks) pieces += 1;
      // The helper keeps the last of a field it does not know.
      for (const block of delta.thinking_blocks ?? []) join_thought(blocks, block);
    });
    const whole = await runner.finalChatCompletion();
    if (blocks.length) whole.choices[0].message.thinking_blocks = blocks;
    return this.heard(whole, pieces);
  }

  heard(whole, pieces) {
    const [{message, finish_reason: stop}] = whole.choices;
    const used = whole.usage;
    return {
      text: message.content ?? '', stop, message, pieces, whole,
      calls: (message.tool_calls ?? []).map(
        ({id, function: {name, arguments: text}}) => ({id, name, args: parsed(text)})),
      thoughts: (message.thinking_blocks ?? []).map(thought_of),
      usage: used && {
        input: used.prompt_tokens, cached: used.prompt_tokens_details?.cached_tokens ?? 0,
        written: used.prompt_tokens_details?.cache_write_tokens ?? 0,
        output: used.completion_tokens, reasoning: used.completion_tokens_details?.reasoning_tokens ?? 0,
      },
    };
  }

  static fault(error) {
    return {kind: error.constructor.name, status: error.status, message: error.message,
            type: error.type, code: error.code, param: error.param};
  }
}

/// A thought goes on until its signature comes.
function join_thought(blocks, block) {
  const last = blocks.at(-1);
  if (block.type !== 'thinking' || last?.type !== 'thinking' || last.signature) {
    blocks.push({...block});
    return;
  }
  last.thinking += block.thinking ?? '';
  last.signature = block.signature;
}

const thought_of = (block) =>
  (block.type === 'thinking' ? {text: block.thinking, signature: block.signature} : {redacted: block.data});

class AnthropicClient {
  constructor(url, headers) {
    this.sdk = new Anthropic({baseURL: url, apiKey: 'sk-ant-client', defaultHeaders: headers, ...quiet});
  }

  async ask(body, way = 'plain') {
    return way === 'plain' ? this.heard(await this.sdk.messages.create(body), 1) : this.listen(body);
  }

  async listen(body) {
    const stream = this.sdk.messages.stream(body);
    let pieces = 0;
    stream.on('streamEvent', (event) => (pieces += event.type === 'content_block_delta' ? 1 : 0));
    return this.heard(await stream.finalMessage(), pieces);
  }

  heard(whole, pieces) {
    const of_type = (...types) => whole.content.filter((block) => types.includes(block.type));
    const used = whole.usage;
    return {
      text: of_type('text').map((block) => block.text).join(''),
      calls: of_type('tool_use').map(({id, name, input}) => ({id, name, args: input})),
      thoughts: of_type('thinking', 'redacted_thinking').map(thought_of),
      stop: whole.stop_reason, pieces, whole,
      message: {role: 'assistant', content: whole.content},
      usage: {
        input: used.input_tokens + used.cache_read_input_tokens + used.cache_creation_input_tokens,
        cached: used.cache_read_input_tokens, written: used.cache_creation_input_tokens,
        output: used.output_tokens, reasoning: used.output_tokens_details?.thinking_tokens ?? 0,
      },
    };
  }

  static fault(error) {
    const inner = error.error?.error ?? {};
    return {kind: error.constructor.name, status: error.status, message: inner.message ?? error.message,
            type: inner.type};
  }
}

class GeminiClient {
  constructor(url, headers) {
    this.sdk = new GoogleGenAI({apiKey: 'client-key', httpOptions: {baseUrl: url, headers, timeout: 20_000}});
  }

  async ask(body, way = 'plain') {
    if (way === 'plain') return this.heard([await this.sdk.models.generateContent(body)], 1);
    const chunks = [];
    for await (const chunk of await this.sdk.models.generateContentStream(body)) chunks.push(chunk);
    return this.heard(chunks, chunks.length);
  }

  heard(chunks, pieces) {
    const parts = [];
    for (const part of chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])) join_part(parts, part);
    const last = chunks.findLast((chunk) => chunk.usageMetadata)?.usageMetadata ?? {};
    const reason = (chunk) => chunk.candidates?.[0]?.finishReason ?? chunk.promptFeedback?.blockReason;
    return {
      text: parts.filter((part) => part.text && !part.thought).map((part) => part.text).join(''),
      calls: parts.filter((part) => part.functionCall).map(({functionCall: {id, name, args}}) => ({id, name, args})),
      thoughts: parts.filter((part) => part.thought || part.thoughtSignature)
          .map((part) => ({text: part.thought ? part.text : '', signature: part.thoughtSignature})),
      stop: chunks.map(reason).findLast(Boolean), pieces, whole: chunks.at(-1), chunks,
      message: {role: 'model', parts},
      usage: {
        input: last.promptTokenCount, cached: last.cachedContentTokenCount ?? 0, written: 0,
        output: (last.candidatesTokenCount ?? 0) + (last.thoughtsTokenCount ?? 0),
        reasoning: last.thoughtsTokenCount ?? 0,
      },
    };
  }

  static fault(error) {
    // A stream's error has words before its JSON.
    const inner = error instanceof ApiError ? JSON.parse(error.message.slice(error.message.indexOf('{'))).error : {};
    return {kind: error.constructor.name, status: error.status, message: inner.message ?? error.message,
            type: inner.status, code: inner.code};
  }
}

/// Pieces of one text become one part, as chats of this client join them.
function join_part(parts, part) {
  const last = parts.at(-1);
  const joins = last && 'text' in part && 'text' in last && !last.thoughtSignature
      && Boolean(part.thought) === Boolean(last.thought);
  if (!joins) parts.push({...part});
  else Object.assign(last, {...part, text: last.text + part.text});
}

const classes = {openai: OpenAIClient, anthropic: AnthropicClient, gemini: GeminiClient};

/// What `promise` failed with, as the client's own error tells it.
export async function fault_of(wire, promise) {
  try {
    await promise;
  } catch (error) {
    return classes[wire].fault(error);
  }
  throw new Error('it did not fail');
}
