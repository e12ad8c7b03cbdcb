/** PowerShell on this machine, started by node-powershell; the peer is the lab engine. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HostCredential, Secret, type Session, type StreamRecord } from '../../../src/domain/index.ts';
import { createLocalTransport } from '../../../src/transports/local/index.ts';
import { createLabPowerShell, type LabPowerShell, localTarget } from './support/lab-powershell.ts';

const TIMEOUT_MS = 120_000;
const CANARY = 'geh-31337-im';

let shell: LabPowerShell;
let session: Session;
const { signal } = new AbortController();
const options = { signal, timeoutMs: TIMEOUT_MS };

beforeAll(async () => {
  shell = createLabPowerShell();
  session = await createLocalTransport().open(localTarget({ shell: shell.program }), options);
});

afterAll(async () => {
  await session?.close();
  shell?.remove();
});

/** Of the one that was started last. */
function processOf(which: LabPowerShell): number {
  return which.running().at(-1) ?? Number.NaN;
}

describe('a local session', () => {
  it('knows its shell', () => {
    expect(session.shell.edition).toBe('Desktop');
    expect(session.shell.version).toMatch(/^5\.1\./);
  });

  it('gives typed output and every stream apart, as they come', async () => {
    const records: StreamRecord[] = [];
    const script = `Write-Warning w; 1; Write-Error e; 'two'; Write-Verbose v -Verbose; Write-Debug d -Debug:$true
      Write-Host h; Write-Progress -Activity a -Status s -PercentComplete 5; [pscustomobject]@{ a = 1; b = @(1, 'x') }`;
    const { output, streams } = await session.invoke(
      { script },
      { ...options, onRecord: (record) => records.push(record) },
    );
    expect(output).toMatchObject([1, 'two', { a: 1, b: [1, 'x'] }]);
    expect(streams).toMatchObject({
      warning: ['w'],
      verbose: ['v'],
      debug: ['d'],
      information: ['h'],
      error: [{ message: 'e' }],
      progress: [{ activity: 'a', status: 's', percentComplete: 5 }],
    });
    const order = ['warning', 'output', 'error', 'output', 'verbose', 'debug', 'information', 'progress', 'output'];
    expect(records.map(({ stream }) => stream)).toEqual(order);
  });

  it('binds parameters, never splices them', async () => {
    const evil = `'; throw 'spliced'; $(throw 1) "\`\r\n\u0000ü€😀`;
    const script = 'param($Text, $Number, $List, $Map, $Bytes) $Text; $Number; $List.Count; $Map.key; $Bytes.Length';
    const parameters = {
      Text: evil,
      Number: 2n ** 60n,
      List: [1, [2]],
      Map: { key: 'v' },
      Bytes: new Uint8Array([1, 2]),
    };
    const { output } = await session.invoke({ script, parameters }, options);
    expect(output).toEqual([evil, String(2n ** 60n), 2, 'v', 2]);
  });

  it('takes input while the pipeline runs', async () => {
    const script = 'process { $_ * 2 }';
    const { output } = await session.invoke({ script }, { ...options, input: [1, 2, 3] });
    expect(output).toEqual([2, 4, 6]);
  });

  it('keeps its state and its modules from call to call', async () => {
    await session.invoke({ script: '$global:kept = 7' }, options);
    const { output } = await session.invoke({ script: '$kept' }, options);
    expect(output).toEqual([7]);
    const call = { module: 'Firebreak.Core', function: 'Get-FbArchitecture', parameters: {} };
    await expect(session.invoke(call, options)).resolves.toMatchObject({ output: [expect.anything()] });
  });

  it('tells a terminating error from its message to its id', async () => {
    const failed = session.invoke({ script: '1; throw "no way"' }, options);
    await expect(failed).rejects.toMatchObject({
      code: 'FB_INVOKE_FAILED',
      message: expect.stringContaining('no way'),
      details: { error: { fullyQualifiedErrorId: 'no way' }, invocation: { output: [1] } },
    });
  });

  it('gives secrets as SecureString and PSCredential; they are in no argument list', async () => {
    const script = `param([securestring] $Secret, [pscredential] $Login)
      (New-Object System.Net.NetworkCredential '', $Secret).Password.Length
      $Login.UserName; $Login.GetNetworkCredential().Password.Length`;
    const parameters = { Secret: new Secret(CANARY), Login: new HostCredential('CORP\\alice', new Secret(CANARY)) };
    const { output } = await session.invoke({ script, parameters }, options);
    expect(output).toEqual([CANARY.length, 'CORP\\alice', CANARY.length]);
    expect(readFileSync(`/proc/${processOf(shell)}/cmdline`, 'latin1')).not.toContain(CANARY);
    expect(readFileSync(`/proc/${processOf(shell)}/environ`, 'latin1')).not.toContain(CANARY);
  });

  it('stops a pipeline at its deadline, and at an abort, and goes on', async () => {
    const script = 'Start-Sleep -Seconds 600';
    const late = session.invoke({ script }, { signal, timeoutMs: 50 });
    await expect(late).rejects.toMatchObject({ code: 'FB_DEADLINE' });
    const controller = new AbortController();
    const aborted = session.invoke(
      { script: `1; ${script}` },
      {
        signal: controller.signal,
        timeoutMs: TIMEOUT_MS,
        onRecord: () => controller.abort(),
      },
    );
    await expect(aborted).rejects.toMatchObject({ code: 'FB_CANCELLED' });
    await expect(session.invoke({ script: '$kept' }, options)).resolves.toMatchObject({ output: [7] });
  });

  it('starts PowerShell without a profile', () => {
    expect(readFileSync(shell.log, 'utf8')).toMatch(/^\d+ (?=.*-s\b)(?=.*-NoProfile\b)/);
  });
});

describe('files of a local session', () => {
  const content = Buffer.alloc(3 * 1024 * 1024 + 17, 'firebreak');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const from = (start: number): Readable => Readable.from([content.subarray(start)]);

  it('copies in, makes the folder, says that it was there already', async () => {
    const destination = join(shell.folder, 'in', 'deep', 'file.bin');
    const seen: number[] = [];
    const first = session.push(from, destination, { ...options, sha256, onProgress: (bytes) => seen.push(bytes) });
    await expect(first).resolves.toEqual({ bytes: content.length, sha256, skipped: false });
    expect(readFileSync(destination).equals(content)).toBe(true);
    expect(seen.at(-1)).toBe(content.length);
    const again = session.push(from, destination, { ...options, sha256 });
    await expect(again).resolves.toEqual({ bytes: content.length, sha256, skipped: true });
  });

  it('goes on where an interrupted copy stopped, and starts again when what was left is damaged', async () => {
    const destination = join(shell.folder, 'resumed.bin');
    const part = `${destination}.${sha256.slice(0, 8)}.part`;
    const starts: number[] = [];
    const watched = (start: number): Readable => {
      starts.push(start);
      return from(start);
    };
    writeFileSync(part, content.subarray(0, 1000));
    await session.push(watched, destination, { ...options, sha256 });
    expect(starts).toEqual([1000]);
    expect(readFileSync(destination).equals(content)).toBe(true);
    writeFileSync(destination, 'another');
    writeFileSync(part, Buffer.alloc(1000));
    await session.push(watched, destination, { ...options, sha256 });
    expect(starts).toEqual([1000, 1000, 0]);
    expect(readFileSync(destination).equals(content)).toBe(true);
  });

  it('refuses content with another hash and leaves nothing', async () => {
    const destination = join(shell.folder, 'wrong.bin');
    const wanted = '0'.repeat(64);
    const wrong = session.push(from, destination, { ...options, sha256: wanted });
    await expect(wrong).rejects.toMatchObject({ code: 'FB_TRANSFER_HASH', retryable: false });
    expect(existsSync(destination)).toBe(false);
    expect(existsSync(`${destination}.00000000.part`)).toBe(false);
  });

  it('copies out', async () => {
    const source = join(shell.folder, 'source.bin');
    const destination = join(shell.folder, 'out', 'copy.bin');
    writeFileSync(source, content);
    await expect(session.fetch(source, destination, options)).resolves.toEqual({
      bytes: content.length,
      sha256,
      skipped: false,
    });
    expect(readFileSync(destination).equals(content)).toBe(true);
  });

  it('says what is not there, and why nothing can be written', async () => {
    const nothing = session.fetch(join(shell.folder, 'nothing'), join(shell.folder, 'x'), options);
    await expect(nothing).rejects.toMatchObject({ code: 'FB_TRANSFER_FAILED', retryable: false });
    const folder = join(shell.folder, 'is-a-folder');
    mkdirSync(folder);
    await expect(session.push(from, folder, { ...options, sha256 })).rejects.toMatchObject({
      code: 'FB_TRANSFER_FAILED',
    });
  });

  it('heeds deadline and abort', async () => {
    const never = (): Readable => new Readable({ read: () => undefined });
    const destination = join(shell.folder, 'never.bin');
    const late = session.push(never, destination, { signal, timeoutMs: 30, sha256 });
    await expect(late).rejects.toMatchObject({ code: 'FB_DEADLINE' });
    const controller = new AbortController();
    controller.abort();
    const aborted = session.push(from, destination, { signal: controller.signal, timeoutMs: TIMEOUT_MS, sha256 });
    await expect(aborted).rejects.toMatchObject({ code: 'FB_CANCELLED' });
  });

  it('sends a file through PowerShell when the path is not of this system', async () => {
    const destination = 'C:\\Temp\\file.bin';
    await session.push(from, destination, { ...options, sha256 });
    const { output } = await session.invoke({ script: `(Get-Item '${destination}').Length` }, options);
    expect(output).toEqual([content.length]);
  });
});

describe('the end of a local session', () => {
  it('ends the process', async () => {
    const own = createLabPowerShell();
    try {
      const opened = await createLocalTransport().open(localTarget({ shell: own.program }), options);
      expect(own.running()).toHaveLength(1);
      await opened.close();
      expect(own.running()).toEqual([]);
      await expect(opened.invoke({ script: '1' }, options)).rejects.toMatchObject({ code: 'FB_SESSION_CLOSED' });
    } finally {
      own.remove();
    }
  });

  it('is one clear error when the process dies in the middle of a pipeline', async () => {
    const own = createLabPowerShell();
    try {
      const opened = await createLocalTransport().open(localTarget({ shell: own.program }), options);
      const pid = processOf(own);
      const script = '1; Start-Sleep -Seconds 600';
      const running = opened.invoke({ script }, { ...options, onRecord: () => process.kill(pid, 'SIGKILL') });
      await expect(running).rejects.toMatchObject({
        code: 'FB_SESSION_CLOSED',
        message: expect.stringContaining('SIGKILL'),
      });
      await opened.close();
    } finally {
      own.remove();
    }
  });
});
