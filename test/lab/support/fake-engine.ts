/**
 * Speaks the engine's side of the wire without machines: sessions echo what they get. For tests of the front and the
 * fleet that need no PowerShell.
 *
 * A pipeline whose data is `hang` never ends; any other one comes back as its output and is done. Host names give
 * trouble: `off-…` has no network from the start, `bad-…` cannot be made.
 */
import { createInterface } from 'node:readline';

interface Request {
  readonly id?: number;
  readonly op: string;
  readonly [field: string]: unknown;
}

const hosts = new Map<string, { network: string; history: object[] }>();
const sessions = new Map<string, string>();

function emit(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function answer(request: Request): object {
  const host = String(request['host']);
  const session = String(request['session']);
  switch (request.op) {
    case 'hello':
      return { version: 1 };
    case 'host.create': {
      if (host.startsWith('bad-')) throw new Error('such a machine cannot be');
      const network = host.startsWith('off-') ? 'down' : 'up';
      hosts.set(host, { network, history: [{ at: new Date().toISOString(), kind: 'boot' }] });
      if (network === 'up') setImmediate(() => emit({ event: 'host.up', host }));
      return { ports: { 445: 10445, 5985: 5985 } };
    }
    case 'host.status':
      return { power: 'on', network: hosts.get(host)?.network, sessions: sessions.size };
    case 'host.history':
      return { entries: hosts.get(host)?.history ?? [] };
    case 'host.trouble': {
      const state = hosts.get(host);
      if (state === undefined) throw new Error('no host');
      const why = request['kind'] === 'network-loss' ? 'network' : 'shutdown';
      if (why === 'network') state.network = 'down';
      state.history.push({ at: new Date().toISOString(), kind: 'reboot' });
      emit({ event: 'host.down', host, why });
      return {};
    }
    case 'host.registry':
      return { key: request['key'] ?? null };
    case 'clock.advance':
      // The fake's clock brings lost networks back.
      for (const [name, state] of hosts) {
        state.network = 'up';
        emit({ event: 'host.up', host: name });
      }
      return {};
    case 'logon': {
      const granted = request['password'] !== 'wrong' && request['password'] !== '';
      hosts.get(host)?.history.push({ at: new Date().toISOString(), kind: 'logon', user: request['user'], granted });
      return { granted, admin: request['user'] !== 'guest' };
    }
    case 'session.open':
      sessions.set(session, host);
      emit({ event: 'session.data', session, command: null, data: request['data'] });
      return {};
    case 'session.command': {
      const command = String(request['command']);
      const data = String(request['data']);
      if (Buffer.from(data, 'base64').toString() !== 'hang') {
        emit({ event: 'session.data', session, command, data });
        emit({ event: 'session.done', session, command });
      }
      return {};
    }
    case 'session.connect':
      return { data: request['data'] };
    case 'session.close':
      sessions.delete(session);
      return {};
    default:
      return {};
  }
}

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const request = JSON.parse(line) as Request;
  if (request.op === 'shutdown') process.exit(0);
  if (request.id === undefined) return;
  try {
    emit({ reply: request.id, ok: true, result: answer(request) });
  } catch (thrown) {
    emit({ reply: request.id, ok: false, error: { code: 'lab.fake', message: String((thrown as Error).message) } });
  }
});
input.on('close', () => process.exit(0));
