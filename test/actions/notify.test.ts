/** `notify` over real HTTP and with real programs of this machine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { createNotifier } from '../../src/app/notifier.ts';
import type { JsonObject, ReadAction, StepContext } from '../../src/domain/index.ts';
import { loadPlaybook } from '../../src/playbook/index.ts';
import { Redactor } from '../../src/secrets/index.ts';
import { FakeHost } from './support/fake-step.ts';

const SECRET = 'unmistakable-hook-4711';
const notify = createActions().get('notify') as ReadAction;
const folder = mkdtempSync(join(tmpdir(), 'fb-notify-'));

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let base = '';
let seen: Seen[] = [];
let answer: { status: number; text: string; location?: string } = { status: 200, text: '' };

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      seen.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location });
      response.end(answer.text);
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => {
    server.close(done);
  });
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  seen = [];
  answer = { status: 200, text: '' };
});

function send(args: JsonObject, step: Partial<StepContext> = {}) {
  const notifier = createNotifier({ HOOK: `${base}/${SECRET}`, TOKEN: SECRET, NODE: '' }, new Redactor());
  return notify.read({ ...new FakeHost().step(), notifier, remainingMs: () => 20_000, ...step }, args);
}

describe('a web hook', () => {
  it('gets the message and what it is about', async () => {
    const { result } = await send({ url: `${base}/x`, message: 'patched' });
    expect(result).toEqual({ sent: true, status: 200, reply: '', reason: '' });
    expect(seen).toMatchObject([{ method: 'POST', path: '/x', headers: { 'content-type': 'application/json' } }]);
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
      text: 'patched',
      host: expect.any(String),
      run: expect.any(String),
    });
  });

  it('gets another body, method and headers, with secrets from where they are kept; its answer is the result', async () => {
    writeFileSync(join(folder, 'token'), `${SECRET}-file\n`);
    answer = { status: 201, text: `{ "number": "INC42", "echo": "Bearer ${SECRET}" }` };
    const headers = { Authorization: { env: 'TOKEN' }, 'X-Api-Key': { file: join(folder, 'token') }, Accept: 'a/b' };
    const { result } = await send({ url: `${base}/t`, method: 'PUT', headers, body: { short: 'x', list: [1] } });
    expect(seen[0]).toMatchObject({ method: 'PUT', body: '{"short":"x","list":[1]}' });
    expect(seen[0]?.headers).toMatchObject({ authorization: SECRET, 'x-api-key': `${SECRET}-file`, accept: 'a/b' });
    expect(result).toMatchObject({ sent: true, status: 201, reply: { number: 'INC42' } });
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });

  it('may have a secret address', async () => {
    expect((await send({ url: { env: 'HOOK' }, message: 'x' })).result).toMatchObject({ sent: true });
    expect(seen[0]?.path).toBe(`/${SECRET}`);
  });

  it.each([
    [500, false],
    [503, true],
    [302, false],
  ])('that answers %d fails nothing, unless the message is required', async (status, retryable) => {
    answer = { status, text: 'first line\nno such project', location: `${base}/elsewhere` };
    const quiet = await send({ url: `${base}/x`, message: 'x' });
    expect(quiet).toEqual({
      result: { sent: false, status: null, reply: null, reason: `the server answered ${status}: no such project` },
    });
    const loud = await send({ url: `${base}/x`, message: 'x', required: true });
    expect(loud.error).toMatchObject({ code: 'FB_NOTIFY_FAILED', retryable });
    expect(seen).toHaveLength(2);
  });

  it('that is not there is said without its secret address, and may be tried again', async () => {
    const gone = createServer();
    await new Promise<void>((done) => {
      gone.listen(0, '127.0.0.1', done);
    });
    const { port } = gone.address() as AddressInfo;
    await new Promise((done) => {
      gone.close(done);
    });
    const notifier = createNotifier({ HOOK: `http://127.0.0.1:${port}/${SECRET}` }, new Redactor());
    const { error } = await send({ url: { env: 'HOOK' }, message: 'x', required: true }, { notifier });
    expect(error).toMatchObject({ code: 'FB_NOTIFY_FAILED', message: 'the hook: ECONNREFUSED', retryable: true });
  });

  it('whose secret is not there fails with its name', async () => {
    const { error } = await send({ url: { env: 'NOPE' }, message: 'x', required: true });
    expect(error).toMatchObject({
      code: 'FB_CREDENTIAL_MISSING',
      message: 'notify: environment variable NOPE is not set',
    });
  });

  it('gets nothing in --check', async () => {
    expect((await send({ url: `${base}/x` }, { check: true })).result).toMatchObject({
      sent: false,
      reason: 'check: nothing is sent',
    });
    expect(seen).toEqual([]);
  });
});

describe('a program', () => {
  const program = (source: string): string[] => [process.execPath, '-e', source];

  it('gets the message in its environment, and answers on its output', async () => {
    const source = 'console.log(JSON.stringify([process.env.FIREBREAK_MESSAGE, process.env.KEY]))';
    const { result } = await send({
      command: program(source),
      message: 'a "b" $c',
      environment: { KEY: { env: 'TOKEN' } },
    });
    expect(result).toEqual({ sent: true, status: 0, reply: ['a "b" $c', '•••'], reason: '' });
  });

  it('that fails is said with its code and last line', async () => {
    const { result } = await send({ command: program('console.error("no pager"); process.exit(3)') });
    expect(result).toMatchObject({ sent: false, reason: expect.stringMatching(/ended with exit code 3: no pager$/) });
  });

  it('that is not there is said', async () => {
    const { result } = await send({ command: ['/no/such/program'] });
    expect(result).toMatchObject({
      sent: false,
      reason: expect.stringContaining('/no/such/program could not be started'),
    });
  });
});

describe('in a playbook', () => {
  const load = (step: string) =>
    loadPlaybook(
      `firebreak: 1\nname: t\nhosts: all\nsteps:\n  - { uses: notify, ${step} }\n`,
      't.yaml',
      createActions(),
    );

  it.each([
    'with: { url: "https://hooks.example/x", message: m }',
    'run_once: true, with: { command: [page, "${' + '{ host.name }}"] }',
    'with: { url: { env: HOOK }, body: { a: "${' + '{ host.name }}" }, headers: { Authorization: { env: T } } }',
  ])('%s is right', (step) => {
    expect(() => load(step)).not.toThrow();
  });

  it.each([
    ['with: { message: m }', 'give url or command'],
    ['with: { url: "ftp://x" }', '"url" is not valid'],
    ['with: { url: "https://u:p@x/" }', '"url" is not valid'],
    ['with: { url: "https://x", headers: { Authorization: Bearer abc } }', 'a secret is not written down'],
    ['with: { command: [x], environment: { API_TOKEN: abc } }', 'a secret is not written down'],
    ['on: mon1, with: { url: "https://x" }', '"on" cannot stand on notify'],
  ])('%s is refused', (step, message) => {
    expect(() => load(step)).toThrow(message);
  });
});
