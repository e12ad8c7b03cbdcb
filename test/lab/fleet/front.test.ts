import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FAULT_CODE, SIGNAL } from '../../../src/protocol/index.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';
import { ask, basic, RawClient } from '../support/wsman.ts';

describe('WinRM front', () => {
  let lab: TestLab;
  let address: string;
  const clients: RawClient[] = [];

  beforeAll(async () => {
    lab = await startTestLab({
      engine: 'fake',
      hosts: [
        { name: 'pc-01', profile: 'windows-10-1903-enu' },
        { name: 'pc-02', profile: 'windows-10-1903-jpn' },
      ],
    });
    address = lab.host('pc-01').address;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => lab.end());

  const newClient = (options: { user?: string; host?: string; timeoutMs?: number } = {}): RawClient => {
    const client = new RawClient(
      lab.host(options.host ?? 'pc-01').address,
      options.user ?? lab.user,
      lab.password,
      options.timeoutMs,
    );
    clients.push(client);
    return client;
  };

  it('asks for Negotiate or Basic when nobody or somebody unknown knocks, and the machine counts the wrong password', async () => {
    const nobody = await ask({ address });
    expect(nobody.status).toBe(401);
    expect(nobody.headers['www-authenticate']).toBe('Negotiate, Basic realm="WSMAN"');
    const wrong = { address, headers: basic('firebreak', 'wrong') };
    expect((await ask(wrong)).status).toBe(401);
    expect((await ask(wrong)).status).toBe(401);
    const { entries } = await lab.ask<{ entries: { kind: string; granted?: boolean }[] }>('history', { host: 'pc-01' });
    expect(entries.filter((entry) => entry.kind === 'logon' && entry.granted === false)).toHaveLength(2);
  });

  it('refuses other paths, methods, media types and oversized envelopes', async () => {
    const headers = basic(lab.user, lab.password);
    expect((await ask({ address, headers, path: '/' })).status).toBe(404);
    expect((await ask({ address, headers, method: 'GET' })).status).toBe(405);
    const sealed = { ...headers, 'Content-Type': 'multipart/encrypted' };
    expect((await ask({ address, headers: sealed, body: 'x' })).status).toBe(415);
    expect((await ask({ address, headers, body: 'x'.repeat(512_001) })).status).toBe(413);
  });

  it('answers a broken envelope with a fault', async () => {
    for (const body of ['', 'no xml', '<a/>', '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>']) {
      const answer = await ask({ address, headers: basic(lab.user, lab.password), body });
      expect(answer.status).toBe(500);
      expect(answer.body).toContain('SchemaValidationError');
    }
  });

  it('denies somebody who is no administrator', async () => {
    expect(await newClient({ user: 'guest' }).create()).toMatchObject({ kind: 'fault', windowsCode: 5 });
  });

  it('creates a shell with the id that the client proposes and says from where it is seen', async () => {
    const client = newClient();
    expect(await client.create()).toMatchObject({
      kind: 'create',
      shellId: client.shellId.toUpperCase(),
      clientIp: '127.0.0.1',
    });
    const pool = await client.send(client.wsman.receive());
    expect(pool).toMatchObject({ kind: 'receive', isDone: false });
    expect(pool.kind === 'receive' && Buffer.from(pool.streams[0]!.data).toString()).toBe('hello');
  });

  it('runs a pipeline to its end and forgets it when it is terminated', async () => {
    const client = newClient();
    await client.create();
    const command = randomUUID();
    expect(await client.send(client.wsman.command(command, Buffer.from('echo me')))).toMatchObject({ kind: 'command' });
    const received = await client.send(client.wsman.receive(command));
    expect(received).toMatchObject({ kind: 'receive', isDone: true });
    expect(received.kind === 'receive' && Buffer.from(received.streams[0]!.data).toString()).toBe('echo me');
    expect(await client.send(client.wsman.signal(command, SIGNAL.terminate))).toEqual({ kind: 'signal' });
    expect(await client.send(client.wsman.receive(command))).toMatchObject({ windowsCode: FAULT_CODE.shellNotFound });
  });

  it('lets a Receive wait for its OperationTimeout and then says TimedOut', async () => {
    const client = newClient({ timeoutMs: 300 });
    await client.create();
    await client.send(client.wsman.receive());
    const command = randomUUID();
    await client.send(client.wsman.command(command, Buffer.from('hang')));
    expect(await client.send(client.wsman.receive(command))).toMatchObject({
      kind: 'fault',
      windowsCode: FAULT_CODE.timedOut,
      subcode: 'TimedOut',
      isTimedOut: true,
    });
  });

  it('does not know a deleted shell, another one, or that of another machine', async () => {
    const client = newClient();
    await client.create();
    const receive = client.wsman.receive();
    await client.send(receive);
    const elsewhere = newClient({ host: 'pc-02' });
    expect(await elsewhere.send(client.wsman.receive())).toMatchObject({ windowsCode: FAULT_CODE.shellNotFound });
    const waiting = client.send(client.wsman.receive());
    expect(await client.send(client.wsman.delete())).toEqual({ kind: 'delete' });
    const interrupted = await waiting;
    expect(interrupted).toMatchObject({ kind: 'fault' });
    expect([995, FAULT_CODE.shellNotFound]).toContain(interrupted.kind === 'fault' && interrupted.windowsCode);
    expect(await client.send(client.wsman.receive())).toMatchObject({ windowsCode: FAULT_CODE.shellNotFound });
  });

  it('refuses the thirty-first shell of a user', async () => {
    const user = 'collector';
    const shells = Array.from({ length: 30 }, () => newClient({ user }));
    for (const shell of shells) expect(await shell.create()).toMatchObject({ kind: 'create' });
    expect(await newClient({ user }).create()).toMatchObject({ windowsCode: FAULT_CODE.tooManyShells });
    await shells[0]!.send(shells[0]!.wsman.delete());
    expect(await newClient({ user }).create()).toMatchObject({ kind: 'create' });
  });

  it('says loudly what the lab has not', async () => {
    const client = newClient();
    const text = client.wsman.create(client.shellId, Buffer.from('x')).xml;
    const shell = text.replace(
      /http:\/\/schemas\.microsoft\.com\/powershell\/[^<]*/,
      'http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd',
    );
    expect((await client.post(shell)).body).toContain('The lab has no text shells');
    const enumerate = text
      .replace('transfer/Create', 'enumeration/Enumerate')
      .replace('2004/09/transfer', '2004/09/enumeration');
    expect((await client.post(enumerate)).body).toContain('The lab has no enumerate');
  });

  it('falls silent when the network is lost, and resets old connections when it is back', async () => {
    const client = newClient({ host: 'pc-02', timeoutMs: 60_000 });
    await client.create();
    await client.send(client.wsman.receive());
    let isAnswered = false;
    const waiting = client.send(client.wsman.receive()).then(
      () => 'answered',
      (error: NodeJS.ErrnoException) => error.code,
    );
    void waiting.then(() => {
      isAnswered = true;
    });
    await lab.ask('trouble', { host: 'pc-02', kind: 'network-loss' });
    await expect(ask({ address: lab.host('pc-02').address })).rejects.toThrow('ECONNREFUSED');
    expect(isAnswered).toBe(false);
    await lab.ask('clock', { seconds: 1 });
    expect(await waiting).toBe('ECONNRESET');
    // The shell lives on the machine: it is still there.
    const command = randomUUID();
    expect(await client.send(client.wsman.command(command, Buffer.from('again')))).toMatchObject({ kind: 'command' });
  });

  it('closes connections and forgets shells when the machine restarts', async () => {
    const client = newClient({ host: 'pc-02', timeoutMs: 60_000 });
    await client.create();
    await client.send(client.wsman.receive());
    const waiting = client.send(client.wsman.receive());
    waiting.catch(() => undefined);
    await lab.ask('trouble', { host: 'pc-02', kind: 'power-loss' });
    await expect(waiting).rejects.toThrow(/socket hang up|ECONNRESET/);
    await lab.ask('clock', { seconds: 1 });
    const receive = client.wsman.receive();
    for (;;) {
      const answer = await client.send(receive).catch((error: NodeJS.ErrnoException) => error);
      // The listener comes back a moment after the event.
      if (answer instanceof Error && answer.code === 'ECONNREFUSED') continue;
      expect(answer).toMatchObject({ windowsCode: FAULT_CODE.shellNotFound });
      break;
    }
  });
});
