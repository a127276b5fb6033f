// One troupe between the three clients and a simulator that is all three
// providers: nine pairs. `via-WIRE` is a model whose target speaks that wire;
// `via-WIRE-X` one that behaves as the simulator's model `sim-X`.
import {test} from 'node:test';
import {client_of, wires} from './clients.mjs';
import {get, providers, simulator, troupe} from './troupe.mjs';

export {fault_of, wires} from './clients.mjs';

export const ways = ['plain', 'streamed'];

/// What the providers call the models. Names decide how a model is asked to
/// think: these take an effort, a budget and a budget.
export const models = {openai: 'gpt-5.5', anthropic: 'claude-sonnet-4-5', gemini: 'gemini-2.5-flash'};

/// Many keys: a refused one may rest without another test noticing.
const keys = (wire) => Array.from({length: 12}, (_, i) => `key-e2e-${wire}-secret-number-${i}`);

/// `behaviours` are words of the simulator's models; `others` maps names to
/// targets of each wire, `settings` is added to the configuration.
export async function stage({behaviours = [], others = {}, settings = {}, more_providers = [], change = {}} = {}) {
  const sim = await simulator();
  const model = (name, provider, target) => ({name, targets: [{provider, model: target}]});
  const gateway = await troupe({
    ...settings,
    providers: [...providers(sim.url, {retry: {attempts: 1}, ...change})
        .map((each) => ({...each, keys: keys(each.name)})), ...more_providers],
    models: [...(settings.models ?? []), ...wires.flatMap((wire) => [
      model(`via-${wire}`, wire, models[wire]),
      ...behaviours.map((words) => model(`via-${wire}-${words}`, wire, `sim-${words}`)),
      ...Object.entries(others).map(([name, targets]) => model(`via-${wire}-${name}`, wire, targets[wire])),
    ])],
  }, {kind: 'release'});
  const clients = Object.fromEntries(wires.map((wire) => [wire, client_of(wire, gateway.url)]));
  return {
    sim, gateway, clients, url: gateway.url,
    /// The last request that reached a provider, its body parsed.
    async arrived(count = 1) {
      const {json} = await get(`${sim.url}/_sim/requests?last=${count}`);
      const seen = json.requests.map((each) => ({...each, body: JSON.parse(each.body)}));
      return count === 1 ? seen[0] : seen;
    },
    async stats(attempts = 1) { return (await get(`${sim.url}/_sim/stats?attempts=${attempts}`)).json; },
    async stop() {
      try { await gateway.stop(); } finally { await sim.stop(); }
    },
  };
}

/// A test for each pair; `check(client, provider)` is its body.
export function each_pair(name, check) {
  for (const client of wires)
    for (const provider of wires)
      test(`${client} -> ${provider}: ${name}`, () => check(client, provider));
}

/// The same, once plain and once streamed.
export function each_way(name, check) {
  for (const way of ways)
    each_pair(`${way}, ${name}`, (client, provider) => check(client, provider, way));
}
