// A connection that sends exactly the bytes it is told, for what no proper HTTP
// client would send.
import net from 'node:net';
import tls from 'node:tls';
import {setTimeout as sleep} from 'node:timers/promises';

export class Raw {
  /// Connects to a port on loopback; `secure` holds options for TLS.
  static connect(port, secure) {
    return new Promise((resolve, reject) => {
      const where = {port, host: '127.0.0.1', allowHalfOpen: true};
      const socket = secure ? tls.connect({...where, ...secure}) : net.connect(where);
      socket.once('error', reject);
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        socket.removeListener('error', reject);
        resolve(new Raw(socket));
      });
    });
  }

  constructor(socket) {
    this.socket = socket;
    this.text = '';
    this.closed = false;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => (this.text += bytes.toString('latin1')));
    socket.on('error', () => (this.closed = true));
    socket.on('end', () => (this.closed = true));
    socket.on('close', () => (this.closed = true));
  }

  send(text) {
    this.socket.write(Buffer.from(text, 'latin1'));
    return this;
  }

  /// Waits until the text matches, or the peer closes; says which by returning
  /// the match or null. Throws past the deadline.
  async until(pattern, limit_ms = 10_000) {
    const end = performance.now() + limit_ms;
    for (;;) {
      const match = this.text.match(pattern);
      if (match) return match;
      if (this.closed) return null;
      if (performance.now() > end) {
        throw new Error(`${limit_ms} ms without ${pattern}; got ${JSON.stringify(this.text.slice(0, 500))}`);
      }
      await sleep(5);
    }
  }

  /// Waits until the peer closes; returns all it said.
  async drained(limit_ms = 10_000) {
    await this.until(/(?!)/, limit_ms);
    return this.text;
  }

  close() { this.socket.destroy(); }
}

/// Sends bytes on a fresh connection and returns everything until the end.
export async function exchange(port, text, limit_ms = 10_000) {
  const raw = await Raw.connect(port);
  try { return await raw.send(text).drained(limit_ms); } finally { raw.close(); }
}

/// Splits a text of several answers, each with a length or in chunks.
export function answers(text) {
  const found = [];
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end < 0) return found;
    const head = text.slice(at, end);
    const status = Number(head.match(/^HTTP\/1\.[01] (\d+)/)?.[1]);
    const [body, next] = body_at(text, end + 4, status === 100 ? '' : head);
    if (status !== 100) found.push({status, head, body});
    at = next;
  }
}

function body_at(text, at, head) {
  const length = Number(head.match(/^content-length: *(\d+)/im)?.[1] ?? 0);
  if (!/^transfer-encoding: *chunked/im.test(head)) return [text.slice(at, at + length), at + length];
  for (let body = ''; ;) {
    const end = text.indexOf('\r\n', at);
    const size = parseInt(text.slice(at, end), 16);
    at = end + 2 + size + 2;
    if (!size) return [body, at];
    body += text.slice(end + 2, end + 2 + size);
  }
}
