import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
