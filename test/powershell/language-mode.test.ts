/** Endpoints that do not run everything: noticed by the error's id, the host's own modules used instead. */
import { describe, expect, it } from '@jest/globals';
import { FirebreakError } from '../../src/domain/index.ts';
import { createSession, ModuleLibrary } from '../../src/powershell/index.ts';
import { FakeRunner } from './fake-runner.ts';
import { HostFailure } from './records.ts';

const options = { signal: new AbortController().signal, timeoutMs: 120_000 };
const call = { module: 'Firebreak.Host', function: 'Get-FbFileHash', parameters: { Path: 'C:\\x' } };

async function errorOf(promise: Promise<unknown>): Promise<FirebreakError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof FirebreakError) return thrown;
  throw new Error('a FirebreakError was expected', { cause: thrown });
}

describe('an endpoint in which modules cannot be made', () => {
  it.each([
    ['MethodInvocationNotSupportedInConstrainedLanguage', 'ConstrainedLanguage'],
    ['ScriptsNotAllowed', 'NoLanguage'],
    ['MethodCallNotSupportedInRestrictedLanguage', 'RestrictedLanguage'],
  ])('%s: uses the modules that the host has, and tries ours once only', async (id, mode) => {
    const runner = new FakeRunner((command) => {
      if (command.isScript) throw new HostFailure(id, 'refused');
      return ['hash'];
    });
    const session = createSession(runner, new ModuleLibrary());
    expect(session.languageMode).toBeUndefined();
    expect((await session.invoke(call, options)).output).toEqual(['hash']);
    expect((await session.invoke(call, options)).output).toEqual(['hash']);
    expect(session.languageMode).toBe(mode);
    expect(runner.commands.map(({ isScript }) => isScript)).toEqual([true, false, false]);
    expect(runner.commands[1]?.text).toBe('Firebreak.Host\\Get-FbFileHash');
  });

  it('says what to install when the host has none', async () => {
    const runner = new FakeRunner((command) => {
      throw new HostFailure(command.isScript ? 'ScriptsNotAllowed' : 'CommandNotFoundException', 'refused');
    });
    const error = await errorOf(createSession(runner, new ModuleLibrary()).invoke(call, options));
    expect(error.code).toBe('FB_SESSION_LANGUAGE');
    expect(error.message).toContain('NoLanguage');
    expect(error.remedy).toContain('ps-modules/Firebreak.Host');
  });

  it('passes on other failures of a function as they are', async () => {
    const runner = new FakeRunner((command) => {
      throw new HostFailure(command.isScript ? 'ScriptsNotAllowed' : 'DiskFull,Get-FbFileHash', 'no room');
    });
    const error = await errorOf(createSession(runner, new ModuleLibrary()).invoke(call, options));
    expect(error.code).toBe('FB_INVOKE_FAILED');
    expect(error.message).toContain('no room');
  });

  it('refuses scripts where none may run', async () => {
    const runner = new FakeRunner(() => {
      throw new HostFailure('ScriptsNotAllowed', 'The syntax is not supported by this runspace.');
    });
    const session = createSession(runner, new ModuleLibrary());
    const error = await errorOf(session.invoke({ script: '1' }, options));
    expect(error.code).toBe('FB_SESSION_LANGUAGE');
    expect(session.languageMode).toBe('NoLanguage');
  });
});

describe('an ordinary endpoint', () => {
  it('is not taken for a restricted one when a module fails to load', async () => {
    const runner = new FakeRunner(() => {
      throw new HostFailure('OutOfMemoryException', 'no memory');
    });
    const session = createSession(runner, new ModuleLibrary());
    expect((await errorOf(session.invoke(call, options))).code).toBe('FB_INVOKE_FAILED');
    expect(session.languageMode).toBeUndefined();
  });

  it('uses the modules that the host has where the commands to make ours are missing', async () => {
    const runner = new FakeRunner((command) => {
      if (command.isScript) throw new HostFailure('CommandNotFoundException', "'New-Module' is not recognized");
      return ['hash'];
    });
    const session = createSession(runner, new ModuleLibrary());
    for (const _ of [1, 2]) expect((await session.invoke(call, options)).output).toEqual(['hash']);
    expect(runner.commands.map(({ isScript }) => isScript)).toEqual([true, false, false]);
    expect(session.languageMode).toBeUndefined();
  });

  it('says why ours are not there when the host has none, never that a function of ours is unknown', async () => {
    const runner = new FakeRunner((command) => {
      const missing = command.isScript ? 'New-Module' : command.text;
      throw new HostFailure('CommandNotFoundException', `'${missing}' is not recognized`);
    });
    const error = await errorOf(createSession(runner, new ModuleLibrary()).invoke(call, options));
    expect(error.code).toBe('FB_INVOKE_FAILED');
    expect(error.message).toContain("'New-Module' is not recognized");
  });
});

describe('a transport with files of its own', () => {
  it('copies by them', async () => {
    const done = { bytes: 1, sha256: 'a', skipped: false };
    const files = { push: async () => done, fetch: async () => done };
    const runner = Object.assign(new FakeRunner(), { files });
    const session = createSession(runner, new ModuleLibrary());
    const source = (): never => {
      throw new Error('not read');
    };
    expect(await session.push(source, 'C:\\x', { ...options, sha256: 'a' })).toBe(done);
    expect(await session.fetch('C:\\x', '/tmp/x', options)).toBe(done);
    expect(runner.commands).toEqual([]);
  });
});
