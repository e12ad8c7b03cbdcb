/**
 * What a transport must do when something breaks at a message of a session: end in success or in one clear error within its
 * deadline, run the command at most once, and leave the way free for a new session. The peer is the lab's real engine; what
 * breaks is in the hands of a man in the middle that the transport's own test brings. (Jest fails a test by itself for a
 * rejection that nobody handles.)
 *
 * Cases run several at once, as most of them wait; each has its own way to the host. Their tests tell of them in order.
 *
 * A busy machine may let a short deadline pass before the session comes to the message at which something is to break. Such a
 * run has shown nothing, so it is repeated with a longer deadline; a case that never breaks anything has failed.
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
  /** Told where the session is. */
  phase?(phase: Phase): void;
  /** Nothing more goes wrong. */
  disarm(): void;
  end(): Promise<void>;
}
export type Phase = 'open' | 'invoke' | 'close';

export interface FaultBed<Case extends FaultCase> {
  readonly transport: Transport;
  /** How many cases may go on together. */
  readonly atOnce?: number;
  /** A way of its own for each run of a case: what is left of one must not come to the next one's. */
  way(of: Case, index: number, run: number): Promise<FaultyWay>;
  /** How often the machine ran the command of that name. */
  runs(): Promise<ReadonlyMap<string, number>>;
  end(): Promise<void>;
}

/** Milliseconds for a call that waits until then; of the first run, and of each repetition. */
const WAITING_MS = [3_000, 10_000, 30_000, 90_000] as const;
/** How often a case is run at most. */
export const RUNS = WAITING_MS.length;
/** Milliseconds for one that does not: nothing is as slow as that. */
const PATIENT_MS = 120_000;
/** Milliseconds beyond its deadline after which something counts as hanging; long, as the machine may be busy. */
const SLACK_MS = 30_000;
/** Milliseconds for a test: more than all runs of a case can take. */
const TEST_MS = 900_000;
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
  readonly fired: boolean;
  /** Of all its runs. */
  readonly hanging: readonly string[];
  readonly doubled: readonly string[];
  /** Name under which the last run counted. */
  readonly name: string;
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
    }, TEST_MS);
    afterAll(async () => {
      await everything;
      await bed?.end();
    }, TEST_MS);

    const titled = cases.map((each) => [each.title, each] as const);
    const check = async (each: Case): Promise<void> => {
      const result = await results.get(each)!;
      expect(result.hanging).toEqual([]);
      expect(result.fired).toBe(true);
      expect(result.doubled).toEqual([]);
      expect(result.afterwards).toEqual(['works']);
      const count = (await bed.runs()).get(result.name) ?? 0;
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
    };
    it.each(titled)('%s', (_title, each) => check(each), TEST_MS);

    const nothingTwice = async (): Promise<void> => {
      await everything;
      const counts = [...(await bed.runs()).values()];
      expect(counts.filter((count) => count !== 1)).toEqual([]);
      // the cases with success have run at least
      expect(counts.length).toBeGreaterThanOrEqual(cases.filter(({ expected }) => expected === 'success').length);
    };
    it('nothing has run twice, nor runs yet', nothingTwice, TEST_MS);
  });
}

/** Runs the case until its fault has happened. */
async function suffer<Case extends FaultCase>(bed: FaultBed<Case>, each: Case, index: number): Promise<Result> {
  const hanging: string[] = [];
  const doubled: string[] = [];
  for (let run = 0; ; run += 1) {
    const way = await bed.way(each, index, run);
    const name = `Case${index}Run${run}`;
    const waitingMs = WAITING_MS[run] ?? PATIENT_MS;
    try {
      const { session, output, error } = await begin(bed.transport, way, each, { name, waitingMs, hanging });
      const quietUntil = performance.now() + waitingMs;
      while (each.isInQuiet === true && !way.fired && performance.now() < quietUntil) await sleep(20);
      way.phase?.('close');
      if (session !== undefined) await within(hanging, 'close', PATIENT_MS, session.close());
      way.disarm();
      const { fired } = way;
      if (!fired && run + 1 < RUNS) continue;
      const again = bed.transport.open(way.target, { signal, timeoutMs: PATIENT_MS, name });
      const afterwards = await within(hanging, 'a new session', PATIENT_MS, anew(again));
      return { output, error, fired, hanging, doubled, name, afterwards };
    } finally {
      doubled.push(...way.doubled);
      await way.end();
    }
  }
}

interface Begun {
  readonly session: Session | undefined;
  readonly output: readonly unknown[] | undefined;
  readonly error: unknown;
}

/** Opens a session and calls the command in it. */
async function begin(
  transport: Transport,
  way: FaultyWay,
  { waits }: FaultCase,
  { name, waitingMs, hanging }: { readonly name: string; readonly waitingMs: number; readonly hanging: string[] },
): Promise<Begun> {
  const deadlineOf = (what: string): number => (what === waits ? waitingMs : PATIENT_MS);
  let session: Session | undefined;
  try {
    way.phase?.('open');
    const openMs = deadlineOf('open');
    session = await within(hanging, 'open', openMs, transport.open(way.target, { signal, timeoutMs: openMs, name }));
    if (session === undefined) return { session, output: undefined, error: undefined };
    way.phase?.('invoke');
    const call = { script: COUNTED, parameters: { Name: name } };
    const invokeMs = deadlineOf('invoke');
    const invoked = session.invoke(call, { signal, timeoutMs: invokeMs, input: ['a'] });
    return { session, output: (await within(hanging, 'invoke', invokeMs, invoked))?.output, error: undefined };
  } catch (error) {
    return { session, output: undefined, error };
  }
}

/** Undefined, and told among what hangs: it has not ended some time after its deadline. */
async function within<T>(
  hanging: string[],
  what: string,
  deadlineMs: number,
  promise: Promise<T>,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => {
      hanging.push(what);
      done(undefined);
    }, deadlineMs + SLACK_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
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
