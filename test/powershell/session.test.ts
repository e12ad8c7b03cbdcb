import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSession, ModuleLibrary, toPsValue } from '../../src/powershell/index.ts';
import { hashtable, listOf, PsObject, PsPrimitive } from '../../src/protocol/index.ts';
import { FakeRunner } from './fake-runner.ts';
import { HostFailure } from './records.ts';

let root = '';
const options = { signal: new AbortController().signal, timeoutMs: 120_000 };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fb-session-'));
  for (const name of ['Firebreak.Core', 'Firebreak.Patch']) {
    await mkdir(join(root, name, 'Public'), { recursive: true });
    await writeFile(join(root, name, 'Public', 'Get-It.ps1'), `function Get-It { '${name}' }`);
  }
});

afterAll(() => rm(root, { recursive: true }));

describe('toPsValue', () => {
  it('gives each value its nearest PowerShell type', () => {
    const value = {
      n: null,
      b: true,
      i: 1,
      big: 2n ** 40n,
      s: 'x',
      bytes: new Uint8Array([1]),
      d: new Date(0),
      l: [1, ['a']],
    };
    expect(toPsValue(value)).toEqual(
      hashtable([
        ['n', null],
        ['b', true],
        ['i', 1],
        ['big', 2n ** 40n],
        ['s', 'x'],
        ['bytes', new Uint8Array([1])],
        ['d', new PsPrimitive('DT', '1970-01-01T00:00:00.000Z')],
        ['l', listOf([1, listOf(['a'])])],
      ]),
    );
  });
});

describe('a script call', () => {
  it('is one pipeline and no other', async () => {
    const runner = new FakeRunner(() => [1]);
    const session = createSession(runner, new ModuleLibrary(root));
    const { output } = await session.invoke({ script: 'param($a) $a', parameters: { a: 'x' } }, options);
    expect(output).toEqual([1]);
    expect(runner.commands).toEqual([
      { text: 'param($a) $a', isScript: true, useLocalScope: true, parameters: [{ name: 'a', value: 'x' }] },
    ]);
  });

  it('shows types; a function call does not', async () => {
    const runner = new FakeRunner(() => [new PsObject({ typeNames: ['T'], extended: new Map([['p', 1]]) })]);
    const session = createSession(runner, new ModuleLibrary(root));
    expect((await session.invoke({ script: 'x' }, options)).output).toEqual([{ $type: 'T', p: 1 }]);
    const call = { module: 'Firebreak.Core', function: 'Get-It', parameters: {} };
    expect((await session.invoke(call, options)).output).toEqual([{ p: 1 }]);
  });
});

describe('a script that calls our modules', () => {
  it('has them loaded before, once a session, and its output is that of a function call', async () => {
    const runner = new FakeRunner(() => [new PsObject({ typeNames: ['T'], extended: new Map([['p', 1]]) })]);
    const session = createSession(runner, new ModuleLibrary(root));
    const call = { script: 'Get-It', modules: ['Firebreak.Core', 'Firebreak.Patch'] };
    for (let round = 0; round < 2; round++) {
      expect((await session.invoke(call, options)).output).toEqual([{ p: 1 }]);
    }
    expect(runner.commands.map(({ text }) => (text === 'Get-It' ? text : 'load'))).toEqual([
      'load',
      'load',
      'Get-It',
      'Get-It',
    ]);
    expect([runner.parameter(0, 'Name'), runner.parameter(1, 'Name')]).toEqual([
      listOf(['Firebreak.Core']),
      listOf(['Firebreak.Patch']),
    ]);
  });
});

describe('a function call', () => {
  const call = { module: 'Firebreak.Patch', function: 'Get-It', parameters: { Id: 'KB1' } };

  it('loads the module and what it requires once, by bound text', async () => {
    const runner = new FakeRunner();
    const session = createSession(runner, new ModuleLibrary(root));
    await session.invoke(call, options);
    await session.invoke(call, options);
    const core = { module: 'Firebreak.Core', function: 'Get-It', parameters: {} };
    await session.invoke(core, options);
    expect(runner.commands.map((command) => command.text.split('\n')[0])).toEqual([
      'param([string[]] $Name, [string[]] $Text)',
      'Firebreak.Patch\\Get-It',
      'Firebreak.Patch\\Get-It',
      'Firebreak.Core\\Get-It',
    ]);
    expect(runner.parameter(0, 'Name')).toEqual(listOf(['Firebreak.Core', 'Firebreak.Patch']));
    expect(runner.commands[1]).toMatchObject({ isScript: false, parameters: [{ name: 'Id', value: 'KB1' }] });
  });

  it('loads once when two calls come at the same time', async () => {
    const runner = new FakeRunner(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return [];
    });
    const session = createSession(runner, new ModuleLibrary(root));
    await Promise.all([session.invoke(call, options), session.invoke(call, options)]);
    expect(runner.commands.filter((command) => command.isScript)).toHaveLength(1);
  });

  it('tries to load again after loading failed', async () => {
    let attempts = 0;
    const runner = new FakeRunner((command) => {
      if (!command.isScript) return [1];
      attempts += 1;
      if (attempts === 1) throw new HostFailure('OutOfMemory', 'no memory');
      return [];
    });
    const session = createSession(runner, new ModuleLibrary(root));
    await expect(session.invoke(call, options)).rejects.toMatchObject({ code: 'FB_INVOKE_FAILED' });
    expect((await session.invoke(call, options)).output).toEqual([1]);
  });
});

describe('the session', () => {
  it('passes on shell, address and close', async () => {
    const runner = new FakeRunner();
    const session = createSession(runner, new ModuleLibrary(root));
    expect([session.shell.version, session.clientAddress]).toEqual(['5.1', '10.0.0.9']);
    await session.close();
    expect(runner.isClosed).toBe(true);
  });
});
