// A provider whose every byte a test decides: for what a well-behaved simulator
// would not do.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

/// Serves `handle(request, response, body)` on a free port; `tls` makes it HTTPS.
export async function upstream(handle, tls) {
  const seen = {requests: 0, open: 0, closed_early: 0};
  const answer = (request, response) => {
    seen.requests += 1;
    seen.open += 1;
    let body = '';
    request.on('data', (bytes) => (body += bytes));
    request.on('end', () => handle(request, response, body));
    response.on('close', () => {
      seen.open -= 1;
      if (!response.writableFinished) seen.closed_early += 1;
    });
  };
  const server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  server.keepAliveTimeout = 60_000;
  return listen(server, seen, tls ? 'https' : 'http');
}

/// A port that accepts and then does what `handle(socket)` does.
export function bare_upstream(handle) {
  return listen(net.createServer(handle), {}, 'http');
}

async function listen(server, seen, scheme) {
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    seen, url: `${scheme}://127.0.0.1:${server.address().port}`,
    port: server.address().port,
    async stop() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/// A whole answer of the OpenAI wire.
export const completion = JSON.stringify({
  id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o-mini',
  choices: [{index: 0, message: {role: 'assistant', content: 'hello'}, finish_reason: 'stop'}],
  usage: {prompt_tokens: 1, completion_tokens: 1, total_tokens: 2},
});

/// One event of a stream of the OpenAI wire.
export const piece = (content) => `data: ${JSON.stringify({
  id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini',
  choices: [{index: 0, delta: {content}, finish_reason: null}]})}\n\n`;

export const event_stream = {'content-type': 'text/event-stream'};
