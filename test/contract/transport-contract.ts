/**
 * What every transport must do, told against a machine of the lab whose engine is the real one. A transport's own test
 * calls `describeTransport` with a way of opening sessions; nothing here knows how they are carried.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  FirebreakError,
  HostCredential,
  type InvokeOptions,
  type Json,
  type OpenOptions,
  type ParameterValue,
  type Prompter,
  Secret,
  type Session,
  type StreamRecord,
} from '../../src/domain/index.ts';

export interface TransportUnderTest {
  /** A new session on the same machine. */
  open(more?: Partial<OpenOptions>): Promise<Session>;
  /** Sessions (runspaces, processes) that the machine still holds for us; absent where it cannot be told. */
  openSessions?(): Promise<number>;
  close(): Promise<void>;
}

export interface ContractOptions {
  /** A path on the machine below which files may be written, without a separator at its end. */
  readonly hostFolder?: string;
}

const { signal: never } = new AbortController();
const JAPANESE = '緊急パッチ適用 – 再起動が必要です 🔥 𠮷野家';

async function errorOf(promise: Promise<unknown>): Promise<FirebreakError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof FirebreakError) return thrown;
  throw new Error('a FirebreakError was expected', { cause: thrown });
}

/** Says that it has begun, then nothing until it is stopped; what it leaves behind then is read by the variable. */
function untilStopped(variable: string): string {
  return `try { 'begun'; while ($true) { Start-Sleep -Milliseconds 20 } } finally { $global:${variable} = 'stopped' }`;
}

export function describeTransport(
  name: string,
  start: () => Promise<TransportUnderTest>,
  { hostFolder = 'C:\\FirebreakContract' }: ContractOptions = {},
): void {
  describe(`contract of transports: ${name}`, () => {
    let transport: TransportUnderTest;
    let session: Session;
    const others: Session[] = [];

    const open = async (more: Partial<OpenOptions> = {}): Promise<Session> => {
      const opened = await transport.open({ signal: never, timeoutMs: 120_000, ...more });
      others.push(opened);
      return opened;
    };
    const options = (more: Partial<InvokeOptions> = {}): InvokeOptions => ({
      signal: never,
      timeoutMs: 120_000,
      ...more,
    });
    /** The output of a script that must not write errors. */
    const run = async <T extends Json = Json>(
      script: string,
      parameters: { readonly [name: string]: ParameterValue } = {},
      more: Partial<InvokeOptions> = {},
    ): Promise<readonly T[]> => {
      const { output, streams } = await session.invoke<T>({ script, parameters }, options(more));
      expect(streams.error).toEqual([]);
      return output;
    };

    beforeAll(async () => {
      transport = await start();
      session = await transport.open({ signal: never, timeoutMs: 120_000 });
    });
    afterEach(async () => {
      await Promise.all(others.splice(0).map((each) => each.close()));
    });
    afterAll(async () => {
      await session?.close();
      await transport?.close();
    });

    describe('values', () => {
      it('tells version and edition of the shell', () => {
        expect(session.shell.version).toMatch(/^\d+\.\d+/);
        expect(['Core', 'Desktop']).toContain(session.shell.edition);
      });

      it('gives typed output', async () => {
        const script = `$null; $true; 42; 9007199254740993; 1.10d; [double]::NaN; 'text'; , @(1, @(2, $null)); [ordered]@{ a = 1; b = 'x' }
          [datetime]::new(2008, 4, 11, 10, 42, 32, [DateTimeKind]::Utc); [timespan]::FromSeconds(90); , [byte[]](1, 2, 255); [System.DayOfWeek]::Friday; [char]'ä'; [guid]::Empty; [version]'1.2.3'`;
        expect(await run(script)).toEqual([
          null,
          true,
          42,
          '9007199254740993',
          '1.10',
          'NaN',
          'text',
          [1, [2, null]],
          { $type: 'System.Collections.Specialized.OrderedDictionary', a: 1, b: 'x' },
          '2008-04-11T10:42:32Z',
          'PT1M30S',
          'AQL/',
          'Friday',
          'ä',
          '00000000-0000-0000-0000-000000000000',
          '1.2.3',
        ]);
      });

      it('binds parameters of every kind as values, never as script', async () => {
        const parameters = {
          n: null,
          b: true,
          i: 7,
          l: 2 ** 40,
          d: 1.5,
          u: 2n ** 63n,
          s: `'; throw 'spliced' # $(throw 1) \`" ${JAPANESE}`,
          y: new Uint8Array([0, 128, 255]),
          t: new Date('2024-02-29T12:34:56.789Z'),
          a: [1, 'zwei', [null, true]],
          h: { key: 'value', 'two words': { deep: [1, 2] } },
        };
        const script = `param($n, $b, $i, $l, $d, $u, $s, $y, $t, $a, $h)
          $null -eq $n; $b; $i; $l; $d; $u; $s; , $y; $t.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fff'); $t.Kind.ToString()
          $b, $i, $l, $d, $u, $s, $t | ForEach-Object { $_.GetType().Name }; $y.GetType().Name; $a.Count; $a[1]; $a[2][1]; $h.key; $h['two words'].deep[1]`;
        expect(await run(script, parameters)).toEqual([
          true,
          true,
          7,
          2 ** 40,
          1.5,
          '9223372036854775808',
          parameters.s,
          'AID/',
          '2024-02-29T12:34:56.789',
          'Utc',
          'Boolean',
          'Int32',
          'Int64',
          'Double',
          'UInt64',
          'String',
          'DateTime',
          'Byte[]',
          3,
          'zwei',
          true,
          'value',
          2,
        ]);
      });

      it('keeps text whole in both directions, whatever is in it', async () => {
        const texts = [
          JAPANESE,
          'a\r\nb\tc',
          '_x000D_ _x_ <&>"\']]>',
          '\u0000\u0001\u001f\u007f\u0085\ufffe',
          '',
          '\ud800',
        ];
        expect(await run('param($t) $t', { t: texts })).toEqual(texts);
        expect(await run('param($t) $t | ForEach-Object { $_.Length }', { t: texts })).toEqual(
          texts.map((text) => text.length),
        );
      });

      it('brings secrets to the host and prints none', async () => {
        const secret = new Secret(`geheim ${JAPANESE}`);
        const credential = new HostCredential('CORP\\svc-patch', new Secret('pä$$wörd'));
        const output = await run(
          `param($s, $c) $s.GetType().FullName; $s.Length; $c.GetType().FullName; $c.UserName
           $c.GetNetworkCredential().Password -ceq "p$([char]0xe4)\`$\`$w$([char]0xf6)rd"; $s; $c`,
          { s: secret, c: credential },
        );
        expect(output).toMatchObject([
          'System.Security.SecureString',
          secret.reveal().length,
          'System.Management.Automation.PSCredential',
          'CORP\\svc-patch',
          true,
          '•••',
          { UserName: 'CORP\\svc-patch', Password: '•••' },
        ]);
        expect(JSON.stringify(output)).not.toMatch(/geheim|w\u00f6rd/);
      });
    });

    describe('secrets of the host', () => {
      it('arrive masked, the host asking for our key by itself', async () => {
        const fresh = await open();
        const script = "$s = New-Object System.Security.SecureString; $s.AppendChar('x'); $s; 'after'";
        expect((await fresh.invoke({ script }, options())).output).toEqual(['•••', 'after']);
      });
    });

    describe('streams', () => {
      it('gives the records of all streams in order, as they come', async () => {
        const seen: StreamRecord[] = [];
        const script = `$VerbosePreference = $DebugPreference = 'Continue'
          Write-Output 1; Write-Error 'bad' -ErrorAction Continue; Write-Output 2; Write-Warning 'careful'; Write-Output 3; Write-Verbose 'v'; Write-Debug 'd'
          Write-Information 'i'; Write-Progress -Activity 'a' -Status 's' -PercentComplete 40; Write-Host 'h'; 'end'`;
        const result = await session.invoke({ script }, options({ onRecord: (record) => seen.push(record) }));
        expect(seen.map(({ stream }) => stream)).toEqual([
          'output',
          'error',
          'output',
          'warning',
          'output',
          'verbose',
          'debug',
          'information',
          'progress',
          'information',
          'output',
        ]);
        expect(result.output).toEqual([1, 2, 3, 'end']);
        expect(result.streams).toMatchObject({
          error: [{ message: 'bad' }],
          warning: ['careful'],
          verbose: ['v'],
          debug: ['d'],
          information: ['i', 'h'],
          progress: [{ activity: 'a', status: 's', percentComplete: 40 }],
        });
      });

      it('gives a record while the pipeline still runs', async () => {
        const cancel = new AbortController();
        const call = session.invoke(
          { script: "'first'; while ($true) { Start-Sleep -Milliseconds 20 }" },
          options({ signal: cancel.signal, onRecord: () => cancel.abort() }),
        );
        expect((await errorOf(call)).code).toBe('FB_CANCELLED');
      });

      it('throws for a terminating error, with what came before it, and stays usable', async () => {
        const error = await errorOf(session.invoke({ script: "'before'; throw 'it broke'" }, options()));
        expect(error.code).toBe('FB_INVOKE_FAILED');
        expect(error.message).toContain('it broke');
        expect(error.details).toMatchObject({ invocation: { output: ['before'] }, error: { message: 'it broke' } });
        expect(await run("'still here'")).toEqual(['still here']);
      });

      it('reports a script that cannot be parsed', async () => {
        const error = await errorOf(session.invoke({ script: 'if (' }, options()));
        expect(error.code).toBe('FB_INVOKE_FAILED');
        expect(await run('1')).toEqual([1]);
      });

      it('passes on what the receiver of records throws, stops the script and stays usable', async () => {
        const boom = new Error('receiver broke');
        const call = session.invoke(
          { script: '1; while ($true) { Start-Sleep -Milliseconds 20 }' },
          options({
            onRecord: () => {
              throw boom;
            },
          }),
        );
        await expect(call).rejects.toBe(boom);
        expect(await run('2')).toEqual([2]);
      });
    });

    describe('input', () => {
      it('streams objects into the pipeline', async () => {
        const input = ['a', 2, null, [1, 2], { k: JAPANESE }];
        const script = 'process { if ($null -eq $_) { "null" } else { $_.GetType().Name } } end { "end" }';
        expect(await run(script, {}, { input })).toEqual(['String', 'Int32', 'null', 'ArrayList', 'Hashtable', 'end']);
      });

      it('sends each object as it comes and takes output meanwhile', async () => {
        let echoed: (value: Json) => void = () => undefined;
        async function* questions(): AsyncGenerator<number> {
          for (let number = 1; number <= 5; number += 1) {
            const answer = new Promise<Json>((resolve) => {
              echoed = resolve;
            });
            yield number;
            // the next is made only when this one came back
            expect(await answer).toBe(number * 10);
          }
        }
        const onRecord = (record: StreamRecord): void => {
          if (record.stream === 'output') echoed(record.value);
        };
        expect(await run('process { $_ * 10 }', {}, { input: questions(), onRecord })).toEqual([10, 20, 30, 40, 50]);
      });

      it('carries much input, large objects too', async () => {
        const large = 'x'.repeat(700_000);
        const input = [...Array.from({ length: 500 }, (_, index) => `line ${index}`), large, new Uint8Array(300_000)];
        const script = 'begin { $n = 0; $c = 0 } process { $n++; $c += $_.Length } end { $n; $c }';
        const length = input.reduce((sum, each) => sum + each.length, 0);
        expect(await run(script, {}, { input })).toEqual([502, length]);
      });

      it('ends with the pipeline, however much input there would be', async () => {
        let isLetGo = false;
        async function* endless(): AsyncGenerator<number> {
          try {
            for (let number = 0; ; number += 1) yield number;
          } finally {
            isLetGo = true;
          }
        }
        const script = "process { $_; if ($_ -ge 3) { throw 'enough' } }";
        const error = await errorOf(session.invoke({ script }, options({ input: endless() })));
        expect(error.message).toContain('enough');
        expect(await run("'usable'")).toEqual(['usable']);
        expect(isLetGo).toBe(true);
      });

      it('passes on what the input throws, and stays usable', async () => {
        const boom = new Error('input broke');
        async function* broken(): AsyncGenerator<number> {
          yield 1;
          throw boom;
        }
        await expect(session.invoke({ script: '$input' }, options({ input: broken() }))).rejects.toBe(boom);
        expect(await run("'usable'")).toEqual(['usable']);
      });
    });

    describe('time', () => {
      it('stops the script on the host at the deadline', async () => {
        const key = `FB${randomBytes(6).toString('hex')}`;
        let hasBegun = false;
        const onRecord = (): void => {
          hasBegun = true;
        };
        // on a busy machine the script may not begin before the first deadlines
        for (let timeoutMs = 700; !hasBegun; timeoutMs *= 2) {
          const error = await errorOf(session.invoke({ script: untilStopped(key) }, options({ timeoutMs, onRecord })));
          expect(error.code).toBe('FB_DEADLINE');
        }
        expect(await run(`$global:${key}`)).toEqual(['stopped']);
      });

      it('stops the script on the host when the caller cancels, also one that says nothing more', async () => {
        const key = `FB${randomBytes(6).toString('hex')}`;
        const cancel = new AbortController();
        const onRecord = (): void => void setTimeout(() => cancel.abort(), 100);
        const call = session.invoke({ script: untilStopped(key) }, options({ signal: cancel.signal, onRecord }));
        expect((await errorOf(call)).code).toBe('FB_CANCELLED');
        expect(await run(`$global:${key}`)).toEqual(['stopped']);
      });

      it('begins nothing for a caller who has given up already', async () => {
        const key = `FB${randomBytes(6).toString('hex')}`;
        const call = session.invoke({ script: `$global:${key} = 1` }, options({ signal: AbortSignal.abort() }));
        expect((await errorOf(call)).code).toBe('FB_CANCELLED');
        expect(await run(`Test-Path variable:global:${key}`)).toEqual([false]);
      });
    });

    describe('many and much', () => {
      it('keeps state from call to call', async () => {
        await run('$global:FbContract = 41');
        expect(await run('$global:FbContract + 1')).toEqual([42]);
      });

      it('runs a hundred calls in sequence', async () => {
        for (let number = 0; number < 100; number += 1)
          expect(await run('param($n) $n', { n: number })).toEqual([number]);
      });

      it('queues calls that are made at once, in their order', async () => {
        const calls = Array.from({ length: 12 }, (_, index) => run('param($i) $i', { i: index }));
        expect((await Promise.all(calls)).flat()).toEqual(Array.from({ length: 12 }, (_, index) => index));
      });

      it('keeps two sessions on one machine apart', async () => {
        const [one, two] = await Promise.all([open(), open()]);
        await one.invoke({ script: "$global:FbOnly = 'one'" }, options());
        expect((await two.invoke({ script: '$null -eq $global:FbOnly' }, options())).output).toEqual([true]);
      });

      it('brings five megabytes back whole', async () => {
        const script = `$line = 'ab\u65e5' * 350; 1..5000 | ForEach-Object { "$_ $line" }`;
        const output = await run<string>(script, {}, { timeoutMs: 120_000 });
        expect(output).toHaveLength(5000);
        const line = 'ab日'.repeat(350);
        expect(output.every((text, index) => text === `${index + 1} ${line}`)).toBe(true);
      });

      it('brings one large object back, and a large script there', async () => {
        const filler = `# ${'x'.repeat(900_000)}\n`;
        const [text] = await run<string>(`${filler}'y' * 2000000`);
        expect(text?.length).toBe(2_000_000);
      });
    });

    describe('modules', () => {
      it('calls a function of a module of ours, loading it when first used', async () => {
        const fresh = await open();
        const call = {
          module: 'Firebreak.Host',
          function: 'Get-FbFileHash',
          parameters: { Path: `${hostFolder}\\none` },
        };
        const { output } = await fresh.invoke<{ Exists: boolean }>(call, options());
        expect(output).toMatchObject([{ Exists: false }]);
        await expect(fresh.invoke(call, options())).resolves.toMatchObject({ output: [{ Exists: false }] });
      });
    });

    describe('files', () => {
      const content = randomBytes(1_500_000);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const source = (from: number): Readable => Readable.from([content.subarray(from)]);

      it('pushes a file, does not push it twice, and fetches it back', async () => {
        const destination = `${hostFolder}\\ファイル ${randomBytes(4).toString('hex')}.bin`;
        const within = { signal: never, timeoutMs: 120_000 };
        const progress: number[] = [];
        const onProgress = (bytes: number): void => {
          progress.push(bytes);
        };
        const pushed = await session.push(source, destination, { ...within, sha256, onProgress });
        expect(pushed).toEqual({ bytes: content.length, sha256, skipped: false });
        expect(progress.at(-1)).toBe(content.length);
        expect((await session.push(source, destination, { ...within, sha256 })).skipped).toBe(true);
        const folder = await mkdtemp(join(tmpdir(), 'fb-contract-'));
        try {
          const copy = join(folder, 'copy.bin');
          expect(await session.fetch(destination, copy, within)).toMatchObject({ bytes: content.length, sha256 });
          expect((await readFile(copy)).equals(content)).toBe(true);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      });

      it('refuses a file whose content is not what its hash says', async () => {
        const destination = `${hostFolder}\\wrong-${randomBytes(4).toString('hex')}.bin`;
        const wrong = { signal: never, timeoutMs: 120_000, sha256: '0'.repeat(64) };
        expect((await errorOf(session.push(source, destination, wrong))).code).toBe('FB_TRANSFER_HASH');
        expect(await run('param($p) Test-Path -LiteralPath $p', { p: destination })).toEqual([false]);
      });
    });

    describe('prompts', () => {
      const asked: string[] = [];
      const prompter: Prompter = {
        readLine: async (question) => {
          asked.push(question);
          return `line ${JAPANESE}`;
        },
        readSecret: async (question) => {
          asked.push(question);
          return new Secret('pä$$');
        },
        choose: async (question, choices, preset) => {
          asked.push(`${question} ${choices.join('|')} ${preset}`);
          return 1;
        },
      };

      it('puts what a script asks to the user', async () => {
        const interactive = await open({ prompter });
        const script = `$ui = $host.UI; $ui.ReadLine(); $ui.ReadLineAsSecureString().Length
          $ui.PromptForChoice('Caption', 'Go on?', [System.Management.Automation.Host.ChoiceDescription[]]('&Yes', '&No'), 0)
          $c = $ui.PromptForCredential('Caption', 'Who?', 'CORP\\me', ''); $c.UserName; $c.GetNetworkCredential().Password.Length
          $f = New-Object System.Management.Automation.Host.FieldDescription 'Color'; $ui.Prompt('Caption', 'Fields', @($f))['Color']`;
        const { output, streams } = await interactive.invoke({ script }, options());
        expect(streams.error).toEqual([]);
        expect(output).toEqual([`line ${JAPANESE}`, 4, 1, 'CORP\\me', 4, `line ${JAPANESE}`]);
        expect(asked[2]).toBe('Caption: Go on? Yes|No 0');
        expect(asked).toHaveLength(5);
      });

      it('shows Write-Host once, with a user and without', async () => {
        const script = "Write-Host 'one'; Write-Host 'two' -NoNewline; Write-Host 'one'";
        const interactive = await open({ prompter });
        for (const each of [session, interactive]) {
          expect((await each.invoke({ script }, options())).streams.information).toEqual(['one', 'two', 'one']);
        }
      });

      it('refuses at once what a script asks when there is nobody', async () => {
        const script =
          "try { $host.UI.PromptForChoice('c', 'm', [System.Management.Automation.Host.ChoiceDescription[]]('&A'), 0) } catch { 'refused' }";
        expect(await run(script)).toEqual(['refused']);
      });
    });

    describe('closing', () => {
      it('refuses calls afterwards, and closes twice without harm', async () => {
        const closed = await open();
        await closed.close();
        await closed.close();
        expect((await errorOf(closed.invoke({ script: '1' }, options()))).code).toBe('FB_SESSION_CLOSED');
      });

      it('ends a running call', async () => {
        const closing = await open();
        const call = closing.invoke(
          { script: '1; while ($true) { Start-Sleep -Milliseconds 20 }' },
          options({ onRecord: () => void closing.close() }),
        );
        expect((await errorOf(call)).code).toBe('FB_SESSION_CLOSED');
      });

      it('frees what the host held', async () => {
        const count = await transport.openSessions?.();
        const one = await open();
        await one.invoke({ script: '1' }, options());
        if (count !== undefined) expect(await transport.openSessions?.()).toBe(count + 1);
        await one.close();
        if (count !== undefined) expect(await transport.openSessions?.()).toBe(count);
      });
    });
  });
}
