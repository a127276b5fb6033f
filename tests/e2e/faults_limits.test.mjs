// The limits a provider tells are kept: who reads them need not be refused to
// know them. The simulator's buckets are exact, and it counts whom it refuses.
import assert from 'node:assert/strict';
import {fault_suite} from './support/faults.mjs';

const BURST = 600;            // A key's bucket holds a minute's worth,
const REFILL_MS = 100;        // and fills evenly.
const BEYOND = 30;
const AT_ONCE = 12;

/// Asks for more than the bucket holds, a dozen at a time.
async function ask_beyond(ask, one) {
  let left = BURST + BEYOND, last;
  const began = performance.now();
  const lane = async () => {
    while (left-- > 0) {
      last = await ask();
      assert.equal(last.ending, 'complete', `status ${last.status} ${last.raw}`);
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, lane));
  one.took_ms = performance.now() - began;
  return last;
}

fault_suite([{
  title: 'a limit that is told is kept, and used to its end', forms: ['whole'], ways: ['bytes'],
  wires: ['openai', 'anthropic'], targets: [{model: 'sim-1-$', keys: 1}], drive: ask_beyond, check(one) {
    const refused = one.attempts.filter(({fault}) => fault === 'rate_limited');
    assert.ok(refused.length <= 2, `${refused.length} attempts beyond the limit`);
    // What came back while it asked was used too.
    assert.ok(one.took_ms <= BEYOND * REFILL_MS + 12_000, `it took ${one.took_ms} ms`);
  }}], ['--rpm', String(BURST)]);
