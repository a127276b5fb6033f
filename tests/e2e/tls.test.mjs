// TLS on both sides: our own listener, and providers that are verified.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import https from 'node:https';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {Raw} from './support/raw.mjs';
import {chat, get, pair, post, providers, scratch, troupe} from './support/troupe.mjs';
import {completion, upstream} from './support/upstream.mjs';

const at = (name) => join(scratch(), name);
const openssl = (...args) => execFileSync('openssl', args, {stdio: 'pipe', timeout: 20_000});

/// A CA, and a certificate of it for `names`.
function certificate(ca, name, names) {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
          '-subj', `/CN=${ca}`, '-keyout', at(`${ca}.key`), '-out', at(`${ca}.pem`));
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`,
          '-addext', `subjectAltName=${names}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`));
  openssl('x509', '-req', '-in', at(`${name}.csr`), '-CA', at(`${ca}.pem`), '-CAkey', at(`${ca}.key`),
          '-CAcreateserial', '-days', '2', '-copy_extensions', 'copy', '-out', at(`${name}.pem`));
  return {cert: readFileSync(at(`${name}.pem`)), key: readFileSync(at(`${name}.key`))};
}

let good, wrong_name;
before(() => {
  good = certificate('ca', 'good', 'DNS:localhost,IP:127.0.0.1');
  wrong_name = certificate('ca-two', 'wrong', 'DNS:elsewhere.example');
});

const over_tls = (url, path, method = 'GET', body) => new Promise((resolve, reject) => {
  const request = https.request(url + path, {method, ca: readFileSync(at('ca.pem')), timeout: 10_000,
    headers: body ? {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)} : {}}, (answer) => {
    let text = '';
    answer.on('data', (bytes) => (text += bytes));
    answer.on('end', () => resolve({status: answer.statusCode, text}));
    answer.on('error', reject);
  });
  request.on('error', reject);
  request.end(body);
});

test('the listener speaks TLS and serves chats and streams over it', async () => {
  const stage = await pair({settings: {http: {tls: {certificate: at('good.pem'), key: at('good.key')}}}});
  try {
    assert.match(stage.url, /^https:/);
    const plain = await over_tls(stage.url, '/v1/chat/completions', 'POST', JSON.stringify(chat()));
    assert.equal(plain.status, 200, plain.text);
    const stream = await over_tls(stage.url, '/v1/chat/completions', 'POST', JSON.stringify(chat('x', {stream: true})));
    assert.match(stream.text, /data: \[DONE\]/);
    // Neither a client that speaks no TLS nor one that stays silent harms it.
    const odd = await Raw.connect(stage.gateway.port);
    await odd.send('GET / HTTP/1.1\r\nHost: t\r\n\r\n').drained();
    odd.close();
    const silent = await Raw.connect(stage.gateway.port);
    silent.close();
    assert.equal((await over_tls(stage.url, '/healthz')).status, 200);
  } finally {
    await stage.stop();
  }
});

test('a certificate that is missing stops the start and says which', async () => {
  await assert.rejects(troupe({providers: providers('http://127.0.0.1:9'),
    http: {tls: {certificate: at('nowhere.pem'), key: at('nowhere.key')}}}), /nowhere\.pem/);
});

async function ask_provider(tls, environment, host = '127.0.0.1') {
  const provider = await upstream((_, response) => response.end(completion), tls);
  const gateway = await troupe({providers: providers(`https://${host}:${provider.port}`, {retry: {attempts: 1}})},
                               {env: environment});
  try {
    const answer = await post(`${gateway.url}/v1/chat/completions`, chat());
    assert.equal((await get(`${gateway.url}/healthz`)).status, 200);
    return {...answer, requests: provider.seen.requests};
  } finally {
    await gateway.stop();
    await provider.stop();
  }
}

test('a provider with a trusted certificate is used', async () => {
  const answer = await ask_provider(good, {SSL_CERT_FILE: at('ca.pem')});
  assert.equal(answer.status, 200, answer.text);
});

test('a provider with a trusted certificate for its name is used', async () => {
  const answer = await ask_provider(good, {SSL_CERT_FILE: at('ca.pem')}, 'localhost');
  assert.equal(answer.status, 200, answer.text);
});

test('a provider with a certificate of an unknown CA never sees a request', async () => {
  const answer = await ask_provider(good, {SSL_CERT_FILE: at('ca-two.pem')});
  assert.ok([502, 503].includes(answer.status), answer.text);
  assert.equal(answer.requests, 0);
});

test('a provider with a certificate for another name never sees a request', async () => {
  const answer = await ask_provider(wrong_name, {SSL_CERT_FILE: at('ca-two.pem')});
  assert.ok([502, 503].includes(answer.status), answer.text);
  assert.equal(answer.requests, 0);
});
