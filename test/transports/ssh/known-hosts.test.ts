/** known_hosts as OpenSSH reads it, and the errors about host keys. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { newSshKey } from '../../../lab/fleet/ssh/index.ts';
import { HostKeyCheck } from '../../../src/transports/ssh/host-key.ts';
import { hostName, KnownHosts } from '../../../src/transports/ssh/known-hosts.ts';
import { errorOf } from '../support/open-session.ts';
import { HAS_SSHD, keygen } from './support/sshd.ts';

const folder = mkdtempSync(join(tmpdir(), 'fbkh-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newKey(type: 'ed25519' | 'ecdsa' = 'ed25519'): { readonly line: string; readonly key: Buffer } {
  const line = newSshKey(type, 'host').public.split(' ').slice(0, 2).join(' ');
  return { line, key: Buffer.from(line.split(' ')[1]!, 'base64') };
}

const one = newKey();
const two = newKey();
const ecdsa = newKey('ecdsa');

function verdict(lines: string, address = 'web01', port = 22, key = one.key): string {
  return new KnownHosts([lines]).check(address, port, key).kind;
}

describe('known_hosts', () => {
  it.each([
    ['the name', `web01 ${one.line}`, 'known'],
    ['the name among others', `db01,web01,10.0.0.1 ${one.line} with a comment`, 'known'],
    ['another case', `WEB01 ${one.line}`, 'known'],
    ['a wildcard', `web* ${one.line}`, 'known'],
    ['a wildcard of one sign', `web0? ${one.line}`, 'known'],
    ['a wildcard that does not fit', `web0?? ${one.line}`, 'unknown'],
    ['a dot is no wildcard', `w.b01 ${one.line}`, 'unknown'],
    ['a name taken out', `web*,!web01 ${one.line}`, 'unknown'],
    ['a name taken out before', `!web01,web* ${one.line}`, 'unknown'],
    ['another host', `db01 ${one.line}`, 'unknown'],
    ['another port', `[web01]:2222 ${one.line}`, 'unknown'],
    ['another key', `web01 ${two.line}`, 'changed'],
    ['several keys', `web01 ${two.line}\nweb01 ${ecdsa.line}\nweb01 ${one.line}`, 'known'],
    ['a key of another type', `web01 ${ecdsa.line}`, 'changed'],
    ['a revoked key', `@revoked * ${one.line}\nweb01 ${one.line}`, 'revoked'],
    ['another revoked key', `@revoked * ${two.line}\nweb01 ${one.line}`, 'known'],
    ['an authority alone', `@cert-authority * ${one.line}`, 'authority-only'],
    ['a comment', `# web01 ${one.line}`, 'unknown'],
    ['a cut line', `web01 ${one.line.slice(0, 30)}`, 'unknown'],
    ['a type that the key has not', `web01 ssh-rsa ${one.line.split(' ')[1]}`, 'unknown'],
    ['CRLF, blanks and tabs', `\r\n  web01\t${one.line.replace(' ', '\t')}\r\n`, 'known'],
    ['nothing', '', 'unknown'],
  ])('%s', (_what, lines, expected) => {
    expect(verdict(lines)).toBe(expected);
  });

  it('keeps ports apart, and writes IPv6 addresses as ssh does', () => {
    expect(verdict(`[web01]:2222 ${one.line}`, 'web01', 2222)).toBe('known');
    expect(verdict(`web01 ${one.line}`, 'web01', 2222)).toBe('unknown');
    expect(verdict(`::1 ${one.line}`, '::1')).toBe('known');
    expect(hostName('fe80::1', 2222)).toBe('[fe80::1]:2222');
  });

  it('tells the types of a host in the order of the file', () => {
    const known = new KnownHosts([`web01 ${ecdsa.line}\nweb01 ${one.line}\n`, `@revoked web01 ${two.line}`]);
    expect(known.keyTypes('web01', 22)).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519']);
  });

  (HAS_SSHD ? it : it.skip)('reads names that ssh-keygen has hashed', () => {
    const file = join(folder, 'hashed');
    writeFileSync(file, `web01 ${one.line}\n[10.0.0.1]:2222 ${two.line}\n`);
    keygen('-q', '-H', '-f', file);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('web01');
    expect(verdict(text)).toBe('known');
    expect(verdict(text, '10.0.0.1', 2222, two.key)).toBe('known');
    expect(verdict(text, 'web02')).toBe('unknown');
  });
});

describe('the check of a host key', () => {
  const endpoint = { label: 'web01 (10.0.0.1:2222)', address: '10.0.0.1', port: 2222 };
  const fingerprint = `SHA256:${createHash('sha256').update(one.key).digest('base64').replace(/=+$/, '')}`;
  const write = (text: string): string => {
    const file = join(folder, `known_${createHash('md5').update(text).digest('hex')}`);
    writeFileSync(file, text);
    return file;
  };

  it('asks first for the kinds of keys that it knows', async () => {
    const check = await HostKeyCheck.load(endpoint, { knownHosts: write(`[10.0.0.1]:2222 ${ecdsa.line}\n`) });
    expect(check.algorithms[0]).toBe('ecdsa-sha2-nistp256');
    expect(new Set(check.algorithms).size).toBe(check.algorithms.length);
    expect(check.algorithms).toContain('ssh-ed25519');
  });

  it('names the fingerprint and the command for an unknown host', async () => {
    const file = write('');
    const refusal = (await HostKeyCheck.load(endpoint, { knownHosts: file })).refusal(one.key);
    expect(refusal).toMatchObject({ code: 'FB_SSH_HOST_KEY', retryable: false });
    expect(refusal?.message).toContain(
      `web01 (10.0.0.1:2222): the host's key is not known: it shows ssh-ed25519 ${fingerprint}`,
    );
    expect(refusal?.remedy).toContain(`ssh-keyscan -p 2222 10.0.0.1 >> ${file}`);
    expect(refusal?.remedy).toContain('compare the fingerprint');
  });

  it('warns of a changed key and says how to forget the old one', async () => {
    const file = write(`[10.0.0.1]:2222 ${two.line}\n`);
    const refusal = (await HostKeyCheck.load(endpoint, { knownHosts: file })).refusal(one.key);
    expect(refusal?.code).toBe('FB_SSH_HOST_KEY');
    expect(refusal?.remedy).toContain('somebody may be listening in');
    expect(refusal?.remedy).toContain(`ssh-keygen -R '[10.0.0.1]:2222' -f ${file}`);
  });

  it('says that authorities cannot be checked', async () => {
    const file = write(`@cert-authority * ${two.line}\n`);
    const refusal = (await HostKeyCheck.load(endpoint, { knownHosts: file })).refusal(one.key);
    expect(refusal?.message).toContain('@cert-authority cannot be checked');
  });

  it('takes a pinned fingerprint instead of files, padded or not', async () => {
    const accepted = await HostKeyCheck.load(endpoint, { fingerprint, knownHosts: '/nowhere' });
    expect(accepted.refusal(one.key)).toBeUndefined();
    expect(accepted.refusal(two.key)).toMatchObject({ code: 'FB_SSH_HOST_KEY' });
    const padded = await HostKeyCheck.load(endpoint, { fingerprint: `${fingerprint}=` });
    expect(padded.refusal(one.key)).toBeUndefined();
  });

  it('takes any key only where the user said so', async () => {
    expect((await HostKeyCheck.load(endpoint, { insecure: true })).refusal(one.key)).toBeUndefined();
  });

  it('refuses to go on without the file that was named', async () => {
    const error = await errorOf(HostKeyCheck.load(endpoint, { knownHosts: join(folder, 'missing') }));
    expect(error.code).toBe('FB_FILE_MISSING');
    expect(error.remedy).toContain('ssh-keyscan -p 2222 10.0.0.1');
  });
});
