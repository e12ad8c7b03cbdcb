/** A TCP relay in front of a server that counts connections and HTTP requests. */
import { connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  connections: number;
  /** Request lines that went through. */
  requests: number;
  end(): Promise<void>;
}

export async function startRelay(address: string, port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    relay.connections += 1;
    const outgoing = connect({ host: address, port, noDelay: true });
    incoming.setNoDelay(true);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
    }
    incoming.on('data', (data) => {
      if (data.subarray(0, 5).toString('latin1') === 'POST ') relay.requests += 1;
      outgoing.write(data);
    });
    outgoing.on('data', (data) => incoming.write(data));
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the relay has no port');
  const relay: Relay = {
    port: bound.port,
    connections: 0,
    requests: 0,
    async end() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return relay;
}
