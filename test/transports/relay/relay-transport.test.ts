/** Hosts behind a relay: what arrives there, how the relay's sessions are shared, what its loss means. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FirebreakError, type Json, type Session, type Transport } from '../../../src/domain/index.ts';
import { createRelayTransport } from '../../../src/transports/relay/index.ts';
import { VirtualClock } from '../../engine/support/virtual-clock.ts';
import { type Arrived, FakeRelay, relayTarget, targetBehind, targetError } from './support/fake-relay.ts';

const never = new AbortController().signal;
const within = { signal: never, timeoutMs: 120_000 };
const FACT = { module: 'Firebreak.Host', function: 'Get-FbFact', parameters: { Deep: true } };

const made: Required<Transport>[] = [];

function world(answer?: (call: Arrived) => Promise<readonly Json[]> | readonly Json[]) {
  const clock = new VirtualClock();
  const relay = new FakeRelay({ now: () => clock.now(), ...(answer === undefined ? {} : { answer }) });
  const transport = createRelayTransport({ winrm: relay.transport }, { time: clock });
  made.push(transport);
  return { clock, relay, transport };
}

afterEach(async () => {
  await Promise.all(made.splice(0).map((transport) => transport.close()));
});

function failure(work: Promise<unknown>): Promise<FirebreakError> {
  return work.then(
    () => {
      throw new Error('it did not fail');
    },
    (thrown: unknown) => {
      if (thrown instanceof FirebreakError) return thrown;
      throw thrown;
    },
  );
}

/** Ends when told. */
function gate() {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

describe('a call to a host behind a relay', () => {
  it('arrives with the host, its own credential and the function by name', async () => {
    const calls: Arrived[] = [];
    const { transport } = world((call) => {
      calls.push(call);
      return [{ OsBuild: 2195 }];
    });
    const session = await transport.open(targetBehind('old05'), within);
    const { output } = await session.invoke(FACT, within);
    expect(output).toEqual([{ OsBuild: 2195 }]);
    expect(calls.at(-1)).toMatchObject({
      host: 'old05',
      address: '10.1.0.05',
      name: 'Firebreak.Host\\Get-FbFact',
      parameters: { Deep: true },
    });
    expect(calls.at(-1)?.credential?.user).toBe('old-admin');
    expect(calls.at(-1)?.credential?.password.reveal()).toBe('old-secret');
    expect(session.shell).toEqual({ version: '', edition: 'none' });
    expect(session.canReattach).toBe(false);
  });

  it('enters the host before anything else, so that a refused logon shows when it is opened', async () => {
    const { transport, relay } = world(() => {
      throw targetError('FB_AUTH_DENIED', 'relay MGMT01 does not get to old01: wrong password');
    });
    const error = await failure(transport.open(targetBehind('old01'), within));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', relay: undefined, retryable: false });
    expect(error.message).toMatch(/^old01 \(10\.1\.0\.01\) through relay mgmt01: relay MGMT01 does not get to old01/);
    expect(error.remedy).toContain('old-admin');
    expect(JSON.stringify(error.toRecord())).not.toMatch(/secret/);
    expect(relay.opened).toHaveLength(1);
  });

  it.each(['FB_CONNECT_TIMEOUT', 'FB_CONNECT_REFUSED'])('says %s of the host, not of the relay', async (code) => {
    const { transport } = world(() => {
      throw targetError(code, 'The network path was not found');
    });
    const error = await failure(transport.open(targetBehind('old01'), within));
    expect(error).toMatchObject({ code, relay: undefined, retryable: true });
    expect(error.message).toContain('through relay mgmt01: The network path was not found');
  });

  it('keeps the record of a function that failed', async () => {
    const { transport, relay } = world();
    const session = await transport.open(targetBehind('old01'), within);
    relay.answer = () => {
      throw targetError('FB_PACKAGE_BUSY', 'an installer runs');
    };
    const error = await failure(session.invoke(FACT, within));
    expect(error).toMatchObject({
      code: 'FB_INVOKE_FAILED',
      details: { error: { fullyQualifiedErrorId: 'FB_PACKAGE_BUSY,Enter-FbTarget' } },
    });
  });

  it('refuses a script: there is no PowerShell to run it', async () => {
    const { transport, relay } = world();
    const session = await transport.open(targetBehind('old01'), within);
    const before = relay.points;
    const error = await failure(session.invoke({ script: 'Get-Date' }, within));
    expect(error).toMatchObject({ code: 'FB_STEP_REFUSED' });
    expect(error.message).toContain('old01 has no PowerShell');
    expect(relay.points).toBe(before);
  });

  it('knows the address by which hosts see the relay; it is asked once a host', async () => {
    const asked: string[] = [];
    const { transport } = world((call) => {
      if (!call.name.endsWith('Get-FbRelayAddress')) return [null];
      asked.push(call.host);
      return ['10.1.0.254'];
    });
    for (let round = 0; round < 2; round++) {
      const session = await transport.open(targetBehind('old01'), within);
      expect(session.clientAddress).toBe('10.1.0.254');
      await session.close();
    }
    await transport.open(targetBehind('old02'), within);
    expect(asked).toEqual(['old01', 'old02']);
  });

  it.each([
    ['10.0.0.9', '10.0.0.9'],
    ['mgmt01.corp.example', undefined],
  ])('takes the relay at its address %s when nobody can tell', async (address, seen) => {
    const { transport } = world((call) => {
      if (call.name.endsWith('Get-FbRelayAddress')) throw targetError('CommandNotFoundException', 'not known');
      return [null];
    });
    const session = await transport.open(targetBehind('old01', { ...relayTarget(), address }), within);
    expect(session.clientAddress).toBe(seen);
  });

  it('without a relay, or with one that no transport reaches, is refused', async () => {
    const { transport } = world();
    const { relay: _relay, ...alone } = targetBehind('old01');
    expect(await failure(transport.open(alone, within))).toMatchObject({ code: 'FB_USAGE' });
    const behindRelay = targetBehind('old01', { ...relayTarget(), transport: 'relay' });
    expect(await failure(transport.open(behindRelay, within))).toMatchObject({ code: 'FB_USAGE' });
  });
});

describe('files of a host behind a relay', () => {
  const bytes = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => (index * 7) % 251));
  const sha256 = createHash('sha256').update(bytes).digest('hex');

  it('are pushed in pieces that carry the host with them', async () => {
    const file: Buffer[] = [];
    const { transport } = world(async (call) => {
      const name = call.name.split('\\')[1];
      if (name === 'Get-FbTransfer') return [{ Exists: false, Sha256: null, Length: 0, PartialLength: 0 }];
      if (name === 'Add-FbFileChunk') {
        for await (const chunk of call.input ?? []) file.push(Buffer.from(chunk as Uint8Array));
        return [{ Length: Buffer.concat(file).length }];
      }
      return [{ Sha256: createHash('sha256').update(Buffer.concat(file)).digest('hex'), Length: bytes.length }];
    });
    const session = await transport.open(targetBehind('old01'), within);
    const done = await session.push((start) => Readable.from([bytes.subarray(start)]), 'C:\\WINNT\\p.exe', {
      ...within,
      sha256,
    });
    expect(done).toEqual({ bytes: bytes.length, sha256, skipped: false });
    expect(Buffer.concat(file).equals(bytes)).toBe(true);
  });

  it('are fetched whole, read in parts that are not too large to hold', async () => {
    const counts: number[] = [];
    const { transport } = world((call) => {
      if (call.name.endsWith('Get-FbFileHash')) return [{ Exists: true, Sha256: sha256, Length: bytes.length }];
      if (!call.name.endsWith('Read-FbFile')) return [null];
      const { Offset: at, Count: count } = call.parameters as { Offset: number; Count: number };
      counts.push(count);
      const part = bytes.subarray(at, at + count);
      return [part.subarray(0, 1000), part.subarray(1000)].map((piece) => piece.toString('base64'));
    });
    const folder = await mkdtemp(join(tmpdir(), 'firebreak-relay-'));
    try {
      const session = await transport.open(targetBehind('old01'), within);
      const destination = join(folder, 'hotfix.log');
      await session.fetch('C:\\WINNT\\hotfix.log', destination, within);
      expect((await readFile(destination)).equals(bytes)).toBe(true);
      expect(Math.max(...counts)).toBeLessThanOrEqual(4 * 1024 * 1024);
      expect(counts.length).toBeGreaterThan(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the sessions of a relay', () => {
  async function sessions(transport: Transport, count: number, relay = relayTarget()): Promise<Session[]> {
    const open = Array.from({ length: count }, (_, index) =>
      transport.open(targetBehind(`old${index + 1}`, relay), within),
    );
    return Promise.all(open);
  }

  it.each([
    [undefined, 4],
    [2, 2],
  ])('are at most relay_sessions (%s → %s) however many hosts call', async (relaySessions, most) => {
    const { transport, relay, clock } = world();
    const target = relayTarget(relaySessions === undefined ? {} : { relaySessions });
    const hosts = await sessions(transport, 12, target);
    relay.answer = async () => {
      await clock.sleep(1000);
      return [1];
    };
    await Promise.all(hosts.flatMap((session) => [session.invoke(FACT, within), session.invoke(FACT, within)]));
    expect(relay.mostOpen).toBe(most);
    expect(relay.mostBusy).toBe(most);
  });

  it('are opened only when needed, and one host alone needs one', async () => {
    const { transport, relay } = world();
    expect(relay.opened).toHaveLength(0);
    const [session] = await sessions(transport, 1);
    for (let call = 0; call < 5; call++) await session?.invoke(FACT, within);
    expect(relay.opened).toHaveLength(1);
  });

  it('are given to the hosts in turn: one that asks for much does not keep the others waiting', async () => {
    const { transport, relay, clock } = world();
    const [busy, quiet] = await sessions(transport, 2, relayTarget({ relaySessions: 1 }));
    const order: string[] = [];
    relay.answer = async (call) => {
      order.push(call.host);
      await clock.sleep(1000);
      return [1];
    };
    const many = Array.from({ length: 6 }, () => busy?.invoke(FACT, within));
    await Promise.all([...many, quiet?.invoke(FACT, within)]);
    expect(order.indexOf('old2')).toBeLessThanOrEqual(2);
  });

  it('are not waited for at the cost of the call: its time begins with the session', async () => {
    const { transport, relay } = world();
    const [first, second] = await sessions(transport, 2, relayTarget({ relaySessions: 1 }));
    const { open, passed } = gate();
    const timeouts: boolean[] = [];
    relay.answer = async () => {
      timeouts.push(true);
      if (timeouts.length === 1) await passed;
      return [1];
    };
    const long = first?.invoke(FACT, within);
    const short = second?.invoke(FACT, { signal: never, timeoutMs: 1 });
    open();
    await Promise.all([long, short]);
    expect(timeouts).toHaveLength(2);
  });

  it('are no longer waited for when the caller gives up', async () => {
    const { transport, relay } = world();
    const [first, second] = await sessions(transport, 2, relayTarget({ relaySessions: 1 }));
    const { open, passed } = gate();
    relay.answer = async () => {
      await passed;
      return [1];
    };
    const long = first?.invoke(FACT, within);
    const stop = new AbortController();
    const waiting = failure(second!.invoke(FACT, { signal: stop.signal, timeoutMs: 1000 }));
    stop.abort();
    expect((await waiting).code).toBe('FB_CANCELLED');
    open();
    await long;
    expect(relay.points).toBe(2 * 2 * 2 + 2);
  });

  it('do with as many as the relay allows', async () => {
    const { transport, relay, clock } = world();
    relay.quota = 2;
    const hosts = await sessions(transport, 6);
    relay.answer = async () => {
      await clock.sleep(1000);
      return [1];
    };
    await Promise.all(hosts.map((session) => session.invoke(FACT, within)));
    expect(relay.mostBusy).toBe(2);
  });

  it('are replaced after a call that was cut short: the relay may still be busy with it', async () => {
    const { transport, relay } = world();
    const [session] = await sessions(transport, 1);
    relay.answer = () => {
      throw new FirebreakError('FB_DEADLINE', 'mgmt01 (10.0.0.9:5985): not done in 60 s');
    };
    const error = await failure(session!.invoke(FACT, within));
    expect(error).toMatchObject({ code: 'FB_DEADLINE', relay: undefined });
    expect(error.message).toBe('old1 (10.1.0.1) through relay mgmt01: not done in 60 s');
    relay.answer = () => [2];
    expect((await session!.invoke(FACT, within)).output).toEqual([2]);
    expect(relay.opened).toHaveLength(2);
    expect(relay.open).toBe(1);
  });

  it('are all closed at the end, with those that are being opened', async () => {
    const { transport, relay } = world();
    const [session] = await sessions(transport, 4);
    await transport.close();
    expect(relay.open).toBe(0);
    expect(await failure(session!.invoke(FACT, within))).toMatchObject({ code: 'FB_CANCELLED' });
  });

  it('have a name of their own, so that nobody takes them for those of the relay as a host', async () => {
    const { transport, relay } = world();
    await transport.open(targetBehind('old01'), { ...within, name: 'firebreak r1' });
    expect(relay.opened).toEqual(['relay-admin@mgmt01 firebreak r1 relay']);
  });
});

describe('a relay that is lost', () => {
  it('in the midst of a call leaves open what became of it, and the call is not made again', async () => {
    const { transport, relay } = world();
    const session = await transport.open(targetBehind('old01'), within);
    let calls = 0;
    relay.answer = () => {
      calls += 1;
      relay.cutOff(60_000);
      return [1];
    };
    const error = await failure(session.invoke(FACT, within));
    expect(error).toMatchObject({ code: 'FB_CONNECT_LOST', relay: 'mgmt01', retryable: true });
    expect(error.message).toBe('relay mgmt01: the connection was lost');
    expect(error.toRecord().relay).toBe('mgmt01');
    expect(calls).toBe(1);
  });

  it('is waited for, and its hosts go on when it is back', async () => {
    const { transport, relay, clock } = world();
    const session = await transport.open(targetBehind('old01'), within);
    const start = clock.now();
    relay.cutOff(240_000);
    await failure(session.invoke(FACT, within));
    await transport.ready(targetBehind('old01'), { signal: never, wasReached: false });
    expect(clock.now() - start).toBeGreaterThanOrEqual(240_000);
    expect(clock.now() - start).toBeLessThan(280_000);
    // no hot loop: less and less often
    expect(relay.opened.length).toBeLessThan(20);
    relay.answer = () => [7];
    expect((await session.invoke(FACT, within)).output).toEqual([7]);
  });

  it('is tried by one alone, however many hosts wait', async () => {
    const { transport, relay } = world();
    const hosts = await Promise.all(
      Array.from({ length: 20 }, (_, index) => transport.open(targetBehind(`old${index}`), within)),
    );
    relay.cutOff(240_000);
    const before = relay.opened.length;
    await Promise.all(hosts.map((session) => failure(session.invoke(FACT, within))));
    const waits = hosts.map((_, index) =>
      transport.ready(targetBehind(`old${index}`), { signal: never, wasReached: false }),
    );
    await Promise.all(waits);
    expect(relay.opened.length - before).toBeLessThan(20);
    await Promise.all(hosts.map((session) => session.invoke(FACT, within)));
  });

  it.each([
    [undefined, 600_000, '10m'],
    [30_000, 30_000, '30s'],
    [0, 0, '0s'],
  ])('is given up after relay_grace (%s)', async (relayGraceMs, most, said) => {
    const { transport, relay, clock } = world();
    const target = targetBehind('old01', relayTarget(relayGraceMs === undefined ? {} : { relayGraceMs }));
    const session = await transport.open(target, within);
    const start = clock.now();
    relay.cutOff(86_400_000);
    await failure(session.invoke(FACT, within));
    const error = await failure(transport.ready(target, { signal: never, wasReached: false }));
    expect(error).toMatchObject({ relay: 'mgmt01', retryable: false });
    expect(error.code).toMatch(/^FB_CONNECT_/);
    expect(error.message).toMatch(new RegExp(`^relay mgmt01: not back after ${said}: `));
    expect(clock.now() - start).toBeLessThanOrEqual(most);
    // the next host does not wait the whole grace once more
    const again = await failure(transport.ready(target, { signal: never, wasReached: false }));
    expect(again.retryable).toBe(false);
    expect(clock.now() - start).toBeLessThanOrEqual(most);
  });

  it('is not waited for any longer by the calls under way than by those that come after them', async () => {
    const { transport, relay, clock } = world();
    const target = targetBehind('old01', relayTarget({ relayGraceMs: 30_000 }));
    const session = await transport.open(target, within);
    const { open, passed } = gate();
    let isPatient: Arrived['isPatient'];
    relay.answer = async (call) => {
      if (isPatient !== undefined) relay.cutOff(86_400_000);
      else {
        isPatient = call.isPatient;
        await passed;
      }
      return [1];
    };
    const underWay = failure(session.invoke(FACT, within));
    await new Promise(setImmediate);
    expect([isPatient?.(29_999), isPatient?.(30_000)]).toEqual([true, false]);
    await failure(session.invoke(FACT, within));
    expect(isPatient?.(0)).toBe(true);
    clock.advance(30_000);
    expect(isPatient?.(0)).toBe(false);
    open();
    await underWay;
  });

  it('and given up is found again by whoever comes later', async () => {
    const { transport, relay, clock } = world();
    const target = targetBehind('old01', relayTarget({ relayGraceMs: 10_000 }));
    const session = await transport.open(target, within);
    relay.cutOff(60_000);
    await failure(session.invoke(FACT, within));
    await failure(transport.ready(target, { signal: never, wasReached: false }));
    clock.advance(120_000);
    await transport.open(targetBehind('old02', target.relay), within);
    await session.invoke(FACT, within);
  });

  it('again and again right after it opened is given up too', async () => {
    const { transport, relay, clock } = world();
    const target = targetBehind('old01');
    const session = await transport.open(target, within);
    relay.answer = () => {
      relay.cutOff(0);
      return [1];
    };
    const start = clock.now();
    let rounds = 0;
    const error = await failure(
      (async () => {
        for (; rounds < 1000; rounds++) {
          await failure(session.invoke(FACT, within));
          await transport.ready(target, { signal: never, wasReached: false });
        }
      })(),
    );
    expect(error.message).toBe('relay mgmt01: not back after 10m: it is lost again and again');
    expect(rounds).toBeLessThan(40);
    expect(clock.now() - start).toBeLessThanOrEqual(600_000);
  });

  it('lets whoever waits give up', async () => {
    const { transport, relay } = world();
    const session = await transport.open(targetBehind('old01'), within);
    relay.cutOff(86_400_000);
    await failure(session.invoke(FACT, within));
    const stop = new AbortController();
    const waiting = failure(transport.ready(targetBehind('old01'), { signal: stop.signal, wasReached: false }));
    stop.abort();
    expect((await waiting).code).toBe('FB_CANCELLED');
  });

  it('may refuse a logon while it starts, and is not locked out for it', async () => {
    const { transport, relay, clock } = world();
    const session = await transport.open(targetBehind('old01'), within);
    relay.cutOff(0);
    relay.refusal = new FirebreakError('FB_AUTH_DENIED', 'mgmt01 (10.0.0.9:5985): access is denied');
    await failure(session.invoke(FACT, within));
    const before = relay.opened.length;
    const start = clock.now();
    const error = await failure(transport.ready(targetBehind('old01'), { signal: never, wasReached: false }));
    expect(error).toMatchObject({ relay: 'mgmt01', retryable: false });
    expect(relay.opened.length - before).toBe(3);
    expect(clock.now() - start).toBeGreaterThanOrEqual(40_000);
    // final: nobody shows the password again
    await failure(session.invoke(FACT, within));
    expect(relay.opened.length - before).toBe(3);
  });
});

describe('a relay that was never there', () => {
  it('is not waited for, and one attempt speaks for all its hosts', async () => {
    const { transport, relay, clock } = world();
    relay.offUntil = Number.POSITIVE_INFINITY;
    const start = clock.now();
    const errors = await Promise.all(
      Array.from({ length: 30 }, (_, index) => failure(transport.open(targetBehind(`old${index}`), within))),
    );
    for (const error of errors) expect(error).toMatchObject({ code: 'FB_CONNECT_TIMEOUT', relay: 'mgmt01' });
    const given = await failure(transport.ready(targetBehind('old1'), { signal: never, wasReached: false }));
    expect(given).toMatchObject({ code: 'FB_CONNECT_TIMEOUT', relay: 'mgmt01', retryable: false });
    expect(given.message).toBe('relay mgmt01: no answer');
    expect(relay.opened).toHaveLength(1);
    expect(clock.now()).toBe(start);
  });

  it('is waited for where an earlier process had got through', async () => {
    const { transport, relay, clock } = world();
    relay.offUntil = clock.now() + 100_000;
    await failure(transport.open(targetBehind('old01'), within));
    await transport.ready(targetBehind('old01'), { signal: never, wasReached: true });
    await transport.open(targetBehind('old01'), within);
    expect(clock.now()).toBeGreaterThanOrEqual(relay.offUntil);
  });

  it('and refuses the logon: its hosts are out of reach, and the password is shown once', async () => {
    const { transport, relay } = world();
    relay.refusal = new FirebreakError('FB_AUTH_DENIED', 'mgmt01 (10.0.0.9:5985): wrong user or password', {
      remedy: 'check --user',
    });
    for (let round = 0; round < 5; round++) {
      const error = await failure(transport.open(targetBehind(`old${round}`), within));
      expect(error).toMatchObject({ code: 'FB_CONNECT_REFUSED', relay: 'mgmt01', retryable: false });
      expect(error.message).toBe('relay mgmt01: wrong user or password');
      expect(error.remedy).toBe('check --user');
    }
    expect(relay.opened).toHaveLength(1);
  });
});
