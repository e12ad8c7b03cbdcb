/**
 * Endpoints that do not run everything: the real engine in a limited language, with few commands and with the product's
 * modules installed beforehand. Needs the built engine (npm test builds it).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FirebreakError, Secret, type Session, type Target } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { cli } from '../../e2e/support/cli.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const modules = ['Firebreak.Core', 'Firebreak.Host'].map((name) => join(root, 'ps-modules', name));
const limits = { signal: new AbortController().signal, timeoutMs: 120_000 };
const fact = { module: 'Firebreak.Host', function: 'Get-FbFact', parameters: {} };
const TEST_MS = 300_000;

async function errorOf(promise: Promise<unknown>): Promise<FirebreakError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof FirebreakError) return thrown;
  throw new Error('a FirebreakError was expected', { cause: thrown });
}

describe('session configurations of a lab machine', () => {
  let lab: TestLab;
  let home: string;
  const { winrm } = createTransports();

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'fbconf-'));
    lab = await startTestLab({
      engine: 'real',
      hosts: [
        {
          name: 'pc-01',
          profile: 'windows-10-1903-enu',
          configurations: {
            Constrained: { language: 'ConstrainedLanguage' },
            ConstrainedFirebreak: { language: 'ConstrainedLanguage', modules },
            Few: { language: 'FullLanguage', commands: ['Get-Service', 'Out-Default'] },
            Restricted: { language: 'NoLanguage', commands: ['Get-Service', 'Out-Default'] },
            Firebreak: { language: 'NoLanguage', commands: ['Get-FbFact', 'Get-FbDiagnosis', 'Out-Default'], modules },
          },
        },
      ],
    });
  }, TEST_MS);
  afterAll(async () => {
    await lab?.end();
    rmSync(home, { recursive: true, force: true });
  }, TEST_MS);

  const within = async <T>(configuration: string | undefined, work: (session: Session) => Promise<T>): Promise<T> => {
    const target: Target = {
      host: 'pc-01',
      transport: 'winrm',
      address: lab.host('pc-01').address,
      port: 5985,
      useTls: false,
      auth: 'basic',
      user: lab.user,
      password: new Secret(lab.password),
      allowUnencrypted: true,
      settings: configuration === undefined ? {} : { configuration },
    };
    const session = await winrm.open(target, limits);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  };

  it(
    'takes no scripts where there is no language',
    async () => {
      await within('Restricted', async (session) => {
        const error = await errorOf(session.invoke({ script: "'works'" }, limits));
        expect([error.code, session.languageMode]).toEqual(['FB_SESSION_LANGUAGE', 'NoLanguage']);
        expect(error.message).toMatch(/^pc-01 .*NoLanguage/);
        expect(error.remedy).toContain('Microsoft.PowerShell');
      });
    },
    TEST_MS,
  );

  it(
    'runs scripts in constrained language, which the engine itself keeps',
    async () => {
      await within('Constrained', async (session) => {
        const script = '"$($ExecutionContext.SessionState.LanguageMode)"; (Get-Service Spooler).Name';
        expect((await session.invoke({ script }, limits)).output).toEqual(['ConstrainedLanguage', 'Spooler']);
        const forbidden = "[IO.Path]::Combine('a', 'b')";
        const { output, streams } = await session.invoke({ script: forbidden }, limits);
        const ids = streams.error.map((error) => error.fullyQualifiedErrorId);
        expect([output, ids]).toEqual([[], ['MethodInvocationNotSupportedInConstrainedLanguage']]);
        const stopping = `$ErrorActionPreference = 'Stop'; ${forbidden}`;
        expect((await errorOf(session.invoke({ script: stopping }, limits))).code).toBe('FB_INVOKE_FAILED');
        expect(session.languageMode).toBe('ConstrainedLanguage');
      });
    },
    TEST_MS,
  );

  it(
    'says which module is to be installed',
    async () => {
      for (const [configuration, mode] of [
        ['Restricted', 'NoLanguage'],
        ['Constrained', 'ConstrainedLanguage'],
      ] as const) {
        await within(configuration, async (session) => {
          const error = await errorOf(session.invoke(fact, limits));
          expect([error.code, session.languageMode]).toEqual(['FB_SESSION_LANGUAGE', mode]);
          expect(error.message).toContain('does not have the module Firebreak.Host');
          expect(error.remedy).toContain('ps-modules/Firebreak.Host');
        });
      }
    },
    TEST_MS,
  );

  it(
    'says which command it would take to bring ours',
    async () => {
      await within('Few', async (session) => {
        const error = await errorOf(session.invoke(fact, limits));
        expect([error.code, session.languageMode]).toEqual(['FB_INVOKE_FAILED', undefined]);
        expect(error.message).toContain("'New-Module' is not recognized");
      });
    },
    TEST_MS,
  );

  it(
    'calls functions of the modules that the host has',
    async () => {
      const { output: usual } = await within(undefined, (session) => session.invoke(fact, limits));
      for (const [configuration, mode] of [
        ['Firebreak', 'NoLanguage'],
        ['ConstrainedFirebreak', 'ConstrainedLanguage'],
      ] as const) {
        await within(configuration, async (session) => {
          const { output } = await session.invoke(fact, limits);
          expect(Object.keys(output[0] as object)).toEqual(Object.keys(usual[0] as object));
          expect(session.languageMode).toBe(mode);
        });
      }
    },
    TEST_MS,
  );

  it(
    'hides what the configuration does not show',
    async () => {
      await within('Firebreak', async (session) => {
        const hidden = { module: 'Firebreak.Host', function: 'Restart-FbHost', parameters: {} };
        expect((await errorOf(session.invoke(hidden, limits))).code).toBe('FB_SESSION_LANGUAGE');
      });
    },
    TEST_MS,
  );

  it(
    'names a configuration that is not there',
    async () => {
      const error = await errorOf(within('Missing', () => Promise.resolve()));
      expect(error.code).toBe('FB_PROTOCOL_SOAP');
      expect(error.message).toMatch(/does not have that configuration.*\[2150858811\]$/);
      expect(error.remedy).toContain('Get-PSSessionConfiguration');
    },
    TEST_MS,
  );

  describe('on the command line', () => {
    const on = (configuration: string): readonly string[] => [
      '--inventory',
      join(lab.dir, 'inventory.yaml'),
      '--configuration',
      configuration,
    ];
    const run = (args: readonly string[]) => cli(args, { env: { FIREBREAK_HOME: home } });
    const exec = (configuration: string) =>
      run(['exec', ...on(configuration), '--timeout', '120s', 'pc-01', '--', '(Get-Service Spooler).Name']);

    it(
      'exec runs a script, or says why not',
      async () => {
        const [constrained, restricted, missing] = await Promise.all(
          ['Constrained', 'Restricted', 'Missing'].map(exec),
        );
        expect(constrained).toMatchObject({ code: 0, stdout: expect.stringContaining('Spooler') });
        expect(restricted?.code).not.toBe(0);
        expect(restricted?.stderr).toContain('FB_SESSION_LANGUAGE');
        expect(restricted?.stderr).toContain('NoLanguage');
        expect(missing?.code).not.toBe(0);
        expect(missing?.stderr).toContain('Get-PSSessionConfiguration');
      },
      TEST_MS,
    );

    it(
      'doctor shows the language',
      async () => {
        const names = ['Constrained', 'Firebreak'];
        const [constrained, firebreak] = await Promise.all(
          names.map((name) => run(['doctor', ...on(name), '--timeout', '120s'])),
        );
        expect(constrained?.stdout).toMatch(/LANGUAGE[\s\S]*pc-01.*ConstrainedLanguage/);
        expect(firebreak?.stdout).toMatch(/LANGUAGE[\s\S]*pc-01.*NoLanguage/);
      },
      TEST_MS,
    );
  });
});
