/**
 * Both halves of the login against a foreign one: gss-ntlmssp (Debian: gss-ntlmssp, python3-gssapi). Left out, with a
 * line that says so, where it is not installed; CI installs it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Acceptor, createInitiator, type NtlmSession, ntHash } from '../../../src/protocol/index.ts';

/** The system's: another python3 ahead in the path would not see Debian's modules. */
const PYTHON = '/usr/bin/python3';
const PEER = join(import.meta.dirname, 'support', 'gss-peer.py');
const PASSWORD = 'S3cret-ü';
const BINDINGS = 'tls-server-end-point:0123';
const OTHERS = { channelBindings: Buffer.from('tls-server-end-point:4567') };

const folder = mkdtempSync(join(tmpdir(), 'fbgss-'));
const users = join(folder, 'users');
writeFileSync(users, `CORP:alice:${PASSWORD}\n`);
const env = { ...process.env, NTLM_USER_FILE: users, NETBIOS_COMPUTER_NAME: 'WEB01', NETBIOS_DOMAIN_NAME: 'CORP' };

interface Reply {
  readonly token?: string | null;
  readonly done?: boolean;
  readonly plain?: string;
  readonly sealed?: string;
  readonly error?: string;
}

class Peer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(...args: readonly string[]) {
    this.#child = spawn(PYTHON, [PEER, ...args], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async ask(question: object): Promise<Reply> {
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('the peer has ended');
    return JSON.parse(line.value) as Reply;
  }

  step(token: Uint8Array | undefined): Promise<Reply> {
    return this.ask({ step: token === undefined ? null : base64(token) });
  }

  end(): void {
    this.#child.stdin!.end();
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

const hasPeer =
  spawnSync(PYTHON, [PEER, 'accept', 'ntlm'], { env, input: '', stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
if (!hasPeer)
  process.stderr.write('no gss-ntlmssp here: its tests are left out (apt-get install gss-ntlmssp python3-gssapi)\n');

const peers: Peer[] = [];
function newPeer(...args: readonly string[]): Peer {
  const peer = new Peer(...args);
  peers.push(peer);
  return peer;
}

async function expectTalk(session: NtlmSession, peer: Peer): Promise<void> {
  for (const text of ['one', 'two', 'three']) {
    const { signature, ciphertext } = session.seal(Buffer.from(text));
    const { plain } = await peer.ask({ unwrap: base64(Buffer.concat([signature, ciphertext])) });
    expect(Buffer.from(plain ?? '', 'base64').toString()).toBe(text);
    const sealed = Buffer.from((await peer.ask({ wrap: base64(Buffer.from(text)) })).sealed ?? '', 'base64');
    const opened = session.unseal({ signature: sealed.subarray(0, 16), ciphertext: sealed.subarray(16) });
    expect(opened.toString()).toBe(text);
  }
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

(hasPeer ? describe : describe.skip)('gss-ntlmssp', () => {
  afterEach(() => {
    for (const peer of peers.splice(0)) peer.end();
  });

  /** Our client; the error that the peer ends in, or undefined and a talk in both directions. */
  const initiate = async (kind: 'ntlm' | 'negotiate', password: string, own = '', theirs = ''): Promise<Reply> => {
    const peer = newPeer('accept', kind === 'ntlm' ? 'ntlm' : 'spnego', 'alice', theirs);
    const initiator = createInitiator(kind, {
      user: 'CORP\\alice',
      password,
      targetName: 'HTTP/web01',
      randomBytes,
      now: Date.now,
      ...(own === '' ? {} : { channelBindings: Buffer.from(own) }),
    });
    let token = initiator.step();
    let reply: Reply = {};
    while (token !== undefined) {
      reply = await peer.step(token);
      if (reply.error !== undefined || reply.token == null) break;
      token = initiator.step(Buffer.from(reply.token, 'base64'));
    }
    if (reply.error === undefined) await expectTalk(initiator.session!, peer);
    return reply;
  };

  it.each(['ntlm', 'negotiate'] as const)('takes our client by %s, with the right password only', async (kind) => {
    expect(await initiate(kind, PASSWORD)).toMatchObject({ done: true });
    expect((await initiate(kind, 'wrong')).error).toMatch(/GSSError|InvalidToken/);
  });

  it.each(['ntlm', 'negotiate'] as const)('takes our channel bindings by %s, when they are its own', async (kind) => {
    expect(await initiate(kind, PASSWORD, BINDINGS, BINDINGS)).toMatchObject({ done: true });
    expect((await initiate(kind, PASSWORD, 'tls-server-end-point:4567', BINDINGS)).error).toMatch(/Error|Token/);
  });

  it.each([
    ['its own', { channelBindings: Buffer.from(BINDINGS) }, BINDINGS, 'granted'],
    ['others', OTHERS, BINDINGS, 'refused'],
    ['others where none would do', { ...OTHERS, mayOmitBindings: true }, BINDINGS, 'refused'],
    ['none where they must be', { channelBindings: Buffer.from(BINDINGS) }, '', 'refused'],
    ['none where none will do', { channelBindings: Buffer.from(BINDINGS), mayOmitBindings: true }, '', 'granted'],
    ['some that nobody looks at', {}, BINDINGS, 'granted'],
  ] as const)('comes to our server with channel bindings: %s', async (_name, ours, theirs, kind) => {
    const peer = newPeer('initiate', 'ntlm', 'CORP\\alice', theirs);
    const acceptor = new Acceptor({
      ...ours,
      computer: 'WEB01',
      domain: 'CORP',
      randomBytes,
      now: Date.now,
      ntHashOf: () => ntHash(PASSWORD),
    });
    const first = await peer.step(undefined);
    const challenge = acceptor.step(Buffer.from(first.token!, 'base64'));
    const last = await peer.step(challenge.token);
    const step = acceptor.step(Buffer.from(last.token!, 'base64'));
    if (step.kind !== 'done') throw new Error('it goes on');
    expect(step.verdict).toMatchObject(kind === 'granted' ? { kind } : { kind, reason: 'bad-channel-bindings' });
  });

  it.each(['ntlm', 'spnego'] as const)('gets into our server by %s, with the right password only', async (kind) => {
    for (const password of [PASSWORD, 'other']) {
      const peer = newPeer('initiate', kind, 'CORP\\alice');
      const acceptor = new Acceptor({
        computer: 'WEB01',
        domain: 'CORP',
        randomBytes,
        now: Date.now,
        ntHashOf: () => ntHash(password),
      });
      let reply = await peer.step(undefined);
      let step = acceptor.step(Buffer.from(reply.token!, 'base64'));
      while (step.kind === 'continue') {
        reply = await peer.step(step.token);
        step = acceptor.step(Buffer.from(reply.token!, 'base64'));
      }
      const { verdict } = step;
      expect(verdict).toMatchObject({ user: 'alice', domain: 'CORP' });
      if (password !== PASSWORD) expect(verdict).toMatchObject({ kind: 'refused', reason: 'bad-password' });
      else if (verdict.kind === 'granted') {
        if (step.token !== undefined) expect(await peer.step(step.token)).toMatchObject({ done: true });
        await expectTalk(verdict.session, peer);
      } else throw new Error(verdict.reason);
    }
  });
});
