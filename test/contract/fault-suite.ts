/**
 * What a transport must do when something breaks at a message of a session: end in success or in one clear error within its
 * deadline, run the command at most once, and leave the way free for a new session. The peer is the lab's real engine; what
 * breaks is in the hands of a man in the middle that the transport's own test brings. (Jest fails a test by itself for a
 * rejection that nobody handles.)
 *
 * Cases run several at once, as most of them wait; each has its own way to the host. Their tests tell of them in order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERROR_CODES, FirebreakError, type Session, type Target, type Transport } from '../../src/domain/index.ts';
import type { TestLab } from '../lab/support/lab.ts';

/** What the call must come to. `error`: the command may have run. `not begun`: an error, and the host never ran it. */
export type Expected = 'success' | 'error' | 'not begun' | 'either';

export interface FaultCase {
  readonly title: string;
  readonly expected: Expected;
  /** Which call the fault lets wait until its deadline, which is then a short one. */
  readonly waits?: 'open' | 'invoke' | undefined;
  /** It happens when nothing is asked of the session for a moment: that is waited for before it is closed. */
  readonly isInQuiet?: boolean;
}

/** One case's own way to the host. */
export interface FaultyWay {
  readonly target: Target;
  /** The fault has happened. */
  readonly fired: boolean;
  /** Messages that may reach the host once, and did twice. */
  readonly doubled: readonly string[];
  /** Told where the session is: `open`, `invoke`, `close`; `healed`: nothing more goes wrong. */
  phase?(phase: Phase): void;
  end(): Promise<void>;
}
export type Phase = 'open' | 'invoke' | 'close' | 'healed';

export interface FaultBed<Case extends FaultCase> {
  readonly transport: Transport;
  /** How many cases may go on together. */
  readonly atOnce?: number;
  way(of: Case, index: number): Promise<FaultyWay>;
  /** How often the machine ran the command of that name. */
  runs(): Promise<ReadonlyMap<string, number>>;
  end(): Promise<void>;
}

/** Milliseconds for a call that waits until then. */
const WAITING_MS = 6_000;
/** Milliseconds for one that does not. */
const PATIENT_MS = 30_000;
/** Milliseconds beyond its deadline after which something counts as hanging; long, as the machine may be busy. */
const SLACK_MS = 15_000;
const AT_ONCE = 20;
const { signal } = new AbortController();

/** Counts its runs, then takes input. */
const COUNTED = `param($Name)
begin {
  $key = 'HKLM:\\SOFTWARE\\Faults'
  $runs = 0
  try { $runs = [int](Get-ItemProperty -Path $key -Name $Name -ErrorAction Stop).$Name } catch { }
  Set-ItemProperty -Path $key -Name $Name -Value ($runs + 1)
}
process { "got $_" }
end { 'end' }`;

interface Result {
  /** What the call gave, or threw. */
  readonly output: readonly unknown[] | undefined;
  readonly error: unknown;
  readonly hanging: readonly string[];
  readonly fired: boolean;
  readonly doubled: readonly string[];
  /** Of a new session after the fault. */
  readonly afterwards: unknown;
}

/** How often each case's command ran, as the machines themselves say. */
export async function runsOn(lab: TestLab, hosts: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const runs = new Map<string, number>();
  for (const host of hosts) {
    const key = await lab.ask<CountedKey | null>('registry', { host, key: 'HKLM\\SOFTWARE\\Faults' });
    for (const [name, { value }] of Object.entries(key?.values ?? {}))
      if (name !== 'Warm') runs.set(name, (runs.get(name) ?? 0) + value);
  }
  return runs;
}

/** The first session of a machine takes longer than the others; it also makes the key in which they count. */
export async function warmUp(transport: Transport, target: Target): Promise<void> {
  const session = await transport.open(target, { signal, timeoutMs: PATIENT_MS });
  await session.invoke(
    { script: "$null = New-Item -Path 'HKLM:\\SOFTWARE\\Faults' -Force" },
    { signal, timeoutMs: PATIENT_MS },
  );
  await session.invoke(
    { script: COUNTED, parameters: { Name: 'Warm' } },
    { signal, timeoutMs: PATIENT_MS, input: [1] },
  );
  await session.close();
}

interface CountedKey {
  readonly values?: Readonly<Record<string, { readonly value: number }>>;
}

export function describeFaults<Case extends FaultCase>(
  name: string,
  cases: readonly Case[],
  start: () => Promise<FaultBed<Case>>,
): void {
  describe(`faults: ${name}`, () => {
    let bed: FaultBed<Case>;
    const results = new Map<Case, Promise<Result>>();
    let everything: Promise<unknown> = Promise.resolve();

    beforeAll(async () => {
      bed = await start();
      const gate = new Gate(bed.atOnce ?? AT_ONCE);
      cases.forEach((each, index) => {
        const result = gate.run(() => suffer(bed, each, index));
        result.catch(() => undefined);
        results.set(each, result);
      });
      everything = Promise.allSettled(results.values());
    });
    afterAll(async () => {
      await everything;
      await bed?.end();
    });

    it.each(cases.map((each, index) => [each.title, each, index] as const))('%s', async (_title, each, index) => {
      const result = await results.get(each)!;
      expect(result.hanging).toEqual([]);
      expect(result.fired).toBe(true);
      expect(result.doubled).toEqual([]);
      expect(result.afterwards).toEqual(['works']);
      const count = (await bed.runs()).get(nameOf(index)) ?? 0;
      if (result.error === undefined) {
        expect(result.output).toEqual(['got a', 'end']);
        expect(count).toBe(1);
        expect(['success', 'either']).toContain(each.expected);
        return;
      }
      expectClear(result.error);
      // the error is part of the message, so that a failure of this test says which one it was
      expect(`${each.expected}: ${textOf(result.error)}`).toMatch(/^(?:error|not begun|either): /);
      expect(count).toBeLessThanOrEqual(each.expected === 'not begun' ? 0 : 1);
    });

    it('nothing has run twice, nor runs yet', async () => {
      await everything;
      const counts = [...(await bed.runs()).values()];
      expect(counts.filter((count) => count !== 1)).toEqual([]);
      // the cases with success have run at least
      expect(counts.length).toBeGreaterThanOrEqual(cases.filter(({ expected }) => expected === 'success').length);
    });
  });
}

async function suffer<Case extends FaultCase>(bed: FaultBed<Case>, each: Case, index: number): Promise<Result> {
  const way = await bed.way(each, index);
  const hanging: string[] = [];
  const deadlineOf = (what: string): number => (what === each.waits ? WAITING_MS : PATIENT_MS);
  const within = async <T>(what: string, promise: Promise<T>): Promise<T | undefined> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((done) => {
      timer = setTimeout(() => {
        hanging.push(what);
        done(undefined);
      }, deadlineOf(what) + SLACK_MS);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  };
  const open = (timeoutMs: number): Promise<Session> =>
    bed.transport.open(way.target, { signal, timeoutMs, name: `faults ${index}` });
  let session: Session | undefined;
  let output: readonly unknown[] | undefined;
  let error: unknown;
  try {
    way.phase?.('open');
    session = await within('open', open(deadlineOf('open')));
    way.phase?.('invoke');
    const call = { script: COUNTED, parameters: { Name: nameOf(index) } };
    const invoked = session?.invoke(call, { signal, timeoutMs: deadlineOf('invoke'), input: ['a'] });
    output = (await within('invoke', invoked ?? Promise.resolve(undefined)))?.output;
  } catch (thrown) {
    error = thrown;
  }
  try {
    const quietUntil = performance.now() + WAITING_MS;
    while (each.isInQuiet === true && !way.fired && performance.now() < quietUntil) await sleep(20);
    way.phase?.('close');
    if (session !== undefined) await within('close', session.close());
    way.phase?.('healed');
    const afterwards = await within('a new session', anew(open(PATIENT_MS)));
    return { output, error, hanging, fired: way.fired, doubled: way.doubled, afterwards };
  } finally {
    await way.end();
  }
}

/** The output of a new session, or what it threw; sessions that the fault has left on the host are ended by it. */
async function anew(opening: Promise<Session>): Promise<unknown> {
  try {
    const session = await opening;
    await session.sweep?.([], { signal, timeoutMs: PATIENT_MS });
    const { output } = await session.invoke({ script: "'works'" }, { signal, timeoutMs: PATIENT_MS });
    await session.close();
    return output;
  } catch (error) {
    return textOf(error);
  }
}

function expectClear(error: unknown): void {
  expect(error).toBeInstanceOf(FirebreakError);
  const { code, message, remedy } = error as FirebreakError;
  expect(Object.keys(ERROR_CODES)).toContain(code);
  expect(code).not.toBe('FB_BUG');
  expect(message).toMatch(/^\S[^\r\n]*$/);
  expect(message.length).toBeLessThan(500);
  // one line of remedy, whatever went wrong
  expect([code, message, remedy]).toEqual([code, message, expect.stringMatching(/^\S[^\r\n]*$/)]);
  // printable: no bytes of the garbage
  expect(message).not.toMatch(/[\p{Cc}\ufffd]/u);
}

function nameOf(index: number): string {
  return `Case${index}`;
}

function textOf(error: unknown): string {
  return error instanceof FirebreakError ? `${error.code} ${error.message}` : String(error);
}

/** So many at once. */
class Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else
      await new Promise<void>((done) => {
        this.#waiting.push(done);
      });
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
