// Starts and stops the programs under test.
//
// Every start waits for the line that says where the program listens, every stop
// waits for its end, both with a deadline; only processes started here are ever
// signalled, by their pid. What they print is kept, and a sanitizer's report in
// it fails the test that stops them.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

const START_MS = 20_000;
/// Above shutdown_grace of any configuration below, so that only a hang hits it.
const STOP_MS = 30_000;

const sanitized = process.env.TROUPE_BIN ?? '../../build/asan/troupe';
const released = process.env.TROUPE_RELEASE_BIN ?? '';

/// The program: 'checked' is the preset's own build, 'release' the one that is
/// shipped where ./dev test has built it.
export function binary(kind = 'checked') {
  return kind === 'release' && existsSync(released) ? released : sanitized;
}

const folder = mkdtempSync(join(tmpdir(), 'troupe-e2e-'));
process.once('exit', () => rmSync(folder, {recursive: true, force: true}));
let files = 0;

export class Program {
  constructor(args, {env = {}, kind} = {}) {
    if (args[0] === 'serve' && !args.includes('--config')) env = {TROUPE_NODE_DATA_DIR: fresh_folder('data'), ...env};
    this.out = '';
    this.err = '';
    this.child = spawn(binary(kind), args, {
      env: {PATH: process.env.PATH, HOME: '/nonexistent',
            ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=0',
            UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1', ...env},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout.on('data', (bytes) => (this.out += bytes));
    this.child.stderr.on('data', (bytes) => (this.err += bytes));
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve({code: null, error}));
      this.child.on('close', (code, signal) => resolve({code, signal}));
    });
    // A test run that dies takes its programs along.
    process.once('exit', this.killer = () => this.child.kill('SIGKILL'));
  }

  get pid() { return this.child.pid; }
  get alive() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /// Waits for the line `... listening on URL` and returns the URL.
  async listening() {
    const found = () => this.out.match(/listening on (https?:\/\/\S+)/)?.[1];
    await until(() => found() || !this.alive, START_MS, 'the program to listen');
    const url = found();
    assert.ok(url, `it did not start:\n${this.out}\n${this.err}`);
    this.url = url;
    this.port = Number(new URL(url).port);
    return this;
  }

  /// Ends it as an operator would; fails on any exit status but 0.
  async stop() {
    if (this.alive) this.child.kill('SIGTERM');
    const end = await this.wait();
    process.removeListener('exit', this.killer);
    assert.equal(end.code, 0, `exit ${JSON.stringify(end)}:\n${tail(this.err)}`);
    assert.doesNotMatch(this.err, /Sanitizer|runtime error:/);
  }

  /// Ends it as a crash would.
  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
    process.removeListener('exit', this.killer);
    assert.doesNotMatch(this.err, /Sanitizer|runtime error:/);
  }

  /// Waits for the end; kills it past the deadline.
  async wait(limit_ms = STOP_MS) {
    const late = new AbortController();
    const timer = sleep(limit_ms, 'late', {signal: late.signal}).catch(() => {});
    const end = await Promise.race([this.ended, timer]);
    late.abort();
    if (end !== 'late') return end;
    this.child.kill('SIGKILL');
    await this.ended;
    return {code: null, late: true};
  }

  /// Lines of its log that are JSON objects.
  get log() {
    return this.err.split('\n').filter((line) => line.startsWith('{'))
        .flatMap((line) => { try { return [JSON.parse(line)]; } catch { return []; } });
  }

  /// Resident memory in bytes.
  async rss() {
    const {readFile} = await import('node:fs/promises');
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(status.match(/VmRSS:\s+(\d+) kB/)[1]) * 1024;
  }
}

const tail = (text) => text.slice(-4000);

/// Polls `condition` until it returns something true, at most `limit_ms`.
export async function until(condition, limit_ms = 5000, what = 'a condition') {
  const end = performance.now() + limit_ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${limit_ms} ms for ${what}`);
    await sleep(20);
  }
}

/// Writes a file that lives as long as the test run and returns its path.
export function file(name, content) {
  const path = join(folder, `${++files}-${name}`);
  writeFileSync(path, content, {mode: 0o600});
  return path;
}

export const scratch = () => folder;

/// The name of a folder that is not there yet and lives as long as the test run.
export const fresh_folder = (name) => join(folder, `${++files}-${name}`);

export function simulator(args = [], options = {}) {
  return new Program(['simulate', '--listen', '127.0.0.1:0', ...args],
                     {kind: 'release', ...options}).listening();
}

/// Secrets that may appear nowhere but in the requests to the provider.
export const secrets = {
  openai: ['sk-e2e-secret-openai-aaaa1111', 'sk-e2e-secret-openai-bbbb2222'],
  anthropic: ['sk-ant-e2e-secret-cccc3333', 'sk-ant-e2e-secret-dddd4444'],
  gemini: ['AIza-e2e-secret-eeee5555', 'AIza-e2e-secret-ffff6666'],
};

/// Retries so quick that a test never waits for them.
export const quick_retry = {attempts: 4, delay: '10ms', factor: 2, jitter: '0%', delay_max: '100ms'};

/// A breaker that no test opens by accident.
const patient_breaker = {open_after: 1000, cooldown: '50ms', cooldown_max: '100ms'};

/// Three providers that all stand on one upstream.
export function providers(upstream, change = {}) {
  return Object.entries(secrets).map(([protocol, keys]) => ({
    name: protocol, protocol, keys,
    base_url: upstream + (protocol === 'openai' ? '/v1' : ''),
    retry: quick_retry, breaker: patient_breaker, ...change,
  }));
}

/// A configuration as an object; JSON is YAML.
export function config(settings) {
  return file('troupe.yaml', JSON.stringify({
    log: {format: 'json', level: 'info'},
    ...settings,
    http: {listen: '127.0.0.1:0', shutdown_grace: '5s', ...settings.http},
    node: {data_dir: fresh_folder('data'), ...settings.node},
  }));
}

export function troupe(settings, options = {}) {
  return new Program(['serve', '--config', config(settings)], options).listening();
}

/// A simulator and a troupe in front of it, and how to end both.
export async function pair({simulate = [], settings = {}, change = {}, kind} = {}) {
  const sim = await simulator(simulate);
  const gateway = await troupe({providers: providers(sim.url, change), ...settings}, {kind});
  return {
    sim, gateway, url: gateway.url,
    async stop() {
      try { await gateway.stop(); } finally { await sim.stop(); }
    },
  };
}

/// Posts JSON; returns status, headers, text and the parsed body if it is JSON.
export async function post(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST', signal: AbortSignal.timeout(30_000),
    headers: {'content-type': 'application/json', ...headers},
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  return read(answer);
}

export async function get(url, headers = {}) {
  return read(await fetch(url, {headers, signal: AbortSignal.timeout(30_000)}));
}

async function read(answer) {
  const text = await answer.text();
  let json;
  try { json = JSON.parse(text); } catch { /* not JSON */ }
  return {status: answer.status, headers: answer.headers, text, json};
}

/// The smallest chat request of the OpenAI wire.
export const chat = (content = 'hello', more = {}) =>
  ({model: 'gpt-4o-mini', messages: [{role: 'user', content}], ...more});

/// How many connections a port on loopback has, as the kernel counts them.
export function established(port) {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8').split('\n')
      .filter((line) => { const words = line.trim().split(/\s+/); return words[1] === local && words[3] === '01'; })
      .length;
}

/// Whether the gateway still does its work; the last line of a robustness case.
export async function serves(gateway) {
  assert.ok(gateway.alive, 'the process is gone');
  const answer = await post(`${gateway.url}/v1/chat/completions`, chat('still there?'));
  assert.equal(answer.status, 200, answer.text);
}
