// The job of the bench: the data of an email to be sent, about 200 bytes.
export const data = {
  to: 'jane.doe@example.com', from: 'billing@example.com', template: 'invoice-2024',
  subject: 'Your invoice for November', locale: 'de-CH', order: 40917733,
  lines: [{sku: 'A-1001', count: 2, cents: 1990}],
};

/// Of a flow, beside its parent.
export const CHILDREN = 5;

/// What arrived in order, from p50 and p99 to the worst, in ms.
export function summary(latencies) {
  const ordered = latencies.sort((a, b) => a - b);
  const at = (part) => ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * part))];
  return {count: ordered.length, p50: at(0.5), p99: at(0.99), worst: ordered.at(-1)};
}

export const now = () => performance.timeOrigin + performance.now();

/// Calls `step` until `seconds` have passed, in `callers` loops side by side;
/// each call says how many jobs it was. Returns jobs and seconds.
export async function loop(callers, seconds, step) {
  const begun = performance.now();
  const end = begun + seconds * 1e3;
  let jobs = 0;
  await Promise.all(Array.from({length: callers}, async () => {
    while (performance.now() < end) {
      const made = await step();  // `jobs += await` would read jobs too early
      jobs += made;
    }
  }));
  return {jobs, seconds: (performance.now() - begun) / 1e3};
}

/// Calls `step` `rate` times a second, whether or not those before have ended.
export async function at_rate(rate, seconds, step) {
  const begun = performance.now();
  const under_way = [];
  for (let i = 0; i < rate * seconds; ++i) {
    const wait = begun + (i / rate) * 1e3 - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    under_way.push(step(i));
  }
  await Promise.all(under_way);
}
