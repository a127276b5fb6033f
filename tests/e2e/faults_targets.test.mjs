// A target that fails before it has said anything is never noticed by a client
// as long as another attempt can serve it, and is told of in full when none can.
import assert from 'node:assert/strict';
import {setTimeout as sleep} from 'node:timers/promises';
import {IMPATIENT_MS, LATE_MS, fault_suite, gaps, is_our_last_word, metric} from './support/faults.mjs';

const good = {model: 'sim-1-$'};
const impatient = {timeouts: {connect: '2s', first_byte: `${IMPATIENT_MS}ms`, stall: `${IMPATIENT_MS}ms`, total: '20s'}};

/// Long enough that a test which waited for it would show it.
const long_pause = {retry: {attempts: 4, delay: '4s', factor: 1, jitter: '0%', delay_max: '4s'}};
const at_once = (one) => assert.ok(one.answer.ms < 3000, `${one.answer.ms} ms: it waited`);

/// The pauses grow as the configuration says: 20, 40, 80 ms.
const backs_off = (one) => gaps(one).forEach((gap, i) =>
  assert.ok(gap >= 20 * 2 ** i - 2, `pause ${i + 1} lasts ${gap} ms`));

const long_prompt = 'words '.repeat(100);  // 150 tokens

// -- a target that flaps

const UP_MS = 400, DOWN_MS = 900, COOLDOWN_MS = 300;
/// Between two questions, and how late two busy cores may be.
const PACE_MS = 20, LATENESS_MS = 250;

/// Asks steadily until the target that was down serves again; nobody notices.
async function ride_it_out(ask, one) {
  const first = one.targets[0].model;
  let left = false;
  for (const end = Date.now() + 5000; Date.now() < end; await sleep(PACE_MS)) {
    const answer = await ask();
    assert.equal(answer.ending, 'complete', `status ${answer.status} ${answer.raw}`);
    const is_first = answer.headers.get('x-troupe-model') === first;
    // One served by the other is no sign yet: it may have been a single fault.
    left ||= !is_first && Date.now() - one.began > UP_MS + DOWN_MS / 2;
    if (left && is_first) return answer;
  }
  throw new Error('the target that had been down was never asked again');
}

function left_and_returned(one) {
  const on_first = one.attempts.filter(({letter}) => letter === 'a');
  const up_again = on_first[0].at_ms + UP_MS + DOWN_MS;
  const in_vain = on_first.filter(({status}) => status === 503);
  // Those that opened the breaker, and a probe in each cool-down since.
  const most = 3 + Math.ceil(DOWN_MS / (COOLDOWN_MS * 0.7)) + 1;
  assert.ok(in_vain.length >= 3 && in_vain.length <= most, `${in_vain.length} attempts in vain`);
  const back = on_first.find(({at_ms, status}) => status === 200 && at_ms >= up_again);
  const late = back.at_ms - up_again;
  assert.ok(late <= COOLDOWN_MS * 1.3 + PACE_MS + LATENESS_MS, `it came back ${late} ms after its target`);
  assert.ok(metric(one, 'troupe_target_breaker_openings_total', {model: one.targets[0].model}) >= 1);
  assert.equal(metric(one, 'troupe_target_usable', {model: one.targets[0].model}), 1);
}

fault_suite([
  {title: 'a target that flaps is left, and returned to within a cool-down', ways: ['bytes'],
   targets: [{model: `sim-flap-${UP_MS}-${DOWN_MS}-$`}, good], drive: ride_it_out, check: left_and_returned,
   provider: {breaker: {open_after: 3, cooldown: `${COOLDOWN_MS}ms`, cooldown_max: `${COOLDOWN_MS}ms`}}},

  // -- errors the provider says --------------------------------------------------
  {title: 'one 500 is hidden by a second attempt', path: 'aa', says: 'served',
   targets: [{model: 'sim-once-500-$'}], check: backs_off},
  {title: 'one 500 with a second target is served there at once', path: 'ab', says: 'served',
   targets: [{model: 'sim-once-500-$'}, good], provider: long_pause, check: at_once},
  {title: 'a lasting 503 without another target is told after all attempts', path: 'aaaa', says: 503,
   targets: [{model: 'sim-503-$'}], check(one) { backs_off(one); is_our_last_word(one); }},
  {title: 'a lasting 503 with another target is served there at once', path: 'ab', says: 'served',
   targets: [{model: 'sim-503-$'}, good], provider: long_pause, check: at_once},
  {title: 'two targets that both last in failing take turns', path: 'abab', says: 503,
   targets: [{model: 'sim-503-$'}, {model: 'sim-503-$'}], check: is_our_last_word},
  {title: 'an overloaded provider is like any other that fails', path: 'ab', says: 'served',
   targets: [{model: 'sim-529-$'}, good]},

  // -- no answer, or hardly one --------------------------------------------------
  {title: 'one reset before the head is hidden', path: 'aa', says: 'served',
   targets: [{model: 'sim-once-reset-$'}]},
  {title: 'a target that resets is left for another', path: 'ab', says: 'served',
   targets: [{model: 'sim-reset-$'}, good], provider: long_pause, check: at_once},
  {title: 'a target that only resets is told as a bad gateway', path: 'aaaa', says: [502, 503],
   targets: [{model: 'sim-reset-$'}], check: is_our_last_word},
  {title: 'a target that says nothing is left for another in time', path: 'ab', says: 'served',
   targets: [{model: 'sim-hang-$'}, good], provider: impatient,
   check: (one) => assert.ok(gaps(one)[0] >= IMPATIENT_MS - 20 && gaps(one)[0] < 8 * IMPATIENT_MS, `${gaps(one)}`)},
  {title: 'a target that never says anything is told as a time-out', path: 'aa', says: [502, 503, 504],
   targets: [{model: 'sim-hang-$'}], provider: {...impatient, retry: {attempts: 2, delay: '20ms'}},
   check: is_our_last_word},
  {title: 'a first token that is late is waited for', path: 'a', says: 'served',
   targets: [{model: 'sim-slow-first-$'}, good],
   check: (one) => assert.ok(one.answer.ms >= LATE_MS - 20)},
  {title: 'a first token that is too late is asked for elsewhere', path: 'ab', says: 'served',
   targets: [{model: 'sim-slow-first-$'}, good], provider: impatient},
  {title: 'an empty answer is none', path: 'ab', says: 'served',
   targets: [{model: 'sim-empty-$'}, good]},
  {title: 'half a whole answer is none', path: 'ab', says: 'served', forms: ['whole'],
   targets: [{model: 'sim-cut-$'}, good]},
  {title: 'half a whole answer and then silence is none', path: 'ab', says: 'served', forms: ['whole'],
   targets: [{model: 'sim-stall-$'}, good], provider: impatient},
  {title: 'a whole answer that is no JSON is none', path: 'ab', says: 'served', forms: ['whole'],
   targets: [{model: 'sim-malformed-$'}, good]},

  // -- streams that fail before their first event --------------------------------
  {title: 'a stream cut before its first event', path: 'ab', says: 'served', forms: ['stream'],
   targets: [{model: 'sim-early-cut-$'}, good]},
  {title: 'a stream that stalls before its first event', path: 'ab', says: 'served', forms: ['stream'],
   targets: [{model: 'sim-early-stall-$'}, good], provider: impatient},
  {title: 'a stream whose first event is no JSON', path: 'ab', says: 'served', forms: ['stream'],
   targets: [{model: 'sim-early-malformed-$'}, good]},
  {title: 'a stream whose first event is an error', path: 'ab', says: 'served', forms: ['stream'],
   targets: [{model: 'sim-early-error-event-$'}, good]},
  {title: 'one stream whose first event is an error', path: 'aa', says: 'served', forms: ['stream'],
   targets: [{model: 'sim-early-once-error-event-$'}]},

  // -- what no other attempt would better ----------------------------------------
  {title: 'a request that is wrong is told so once', path: 'a', says: 400,
   targets: [{model: 'sim-400-$'}, good],
   check: (one) => one.answer.raw && assert.match(one.answer.raw, /Refused on request/)},
  {title: 'an answer the provider declines is relayed as it is', path: 'a', says: 'relayed',
   targets: [{model: 'sim-filter-$'}, good], check(one) {
     const finish = {openai: 'content_filter', anthropic: 'refusal', gemini: /SAFETY|PROHIBITED_CONTENT/};
     assert.match(one.answer.finish, new RegExp(finish[one.wire.protocol]));
   }},
  {title: 'what the provider\'s filter blocks is told so once', path: 'a', says: 400, wires: ['openai', 'anthropic'],
   targets: [{model: 'sim-blocked-$'}, good],
   check: (one) => one.answer.raw && assert.match(one.answer.raw, /content (management|filtering) policy/)},
  {title: 'a fallback that refuses does not have the last word', path: /^ab?a+$/, says: 503,
   targets: [{model: 'sim-503-$'}, {model: 'sim-400-$'}], check(one) {
     assert.equal(one.path.match(/b/g)?.length, 1, 'one that refuses is not asked again');
     assert.equal(one.path.length, 4, 'the first one keeps its attempts');
     is_our_last_word(one);
   }},
  {title: 'a fallback that refuses does not keep the first one from serving', path: 'aba', says: 'served',
   targets: [{model: 'sim-once-503-$'}, {model: 'sim-400-$'}]},

  // -- windows -------------------------------------------------------------------
  {title: 'a prompt too long goes to a larger window', path: 'ac', says: 'served', content: long_prompt,
   targets: [{model: 'sim-window-50-$', context: 50}, {model: 'sim-window-40-$', context: 40},
             {model: 'sim-window-1000-$', context: 1000}]},
  {title: 'a prompt too long for all is told in the provider\'s words', path: 'a', says: 400, content: long_prompt,
   targets: [{model: 'sim-window-50-$', context: 50}, {model: 'sim-window-50-$', context: 50}],
   check: (one) => one.answer.raw && assert.match(one.answer.raw, /too long|maximum context length|exceeds the maximum/)},
]);
