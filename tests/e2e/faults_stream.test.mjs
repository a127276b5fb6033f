// A stream never lies: once its first event has gone to the client no other
// attempt can take over, so what breaks it is said in the wire's own words, at
// its end, and it is never shown as complete.
import assert from 'node:assert/strict';
import {IMPATIENT_MS, all_series, fault_suite, metered} from './support/faults.mjs';
import {get, until} from './support/troupe.mjs';

const good = {model: 'sim-1-$'};
const impatient = {timeouts: {connect: '2s', first_byte: '8s', stall: `${IMPATIENT_MS}ms`, total: '20s'}};

/// What came before the fault has been relayed, and nothing behind the error.
const began_well = (one) => {
  if (one.answer.raw) assert.match(one.answer.text, /^You said: /);
};

const row = (title, fault, more) => ({title, path: 'a', says: 'error-event', forms: ['stream'],
  targets: [{model: `sim-tokens-60-${fault}-$`}, good], check: began_well, ...more});

/// Reads to the first words and leaves; comes back when the call is metered.
async function leave_early(_, {wire, model, targets}, url) {
  const leaving = new AbortController();
  const answer = await fetch(url + wire.path(model, true), {
    method: 'POST', signal: leaving.signal, headers: {'content-type': 'application/json', ...wire.headers},
    body: JSON.stringify(wire.body(model, 'hello', true))});
  let text = '';
  for await (const bytes of answer.body.pipeThrough(new TextDecoderStream())) {
    text += bytes;
    if (text.includes('You ')) break;
  }
  leaving.abort();
  await until(async () => all_series((await get(`${url}/metrics`)).text).some(({name, labels, value}) =>
    name === 'troupe_model_tokens_total' && labels.provider === targets[0].name && labels.kind === 'output' && value > 0),
    8000, 'the tokens of who left');
  return {status: answer.status, headers: answer.headers, raw: text};
}

fault_suite([
  row('a stream cut in its middle', 'cut'),
  row('a stream that stalls in its middle', 'stall', {provider: impatient}),
  row('a stream with an event that is no JSON', 'malformed'),
  row('a stream that reports an error in its middle', 'error-event'),
  {title: 'a slow stream is not a stalled one', path: 'a', says: 'served', forms: ['stream'],
   // 20 tokens a second, 4 in an event: a pause of 200 ms, always below the limit.
   targets: [{model: 'sim-slow-tokens-24-$'}, good],
   provider: {timeouts: {connect: '2s', first_byte: '8s', stall: '1s', total: '20s'}}},
  {title: 'a client that leaves is billed to the last token', path: 'a', forms: ['stream'], ways: ['bytes'],
   targets: [{model: 'sim-slow-tokens-24-$'}, good], drive: leave_early, check(one) {
     const [{input_tokens, output_tokens}] = one.attempts;
     assert.deepEqual(metered(one), {input: input_tokens, output: output_tokens});
   }},
  // The answer was over, and its usage told: only the mark of the end is missing.
  {title: 'a stream without its last mark is completed', path: 'a', says: 'served', forms: ['stream'],
   wires: ['openai'], targets: [{model: 'sim-no-done-$'}, good]},
  // Gemini's mark is the finish reason itself; without it nobody knows.
  {title: 'a stream without its finish reason is not complete', path: 'a', says: 'error-event', forms: ['stream'],
   wires: ['gemini'], targets: [{model: 'sim-tokens-60-no-done-$'}, good]},
  // Both are honest here: its reason to stop was told, its last event was not.
  {title: 'a message without message_stop ends one way or the other', path: 'a', forms: ['stream'],
   wires: ['anthropic'], targets: [{model: 'sim-tokens-60-no-done-$'}, good],
   check: (one) => assert.match(one.answer.ending, /complete|error/)},
  {title: 'a stream that failed once unseen may still fail seen', path: 'ab', says: 'error-event', forms: ['stream'],
   targets: [{model: 'sim-503-$'}, {model: 'sim-tokens-60-cut-$'}], check: began_well},
]);
