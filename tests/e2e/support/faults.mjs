// Runs a table of fault scenarios: each row on every wire, streamed and whole,
// by bytes and by the official client, all at the same time against one gateway
// and one simulator.
//
// What a row does to one case cannot touch another: each case has its own model,
// providers and keys. All of them are asked first; then the simulator's log and
// /metrics are read once, and each case is judged on what its client saw, which
// attempts went where and when, and what was metered.
//
// A row: {title, targets: [{model, keys?, context?, provider?}], says, path,
//         wires?, forms?, ways?, content?, provider?, drive?, check?}
//   model    the simulator's; `$` in it is replaced by something unique
//   keys     how many, or a list of: good, dead, quota
//   provider settings of the providers
//   says     served | relayed (whole, but without the usual text) |
//            error-event | a status | {openai: ..., ...} by wire; none: see check
//   path     a letter for each attempt: `aab` is twice the first target, then
//            the second; or a pattern of it
//   drive    asks by itself: async (ask, one, url) => last outcome
//   check    judges further: (one) => void
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {get, simulator, troupe, until} from './troupe.mjs';
import {ask_by_bytes, ask_by_sdk, wires} from './wires.mjs';

/// Cases asked at the same time: most of them wait most of the time.
const AT_ONCE = 24;

/// Short, so that nothing is waited for that is not meant to happen; patient
/// enough for two busy cores.
export const settings = {
  retry: {attempts: 4, delay: '20ms', factor: 2, jitter: '0%', delay_max: '3s'},
  breaker: {open_after: 1000, cooldown: '50ms', cooldown_max: '100ms'},
  timeouts: {connect: '2s', first_byte: '8s', stall: '8s', total: '20s'},
};

/// How late `slow-first` is, and when a row that is not patient gives up.
export const LATE_MS = 900;
export const IMPATIENT_MS = 300;

let cases_made = 0;

function cases_of(row) {
  const made = [];
  for (const wire of row.wires ?? Object.keys(wires))
    for (const form of row.forms ?? ['whole', 'stream'])
      for (const way of row.ways ?? ['bytes', 'sdk']) {
        const says = typeof row.says === 'object' && !row.says.length ? row.says[wire] : row.says;
        // Google's client does not look for errors behind the first event.
        if (way === 'sdk' && (row.drive || (wire === 'gemini' && says === 'error-event'))) continue;
        const id = String(++cases_made).padStart(4, '0');
        made.push({row, says, wire: wires[wire], form, way, id, model: `m${id}`,
                   title: `${row.title} (${wire}, ${form}, ${way})`,
                   targets: row.targets.map((target, i) => target_of(target, id, i))});
      }
  return made;
}

function target_of(target, id, i) {
  const letter = String.fromCharCode(97 + i);
  const kinds = Array.isArray(target.keys) ? target.keys : Array(target.keys ?? 2).fill('good');
  return {...target, letter, name: `p${id}${letter}`, model: target.model.replace('$', id + letter),
          keys: kinds.map((kind, k) => ({kind, text: `key${id}${letter}${k + 1}`}))};
}

function configuration(cases, sim_url) {
  return {
    log: {level: 'error'},
    // Rows retry far more than traffic ever does, and share one budget.
    routing: {retry_budget: '1000%'},
    providers: cases.flatMap(({row, wire, targets}) => targets.map((target) => ({
      name: target.name, protocol: wire.protocol, keys: target.keys.map(({text}) => text),
      base_url: sim_url + (wire.protocol === 'openai' ? '/v1' : ''),
      ...settings, ...row.provider, ...target.provider}))),
    models: cases.map(({model, targets}) => ({name: model, targets: targets.map((target, i) => ({
      provider: target.name, model: target.model, priority: i + 1,
      ...(target.context && {context: target.context})}))})),
  };
}

async function ask_case(one, url) {
  const ask = () => (one.way === 'sdk' ? ask_by_sdk : ask_by_bytes)(
    one.wire, url, one.model, one.row.content ?? 'hello', one.form === 'stream');
  one.began = Date.now();
  try {
    one.answer = await (one.row.drive ? one.row.drive(ask, one, url) : ask());
  } catch (error) {
    one.failed = error;
  }
}

async function ask_all(cases, url) {
  const waiting = [...cases];
  const lane = async () => { while (waiting.length > 0) await ask_case(waiting.shift(), url); };
  await Promise.all(Array.from({length: AT_ONCE}, lane));
}

/// Registers a test for each case of each row; `simulate` are further flags.
export function fault_suite(rows, simulate = []) {
  const cases = rows.flatMap(cases_of);
  let sim, gateway;
  before(async () => {
    const marked = (kind) => cases.flatMap(({targets}) => targets).flatMap(({keys}) => keys)
        .filter((key) => key.kind === kind).flatMap(({text}) => [`--${kind}-key`, text]);
    sim = await simulator(['--slow-first', String(LATE_MS), ...marked('dead'), ...marked('quota'), ...simulate]);
    gateway = await troupe(configuration(cases, sim.url));
    await ask_all(cases, gateway.url);
    await read_back(cases, sim, gateway);
  });
  after(async () => {
    try { await gateway?.stop(); } finally { await sim?.stop(); }
  });
  for (const one of cases) test(one.title, () => judge(one));
}

function grouped(all, name_of) {
  const groups = new Map();
  for (const one of all) groups.set(name_of(one), [...(groups.get(name_of(one)) ?? []), one]);
  return groups;
}

/// Gives each case its own part of the simulator's log and of /metrics.
async function read_back(cases, sim, gateway) {
  const {attempts} = (await get(`${sim.url}/_sim/stats?attempts=10000`)).json;
  // Metering follows the answer: wait until nothing is added any more.
  let text = '';
  const body = async () => (await get(`${gateway.url}/metrics`)).text.split('\n').filter((line) => /\{.*p\d{4}/.test(line)).join('\n');
  await until(async () => { const last = text; text = await body(); return text === last; }, 5000, 'the metrics to rest');
  const by_provider = grouped(all_series(text), ({labels}) => labels.provider);
  const by_key = grouped(attempts, ({key}) => key);
  for (const one of cases) {
    one.attempts = one.targets.flatMap((target) => target.keys.flatMap(({text: key}) =>
      (by_key.get(key) ?? []).map((attempt) => ({...attempt, target, letter: target.letter, kind: key.slice(-1)}))));
    one.attempts.sort((a, b) => a.at_ms - b.at_ms);
    one.path = one.attempts.map(({letter}) => letter).join('');
    one.series = one.targets.flatMap((target) => by_provider.get(target.name) ?? []);
  }
}

export const all_series = (text) => text.split('\n').filter((line) => line && !line.startsWith('#')).map(series);

function series(line) {
  const [, name, labels, value] = line.match(/^(\w+)\{(.*)\} (\S+)/) ?? [];
  return {name, value: Number(value),
          labels: Object.fromEntries([...(labels ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]))};
}

/// The sum of a metric over the case's providers and `labels`.
export function metric(one, name, labels = {}) {
  return one.series.filter((s) => s.name === name && Object.entries(labels).every(([k, v]) => s.labels[k] === v))
      .reduce((sum, {value}) => sum + value, 0);
}

const is_input = /^(input|cache_|input_audio)/;
const is_output = /^(output|reasoning)/;

/// Tokens metered for the case, in and out; tool units are no tokens.
export function metered(one) {
  const tokens = {input: 0, output: 0};
  for (const {name, labels, value} of one.series) {
    if (name !== 'troupe_model_tokens_total') continue;
    if (is_input.test(labels.kind)) tokens.input += value;
    if (is_output.test(labels.kind)) tokens.output += value;
  }
  return tokens;
}

/// Times between an attempt and the next, in milliseconds.
export const gaps = (one) => one.attempts.slice(1).map(({at_ms}, i) => at_ms - one.attempts[i].at_ms);

/// One case in a few lines, for the message of a failed assertion.
function story(one) {
  const {status, ending, error, raw, ms, headers, broke} = one.answer ?? {};
  return [`\n  attempts ${one.path}: ` + one.attempts.map((a) => `${a.key} +${(a.at_ms - one.began).toFixed()}ms ${a.status} ${a.fault}`).join(', '),
          `\n  client: status ${status}, ${ending} after ${ms?.toFixed()} ms, x-troupe-attempts ${headers?.get('x-troupe-attempts')}`,
          `, x-should-retry ${headers?.get('x-should-retry')}, metered ${JSON.stringify(metered(one))}`,
          broke ? `, broke: ${broke.cause ?? broke}` : '',
          `\n  ${String(raw ?? JSON.stringify(error ?? null)).slice(-300)}\n`].join('');
}

function judge(one) {
  if (one.failed) throw one.failed;
  try {
    judge_path(one);
    judge_answer(one);
    judge_meter(one);
    one.row.check?.(one);
  } catch (error) {
    throw new Error(error.message + story(one));
  }
}

function judge_path(one) {
  const {path} = one.row;
  if (path instanceof RegExp) assert.match(one.path, path);
  else if (path !== undefined) assert.equal(one.path, path, 'the attempts');
  assert.equal(metric(one, 'model_requests_total'), one.attempts.length, 'model_requests_total');
  assert.equal(metric(one, 'api_key_requests_total'), one.attempts.length, 'api_key_requests_total');
}

function judge_answer(one) {
  const {answer, says} = one;
  const header = (name) => answer.headers.get(name);
  if (!one.row.drive && header('x-troupe-attempts') !== null)
    assert.equal(header('x-troupe-attempts'), String(one.attempts.length), 'x-troupe-attempts');
  if (is_answered(one)) {
    assert.equal(answer.status, 200);
    assert.equal(answer.ending, 'complete');
    // Once: what a failed attempt had said is not said again.
    if (says === 'served') assert.equal(answer.text.match(/You said: /g)?.length, 1, answer.text);
    const {target} = one.attempts.at(-1);
    assert.equal(header('x-troupe-model'), target.model);
    assert.equal(header('x-troupe-provider'), target.name);
  } else if (says === 'error-event' && one.form === 'stream') {
    assert.equal(answer.ending, 'error');
    assert.equal(answer.status, 200);
    assert.equal(metric(one, 'troupe_stream_cuts_total'), 1, 'troupe_stream_cuts_total');
  } else if (says !== undefined) {
    assert.equal(answer.ending, 'error');
    assert.ok([says].flat().includes(answer.status), `status ${answer.status}, expected ${says}`);
  }
}

const is_answered = ({says}) => says === 'served' || says === 'relayed';

/// Only the answer that counted is billed, to the last token; no other.
function judge_meter(one) {
  if (one.row.drive) return;
  const billed = metered(one);
  if (is_answered(one)) {
    const last = one.attempts.at(-1);
    assert.deepEqual(billed, {input: last.input_tokens, output: last.output_tokens}, 'tokens metered');
    assert.deepEqual(one.answer.usage, billed, 'the usage the client was told');
  } else if (one.says !== 'error-event' && one.says !== undefined) {
    assert.deepEqual(billed, {input: 0, output: 0}, 'tokens metered for what was not answered');
  }
}

/// Google's client keeps no headers of an error.
export const knows_headers = ({way, wire}) => way === 'bytes' || wire.protocol !== 'gemini';

/// The last word after spent retries: clients do not multiply them.
export function is_our_last_word(one) {
  if (!knows_headers(one)) return;
  assert.equal(one.answer.headers.get('x-should-retry'), 'false', 'x-should-retry');
}
