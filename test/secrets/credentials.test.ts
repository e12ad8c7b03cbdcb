import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Credentials, Redactor } from '../../src/secrets/index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-credentials-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const subject = (user: string) => ({ host: 'web01', address: '10.0.0.1', user });

function credentials(environment: Record<string, string> = {}, ask?: (question: string) => Promise<string>) {
  const redactor = new Redactor();
  return { redactor, credentials: new Credentials({ environment, ask }, redactor) };
}

describe('Credentials', () => {
  it('takes a password from the environment and tells the redactor', async () => {
    const { credentials: source, redactor } = credentials({ PW: 'from-env' });
    const secret = await source.resolve({ env: 'PW' }, subject('alice'));
    expect(secret.reveal()).toBe('from-env');
    expect(`${secret}`).toBe('•••');
    expect(redactor.redact('it is from-env')).toBe('it is •••');
  });

  it('names the missing variable', async () => {
    await expect(credentials().credentials.resolve({ env: 'PW' }, subject('alice'))).rejects.toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
      message: 'the environment variable PW, which holds the password, is not set',
    });
  });

  it('reads a file that only its owner may read, without its last line break', async () => {
    const file = join(folder, 'good');
    writeFileSync(file, 'from file \n', { mode: 0o600 });
    expect((await credentials().credentials.resolve({ file }, subject('x'))).reveal()).toBe('from file ');
  });

  it('refuses a file that others may read', async () => {
    const file = join(folder, 'open');
    writeFileSync(file, 'x');
    chmodSync(file, 0o644);
    await expect(credentials().credentials.resolve({ file }, subject('x'))).rejects.toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
      remedy: `chmod 600 ${file}`,
    });
  });

  it('asks once for each user, one question at a time, and not at all without a terminal', async () => {
    const questions: string[] = [];
    let open = 0;
    const { credentials: source } = credentials({}, async (question) => {
      questions.push(question);
      expect(++open).toBe(1);
      await Promise.resolve();
      open -= 1;
      return `typed for ${question}`;
    });
    const secrets = await Promise.all(
      ['alice', 'bob', 'alice'].map((user) => source.resolve({ prompt: true }, subject(user))),
    );
    const [alice, bob, again] = secrets.map((secret) => secret.reveal());
    expect(questions).toEqual(['Password for alice', 'Password for bob']);
    expect(alice).not.toBe(bob);
    expect(again).toBe(alice);
    await expect(credentials().credentials.resolve({ prompt: true }, subject('a'))).rejects.toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
    });
  });
});

describe('passwords from programs', () => {
  const script = (code: string): readonly string[] => [process.execPath, '-e', code];

  it('are asked for host by host, each once', async () => {
    const { credentials: source, redactor } = credentials();
    const log = join(folder, 'log');
    const command = script(
      `require('fs').appendFileSync(${JSON.stringify(log)}, 'x'); const e = process.env; console.log(e.FIREBREAK_HOST + '/' + e.FIREBREAK_ADDRESS + '/' + e.FIREBREAK_USER)`,
    );
    const of = (host: string) => source.resolve({ command }, { host, address: '10.0.0.1', user: 'Administrator' });
    const [one, again, other] = await Promise.all([of('web01'), of('web01'), of('web02')]);
    expect(one?.reveal()).toBe('web01/10.0.0.1/Administrator');
    expect(again).toBe(one);
    expect(other?.reveal()).toBe('web02/10.0.0.1/Administrator');
    expect(readFileSync(log, 'utf8')).toBe('xx');
    expect(redactor.redact('web02/10.0.0.1/Administrator')).toBe('•••');
  });

  it.each<[string, string, string]>([
    [
      'fails',
      'console.log("s3cret-out"); console.error("vault sealed"); process.exit(2)',
      'ended with exit code 2: vault sealed',
    ],
    ['prints nothing', '', 'printed nothing'],
    ['prints several lines', 'console.log("s3cret-out\\nmore")', 'printed more than one line'],
  ])('that %s are refused without their output', async (_, code, message) => {
    const failed = credentials().credentials.resolve({ command: script(code) }, subject('alice'));
    await expect(failed).rejects.toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
      message: expect.stringContaining(message),
    });
    await failed.catch((error: Error) => expect(`${error.message} ${String(error.cause)}`).not.toContain('s3cret-out'));
  });

  it('that failed are asked again', async () => {
    const { credentials: source } = credentials();
    const file = join(folder, 'later');
    const command = script(`console.log(require('fs').readFileSync(${JSON.stringify(file)}, 'utf8'))`);
    await expect(source.resolve({ command }, subject('a'))).rejects.toMatchObject({ code: 'FB_CREDENTIAL_MISSING' });
    writeFileSync(file, 'now');
    expect((await source.resolve({ command }, subject('a'))).reveal()).toBe('now');
  });
});

describe('passphrases', () => {
  it('are asked for by key, apart from the password of the user', async () => {
    const questions: string[] = [];
    const { credentials: source } = credentials({}, async (question) => {
      questions.push(question);
      return question;
    });
    await source.resolve({ prompt: true }, subject('alice'));
    await source.resolve({ prompt: true }, { ...subject('alice'), keyFile: '/home/alice/.ssh/id' });
    expect(questions).toEqual(['Password for alice', 'Passphrase of /home/alice/.ssh/id']);
  });
});
