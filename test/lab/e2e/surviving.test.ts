/** Pipelines that outlive their client, on real machines of the lab: killed, cut off, let go, and picked up again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type FirebreakError,
  type Invocation,
  type JsonObject,
  Secret,
  type Session,
} from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';

const CLIENT = resolve(import.meta.dirname, '..', '..', 'transports', 'support', 'doomed-client.ts');
const { signal } = new AbortController();

/** Counts its runs in the registry; the time between its two outputs is its argument. */
const script = (seconds: number): string => `
$key = 'HKLM:\\SOFTWARE\\Surviving'
if (-not (Test-Path $key)) { $null = New-Item -Path $key -Force }
$runs = 0
try { $runs = [int](Get-ItemProperty -Path $key -ErrorAction Stop).Runs } catch { }
Set-ItemProperty -Path $key -Name Runs -Value ($runs + 1)
'first'
Write-Error 'a warning shot'
Start-Sleep -Seconds ${seconds}
@{ Answer = 42 }
'last'`;

class Doomed {
  readonly child: ChildProcess;
  readonly lines: JsonObject[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(lab: TestLab, name: string, text: string) {
    const { address } = lab.host('pc-01');
    this.child = spawn(process.execPath, [CLIENT, address, lab.user, name, text], {
      env: { ...process.env, LAB_PASSWORD: lab.password },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as JsonObject);
      for (const look of [...this.#waiting]) look();
    });
  }

  /** The first line with that field. */
  until(field: string): Promise<JsonObject> {
    return new Promise((done) => {
      const look = (): void => {
        const line = this.lines.find((candidate) => field in candidate);
        if (line === undefined) return;
        this.#waiting.delete(look);
        done(line);
      };
      this.#waiting.add(look);
      look();
    });
  }

  async kill(): Promise<void> {
    const gone = new Promise((done) => this.child.once('close', done));
    this.child.kill('SIGKILL');
    await gone;
  }
}

describe('a pipeline outlives its client', () => {
  let lab: TestLab;
  const cleanups: (() => unknown)[] = [];

  beforeAll(async () => {
    lab = await startTestLab({
      engine: 'real',
      hosts: [
        { name: 'pc-01', profile: 'windows-10-1903-enu' },
        { name: 'pc-02', profile: 'windows-10-1903-enu' },
      ],
    });
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  afterAll(() => lab.end());

  async function open(name = 'surviving'): Promise<Session> {
    const session = await createTransports().winrm.open(
      {
        host: 'pc-01',
        transport: 'winrm',
        address: lab.host('pc-01').address,
        port: 5985,
        useTls: false,
        auth: 'negotiate',
        user: lab.user,
        password: new Secret(lab.password),
        allowUnencrypted: false,
        settings: {},
      },
      { signal, timeoutMs: 120_000, name },
    );
    cleanups.push(() => session.close());
    return session;
  }

  function doomed(text: string, name = 'surviving'): Doomed {
    const client = new Doomed(lab, name, text);
    cleanups.push(() => client.child.exitCode ?? client.child.signalCode ?? client.kill());
    return client;
  }

  async function runs(session: Session): Promise<unknown> {
    const text = "(Get-ItemProperty -Path 'HKLM:\\SOFTWARE\\Surviving').Runs";
    return (await session.invoke({ script: text }, { signal, timeoutMs: 120_000 })).output[0];
  }

  async function forget(session: Session): Promise<void> {
    const text = "Remove-Item -Path 'HKLM:\\SOFTWARE\\Surviving' -Recurse -Force -ErrorAction SilentlyContinue";
    await session.invoke({ script: text }, { signal, timeoutMs: 120_000 });
  }

  async function killedAfter(
    field: 'receipt' | 'record' | 'output',
    seconds: number,
    name?: string,
  ): Promise<JsonObject> {
    const client = doomed(script(seconds), name);
    const { receipt } = await client.until('receipt');
    await client.until(field);
    await client.kill();
    return receipt as JsonObject;
  }

  const whole = ['first', { Answer: 42, $type: 'System.Collections.Hashtable' }, 'last'];

  it('is joined while it runs: all of its output, also what the dead one had got', async () => {
    const session = await open();
    await forget(session);
    const receipt = await killedAfter('record', 4);
    const found = (await session.reattach(receipt, { signal, timeoutMs: 120_000 })) as Invocation<never>;
    expect(found.output).toEqual(whole);
    expect(found.streams.error.map(({ message }) => message)).toEqual(['a warning shot']);
    expect(await runs(session)).toBe(1);
    // it is over: there is nothing to pick up any more
    expect(await session.reattach(receipt, { signal, timeoutMs: 120_000 })).toBeNull();
  });

  it('has ended meanwhile: its output is still there', async () => {
    const session = await open();
    await forget(session);
    const receipt = await killedAfter('record', 1);
    await delay(2500);
    const found = (await session.reattach(receipt, { signal, timeoutMs: 120_000 })) as Invocation<never>;
    expect(found.output).toEqual(whole);
    expect(await runs(session)).toBe(1);
  });

  it('had given everything to the dead one: the runspace remembers', async () => {
    const session = await open();
    await forget(session);
    const receipt = await killedAfter('output', 0);
    const found = (await session.reattach(receipt, { signal, timeoutMs: 120_000 })) as Invocation<never>;
    expect(found.output).toEqual(whole);
    expect(await runs(session)).toBe(1);
  });

  it('had ended in an error that nobody heard: it is told again', async () => {
    const session = await open();
    const client = doomed("'before'; throw 'it went wrong'");
    const { receipt } = await client.until('receipt');
    await client.until('error');
    await client.kill();
    const failure = session.reattach(receipt as JsonObject, { signal, timeoutMs: 120_000 });
    const error = await failure.then(
      () => undefined,
      (thrown: unknown) => thrown as FirebreakError,
    );
    expect(error?.code).toBe('FB_INVOKE_FAILED');
    expect(error?.message).toContain('it went wrong');
  });

  it('was never begun: that is certain', async () => {
    const session = await open();
    const client = doomed(script(1));
    const { receipt } = await client.until('receipt');
    await client.until('record');
    await client.kill();
    // the shell is there, but it never got that command
    const never = { ...(receipt as JsonObject), pipeline: '11111111-2222-4333-8444-555555555555', key: 'none' };
    const looking = session.reattach(never, { signal, timeoutMs: 120_000 });
    expect(await looking).toBe('not-started');
  });

  it('is stopped on the host when the time of who picked it up is over', async () => {
    const session = await open();
    await forget(session);
    const receipt = await killedAfter('record', 60);
    const looking = session.reattach(receipt, { signal, timeoutMs: 1500 });
    await expect(looking).rejects.toMatchObject({ code: 'FB_DEADLINE' });
    expect(await session.reattach(receipt, { signal, timeoutMs: 120_000 })).toBeNull();
    expect(await runs(session)).toBe(1);
  });

  it('is let go on purpose, and picked up twice: each time by the session id of the first', async () => {
    const session = await open();
    await forget(session);
    const first = await open();
    let receipt: JsonObject | undefined;
    const leaving = new AbortController();
    const call = first.invoke(
      { script: script(5) },
      {
        signal,
        timeoutMs: 120_000,
        detach: leaving.signal,
        onReceipt: async (given) => {
          receipt = given;
        },
        onRecord: () => leaving.abort(),
      },
    );
    await expect(call).rejects.toMatchObject({ code: 'FB_CANCELLED' });
    await first.close();
    const again = new AbortController();
    setTimeout(() => again.abort(), 500);
    const options = { signal: again.signal, timeoutMs: 120_000, detach: again.signal };
    await expect(session.reattach(receipt ?? {}, options)).rejects.toMatchObject({ code: 'FB_CANCELLED' });
    const found = (await session.reattach(receipt ?? {}, { signal, timeoutMs: 120_000 })) as Invocation<never>;
    expect(found.output).toEqual(whole);
    expect(await runs(session)).toBe(1);
  });

  it('goes on through a network that is away for a while', async () => {
    const session = await open();
    await forget(session);
    const running = session.invoke({ script: script(8) }, { signal, timeoutMs: 150_000 });
    await delay(1500);
    await lab.ask('trouble', { host: 'pc-01', kind: 'network-loss', options: { for: 3 } });
    expect((await running).output).toEqual(whole);
    expect(await runs(session)).toBe(1);
  });

  it('has its last answer lost with the network: the connection is lost, the output is not', async () => {
    const first = await open();
    await forget(first);
    let receipt: JsonObject = {};
    const onReceipt = async (given: JsonObject): Promise<void> => {
      receipt = given;
    };
    const running = first.invoke({ script: script(4) }, { signal, timeoutMs: 150_000, onReceipt });
    await delay(1500);
    await lab.ask('trouble', { host: 'pc-01', kind: 'network-loss', options: { for: 5 } });
    await expect(running).rejects.toMatchObject({ code: 'FB_CONNECT_LOST' });
    const session = await open();
    const found = (await session.reattach(receipt, { signal, timeoutMs: 120_000 })) as Invocation<never>;
    expect(found.output).toEqual(whole);
    expect(await runs(session)).toBe(1);
  });

  it('sessions of dead processes are ended by name; others, and those still needed, are left alone', async () => {
    const other = await open('somebody-else');
    const needed = await killedAfter('record', 60, 'to-sweep');
    const left = await killedAfter('record', 60, 'to-sweep');
    const session = await open('to-sweep');
    expect(await session.sweep?.([needed], { signal, timeoutMs: 120_000 })).toBe(1);
    expect(await session.reattach(left, { signal, timeoutMs: 120_000 })).toBeNull();
    expect((await other.invoke({ script: '1' }, { signal, timeoutMs: 120_000 })).output).toEqual([1]);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    await expect(
      session.reattach(needed, { signal: stop.signal, timeoutMs: 120_000, detach: stop.signal }),
    ).rejects.toMatchObject({ code: 'FB_CANCELLED' });
    expect(await session.sweep?.([], { signal, timeoutMs: 120_000 })).toBe(1);
  });
});
