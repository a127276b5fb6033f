// Keys that are refused, spent or asked to wait: what the other keys can serve
// is served at once, what none can is waited for as long as the provider asks,
// and no key is asked in vain more often than once.
import assert from 'node:assert/strict';
import {fault_suite, gaps, is_our_last_word, knows_headers, metric} from './support/faults.mjs';

const good = {model: 'sim-1-$'};

const at_once = (one) => assert.ok(one.answer.ms < 3000, `${one.answer.ms} ms: it waited`);
const two_keys = (one) => assert.notEqual(one.attempts[0].key, one.attempts[1].key, 'the same key');

/// Asks a few times, one after the other; all of them must be served.
const several = (times) => async (ask) => {
  let last;
  for (let i = 0; i < times; ++i) {
    last = await ask();
    assert.equal(last.ending, 'complete', `question ${i + 1}: status ${last.status} ${last.raw}`);
  }
  return last;
};

const on_bad_key = (one) => one.attempts.filter(({target, kind}) => target.keys[kind - 1].kind !== 'good');

const wasted_once = (one) => {
  assert.ok(on_bad_key(one).length <= 1, `${on_bad_key(one).length} attempts with a key that cannot serve`);
  assert.equal(one.attempts.length, 6 + on_bad_key(one).length);
};

fault_suite([
  // -- 429 -----------------------------------------------------------------------
  {title: 'one 429 is served by another key at once, however long the first rests', path: 'aa', says: 'served',
   targets: [{model: 'sim-once-429-retry-after-60-$', keys: 2}], wires: ['openai', 'anthropic', 'gemini'],
   check(one) { at_once(one); two_keys(one); }},
  {title: 'one 429 with one key is waited for as long as the provider asks', path: 'aa', says: 'served',
   targets: [{model: 'sim-retry-after-1-once-429-$', keys: 1}], check(one) {
     assert.ok(gaps(one)[0] >= 990 && gaps(one)[0] < 4000, `it came back after ${gaps(one)[0]} ms`);
   }},
  {title: 'one 429 with one key is served by another target at once', path: 'ab', says: 'served',
   targets: [{model: 'sim-429-retry-after-60-$', keys: 1}, good], check: at_once},
  {title: 'a lasting 429 that asks for long is told with its time at once', path: 'a', says: 429,
   targets: [{model: 'sim-429-retry-after-60-$', keys: 1}], provider: {waiting: {time: '1s'}}, check(one) {
     at_once(one);
     is_our_last_word(one);
     const wait_s = Number(one.answer.headers.get('retry-after'));
     if (knows_headers(one)) assert.ok(wait_s >= 55 && wait_s <= 61, `retry-after: ${wait_s}`);
   }},
  {title: 'a lasting 429 that asks for nothing is not hammered', path: /^a{1,4}$/, says: 429,
   targets: [{model: 'sim-429-$', keys: 2}], provider: {waiting: {time: '1s'}}, check(one) {
     is_our_last_word(one);
     for (const key of new Set(one.attempts.map(({key: name}) => name))) {
       const own = gaps({attempts: one.attempts.filter((attempt) => attempt.key === key)});
       assert.ok(own.every((gap) => gap >= 18), `the same key again after ${own} ms`);
     }
   }},

  // -- keys that cannot serve ----------------------------------------------------
  {title: 'a dead key among good ones wastes one attempt at most', drive: several(6), ways: ['bytes'],
   targets: [{model: 'sim-1-$', keys: ['dead', 'good', 'good']}], check: wasted_once},
  {title: 'a key without money wastes one attempt at most', drive: several(6), ways: ['bytes'],
   targets: [{model: 'sim-1-$', keys: ['quota', 'good', 'good']}], check: wasted_once},
  {title: 'a dead key and one without money leave the third to serve', path: /^a{1,3}$/, says: 'served',
   targets: [{model: 'sim-1-$', keys: ['dead', 'quota', 'good']}], check: at_once},
  {title: 'only dead keys are left for another target', path: 'aab', says: 'served',
   targets: [{model: 'sim-1-$', keys: ['dead', 'dead']}, good], check: at_once},
  // Nobody outside may learn that it is our key which is refused, or read a 401 as theirs.
  {title: 'only dead keys and no other target are our own fault', path: 'aa', says: [500, 502, 503],
   targets: [{model: 'sim-1-$', keys: ['dead', 'dead']}], check(one) {
     is_our_last_word(one);
     assert.doesNotMatch(one.answer.raw ?? '', /Incorrect API key|invalid x-api-key|API key not valid/);
   }},
  {title: 'only spent keys and no other target are our own fault', path: 'aa', says: [429, 500, 502, 503],
   targets: [{model: 'sim-1-$', keys: ['quota', 'quota']}], check(one) {
     is_our_last_word(one);
     assert.doesNotMatch(one.answer.raw ?? '', /current quota|billing details/);
   }},
  {title: 'a wrong request is held against nobody', ways: ['bytes'], wires: ['openai'],
   targets: [{model: 'sim-400-$', keys: 1}, good],
   drive: async (ask) => { for (let i = 0; i < 12; ++i) await ask(); return ask(); },
   provider: {breaker: {open_after: 2, cooldown: '10s', cooldown_max: '10s'}}, check(one) {
     assert.equal(one.answer.status, 400);
     assert.equal(one.path, 'a'.repeat(13));
     assert.equal(metric(one, 'troupe_target_breaker_openings_total'), 0);
   }},
]);
