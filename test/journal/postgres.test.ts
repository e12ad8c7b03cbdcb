/** The state database itself: other processes, kill -9, freezing, restarts of the server, foreign and newer schemas, its address. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clock, FirebreakError, Journal } from '../../src/domain/index.ts';
import { openPostgresJournal, parsePostgresAddress } from '../../src/journal/index.ts';
import { refuseServer } from '../../src/journal/postgres-database.ts';
import { asPostgresError } from '../../src/journal/postgres-errors.ts';
import { plan, step } from '../engine/support/plans.ts';
import { installed, startServer, type TestServer } from './support/postgres.ts';
import { startWriter } from './support/start-writer.ts';

const SHOWN = 'postgres://me@db1/fleet';
const SERVER = { version: 150_018, name: '15.18', encoding: 'UTF8' };

describe('the address', () => {
  it.each([
    ['postgres://me:pa%20ss@db1:5433/fleet', 'postgres://me@db1:5433/fleet', 'pa ss'],
    ['postgresql://me:secret@[::1]/fleet?sslmode=disable', 'postgres://me@[::1]/fleet', 'secret'],
    ['postgres://db1/fleet?user=me&password=secret', 'postgres://me@db1/fleet', 'secret'],
    ['postgres:///fleet?host=/run/postgresql', 'postgres:///fleet?host=/run/postgresql', undefined],
    ['postgres://me@%2Frun%2Fpostgresql/fleet', 'postgres://me@/fleet?host=/run/postgresql', undefined],
    ['postgres://', 'postgres:///', undefined],
  ])('%s is shown without its password', (text, shown, password) => {
    const address = parsePostgresAddress(text);
    expect(address.shown).toBe(shown);
    expect(address.password?.reveal()).toBe(password);
    expect(JSON.stringify(address)).not.toContain(password ?? 'none');
  });

  it.each([
    ['postgres://me:secret@db1:port/fleet', 'FB_USAGE'],
    ['postgres://me:secret@[db1/fleet', 'FB_USAGE'],
    ['postgres://me:secret%@db1/fleet', 'FB_USAGE'],
    ['postgres://me:secret@db1/fleet?sslmode=prefer', 'FB_USAGE'],
    ['postgres://me:secret@db1/fleet?connect=fast', 'FB_USAGE'],
    ['postgres://me:secret@db1/fleet?sslrootcert=/no/such/file', 'FB_FILE_MISSING'],
  ])('%s is refused, and its password not said', (text, code) => {
    let thrown: unknown;
    try {
      parsePostgresAddress(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code, remedy: expect.stringMatching(/./) });
    expect(`${(thrown as Error).message} ${(thrown as FirebreakError).remedy}`).not.toContain('secret');
  });

  it('that asks for TLS has the certificate checked unless it says otherwise', () => {
    const ssl = (mode: string) => parsePostgresAddress(`postgres://db1/fleet?sslmode=${mode}`).ssl;
    for (const mode of ['require', 'verify-ca', 'verify-full']) expect(ssl(mode)).toEqual({ rejectUnauthorized: true });
    expect(ssl('no-verify')).toEqual({ rejectUnauthorized: false });
    expect(ssl('disable')).toBe(false);
    expect(parsePostgresAddress('postgres://db1/fleet').ssl).toBeUndefined();
  });
});

describe('the server', () => {
  it('that is too old, or holds another encoding, is refused', () => {
    expect(() => refuseServer(SERVER, SHOWN)).not.toThrow();
    expect(() => refuseServer({ ...SERVER, version: 120_022, name: '12.22' }, SHOWN)).toThrow('PostgreSQL 12.22');
    expect(() => refuseServer({ ...SERVER, encoding: 'SQL_ASCII' }, SHOWN)).toThrow('SQL_ASCII');
  });

  it.each([
    ['ECONNREFUSED', 'FB_STATE_UNREACHABLE'],
    ['57P01', 'FB_STATE_UNREACHABLE'],
    ['53300', 'FB_STATE_UNREACHABLE'],
    ['28P01', 'FB_STATE_UNREACHABLE'],
    ['28000', 'FB_STATE_UNREACHABLE'],
    ['3D000', 'FB_STATE_UNREACHABLE'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'FB_STATE_UNREACHABLE'],
    ['53100', 'FB_STATE_FULL'],
    ['55P03', 'FB_STATE_LOCKED'],
    ['42501', 'FB_STATE_UNREADABLE'],
    ['25006', 'FB_STATE_UNREADABLE'],
    ['XX001', 'FB_STATE_UNREADABLE'],
  ])('says %s: %s', (code, expected) => {
    const thrown = Object.assign(new Error('text'), { code });
    expect(asPostgresError(new AggregateError([thrown]), SHOWN)).toMatchObject({ code: expected });
    expect(asPostgresError(thrown, SHOWN)).toMatchObject({
      code: expected,
      message: expect.stringContaining(SHOWN),
      remedy: expect.stringMatching(/./),
    });
  });

  it('is no business of whoever keeps the journal in a file: pg is not even loaded', () => {
    const app = resolve(import.meta.dirname, '..', '..', 'src', 'app', 'index.ts');
    const script = `import { createRequire } from 'node:module';
      await import(${JSON.stringify(app)});
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      console.log(loaded.length > 0, loaded.some((file) => /node_modules.pg[-\\w]*./.test(file)));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(stdout.trim()).toBe('true false');
  });
});

const whenInstalled = installed === null ? describe.skip : describe;

whenInstalled('the state database', () => {
  let server: TestServer;
  let opened: Journal[] = [];
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.dispose());
  afterEach(async () => {
    for (const journal of opened.splice(0)) await journal.close();
    opened = [];
  });

  const clock: Clock = { now: () => 1_000_000, sleep: () => Promise.resolve() };
  const random = { id: (bytes: number) => randomBytes(bytes).toString('hex'), fraction: () => 0.5 };
  const somePlan = plan([step('verify', 'patch.verify')]);

  async function open(address: string): Promise<Journal> {
    const journal = await openPostgresJournal(parsePostgresAddress(address), { clock, random });
    opened.push(journal);
    return journal;
  }

  const reasons = async (journal: Journal, run: string) =>
    (await journal.events(run)).map((event) => ('reason' in event ? String(event.reason) : ''));

  it('keeps its store id', async () => {
    const address = await server.database();
    const first = await open(address);
    expect(first.storeId).toMatch(/^[0-9a-f]{16}$/);
    expect((await open(address)).storeId).toBe(first.storeId);
  });

  it("that is another program's, newer, not ours to write or not there is refused", async () => {
    const foreign = await server.database();
    await server.query('create schema firebreak; create table firebreak.bookmarks (url text)', foreign);
    await expect(open(foreign)).rejects.toMatchObject({ code: 'FB_STATE_UNREADABLE' });
    const newer = await server.database();
    await open(newer);
    await server.query(`update firebreak.meta set value = '99' where name = 'schema'`, newer);
    await expect(open(newer)).rejects.toMatchObject({ code: 'FB_STATE_NEWER' });
    const latin = await server.database(`encoding 'LATIN1' template template0`);
    await expect(open(latin)).rejects.toMatchObject({ code: 'FB_STATE_UNREADABLE' });
    await server.query(`create role guest login password 'guest'`);
    const guest = foreign.replace(/\/\/[^@]*@/, '//guest:guest@').replace(/\w+$/, 'postgres');
    await expect(open(guest)).rejects.toMatchObject({
      code: 'FB_STATE_UNREADABLE',
      remedy: expect.stringContaining('own'),
    });
    for (const [wrong, text] of [
      [foreign.replace(server.password, 'wrong-one'), 'password authentication failed'],
      [foreign.replace(`:${server.password}`, ''), 'wants a password'],
      [foreign.replace(/\w+$/, 'nowhere'), '"nowhere" does not exist'],
      [foreign.replace(`:${server.port}/`, ':1/'), 'ECONNREFUSED'],
      [`${foreign}?sslmode=require`, 'SSL'],
    ] as const) {
      const refusal = open(wrong);
      await expect(refusal).rejects.toMatchObject({
        code: 'FB_STATE_UNREACHABLE',
        message: expect.stringContaining(text),
        remedy: expect.stringMatching(/./),
      });
      await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining(server.password) });
      await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining('wrong-one') });
    }
  });

  it('takes the password from PGPASSWORD', async () => {
    const address = (await server.database()).replace(`:${server.password}`, '');
    process.env['PGPASSWORD'] = server.password;
    try {
      expect(await (await open(address)).runs()).toEqual([]);
    } finally {
      delete process.env['PGPASSWORD'];
    }
  });

  it('derives again what disagrees with the events', async () => {
    const address = await server.database();
    const journal = await open(address);
    await journal.create({ run: 'r1', plan: somePlan, parent: null, check: false });
    await journal.append('r1', [
      { type: 'HostLeased', host: 'web01', key: 'machine:m1' },
      {
        type: 'ObligationOwed',
        host: 'web01',
        obligation: 'o1',
        kind: 'undo',
        step: 'shield',
        uses: 'shield.apply',
        args: {},
        prior: {},
      },
      { type: 'RunFinished', how: 'stopped', reason: 'x' },
    ]);
    const before = { obligations: await journal.openObligations(), runs: await journal.runs() };
    await server.query(
      'delete from firebreak.obligations; delete from firebreak.host_keys; update firebreak.runs set state = null, last_seq = 1',
      address,
    );
    const again = await open(address);
    expect({ obligations: await again.openObligations(), runs: await again.runs() }).toEqual(before);
    expect(before.obligations).toMatchObject([{ id: 'o1', key: 'machine:m1' }]);
  });

  it('takes nothing of a batch that it cannot write, and the next one', async () => {
    const address = await server.database();
    const journal = await open(address);
    await journal.create({ run: 'r1', plan: somePlan, parent: null, check: false });
    await server.query('alter table firebreak.events add constraint no check (seq <> 2)', address);
    const both = [
      { type: 'RunPaused', reason: 'a' },
      { type: 'RunPaused', reason: 'b' },
    ] as const;
    await expect(journal.append('r1', both)).rejects.toMatchObject({ code: 'FB_STATE_UNREADABLE' });
    expect(await journal.events('r1')).toEqual([]);
    expect(await journal.append('r1', [{ type: 'RunPaused', reason: 'c' }])).toMatchObject([{ seq: 1 }]);
  });

  it('loses no acknowledged row of a process that is killed, whose run is at once interrupted', async () => {
    const address = await server.database();
    const writer = startWriter(address, 'r1');
    await writer.until(150);
    writer.child.kill('SIGKILL');
    await writer.ended;
    const acknowledged = writer.lines().flatMap((line) => (line.startsWith('ack ') ? [line.slice(4)] : []));
    expect(acknowledged.length).toBeGreaterThanOrEqual(149);
    const journal = await open(address);
    const events = await journal.events('r1');
    const there = new Set(events.map((event) => `${event.seq} ${'reason' in event ? event.reason : ''}`));
    expect(acknowledged.filter((row) => !there.has(row))).toEqual([]);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(await journal.runs()).toMatchObject([{ run: 'r1', state: 'interrupted' }]);
    await journal.adopt('r1');
    expect(await journal.append('r1', [{ type: 'RunPaused', reason: 'mine' }])).toHaveLength(1);
    expect(await journal.runs()).toMatchObject([{ run: 'r1', state: 'running' }]);
  });

  it('is opened for the first time by several processes at once, and read while they write', async () => {
    const address = await server.database();
    const writers = [0, 1, 2].map((index) => startWriter(address, `r${index}`));
    try {
      for (const writer of writers) await writer.until(20);
      const journal = await open(address);
      await expect(journal.adopt('r1')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
      expect((await journal.runs()).map(({ run, state }) => `${run} ${state}`).toSorted()).toEqual([
        'r0 running',
        'r1 running',
        'r2 running',
      ]);
      const seen = (await journal.events('r0')).length;
      await writers[0]?.until(seen + 20);
      expect((await journal.events('r0')).length).toBeGreaterThanOrEqual(seen);
    } finally {
      for (const writer of writers) {
        writer.child.kill('SIGKILL');
        await writer.ended;
      }
    }
  });

  it('takes a run from a process without a sign of life, which then writes nothing more to it', async () => {
    const address = await server.database();
    const writer = startWriter(address, 'r1');
    try {
      await writer.until(20);
      const journal = await open(address);
      writer.child.kill('SIGSTOP');
      await expect(journal.adopt('r1')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
      // As if it had been silent for a minute; what it was in the middle of is cut off by the server.
      await server.query(`update firebreak.processes set seen = seen - 60000`, address);
      await journal.adopt('r1');
      const [mine] = await journal.append('r1', [{ type: 'RunPaused', reason: 'mine' }]);
      writer.child.kill('SIGCONT');
      await writer.ended;
      expect(writer.complaint()).toContain('was taken over by');
      expect(await journal.events('r1', mine?.seq)).toEqual([]);
      // Nor when nobody is at work on it any more.
      await journal.disown('r1');
      expect(await journal.runs()).toMatchObject([{ state: 'interrupted' }]);
    } finally {
      writer.child.kill('SIGKILL');
      await writer.ended;
    }
  });

  it('may restart: its writers wait for it, and every row is there once', async () => {
    const address = await server.database();
    const writer = startWriter(address, 'r1');
    try {
      await writer.until(50);
      const journal = await open(address);
      for (let round = 0; round < 3; round++) {
        const before = writer.lines().length;
        await server.stop();
        await server.start();
        await writer.until(before + 50);
      }
      writer.child.kill('SIGKILL');
      await writer.ended;
      const written = await reasons(journal, 'r1');
      expect(new Set(written).size).toBe(written.length);
      const acknowledged = writer.lines().flatMap((line) => (line.startsWith('ack ') ? [line.split(' ')[2]] : []));
      expect(acknowledged.filter((reason) => !written.includes(reason ?? ''))).toEqual([]);
    } finally {
      writer.child.kill('SIGKILL');
      await writer.ended;
    }
  });

  it('that stays away ends what is begun with one clear error', async () => {
    const address = await server.database();
    const journal = await open(address);
    await server.stop();
    try {
      await expect(open(address)).rejects.toMatchObject({ code: 'FB_STATE_UNREACHABLE' });
    } finally {
      await server.start();
    }
    expect(await journal.runs()).toEqual([]);
  });
});
