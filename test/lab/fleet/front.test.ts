import { randomBytes, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createInitiator,
  encodeSealedBody,
  FAULT_CODE,
  type Initiator,
  SEALED_CONTENT_TYPE,
  SIGNAL,
} from '../../../src/protocol/index.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';
import { ask, basic, type HttpAnswer, RawClient } from '../support/wsman.ts';

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
        { name: 'pc-03', profile: 'windows-10-1903-enu', allow_unencrypted: false },
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

  describe('with the default settings of Windows', () => {
    const agents: Agent[] = [];
    afterEach(() => {
      for (const agent of agents.splice(0)) agent.destroy();
    });
    const logons = async (granted: boolean): Promise<readonly object[]> => {
      const { entries } = await lab.ask<{ entries: { kind: string; granted?: boolean }[] }>('history', {
        host: 'pc-03',
      });
      return entries.filter((entry) => entry.kind === 'logon' && entry.granted === granted);
    };
    const post = (agent: Agent, body: string | Buffer, headers: { [name: string]: string }): Promise<HttpAnswer> =>
      ask({ address: lab.host('pc-03').address, agent, body, headers });
    const logOn = async (
      kind: 'ntlm' | 'negotiate',
      login: { user?: string; password?: string } = {},
    ): Promise<{ readonly agent: Agent; readonly initiator: Initiator; readonly last: HttpAnswer }> => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      agents.push(agent);
      const initiator = createInitiator(kind, {
        user: login.user ?? lab.user,
        password: login.password ?? lab.password,
        targetName: 'HTTP/pc-03',
        randomBytes,
        now: Date.now,
      });
      const say = (token: Uint8Array): Promise<HttpAnswer> =>
        post(agent, '', { Authorization: `Negotiate ${Buffer.from(token).toString('base64')}` });
      const challenged = await say(initiator.step()!);
      expect(challenged.status).toBe(401);
      const token = /^Negotiate (\S+)$/.exec(String(challenged.headers['www-authenticate']))![1]!;
      return { agent, initiator, last: await say(initiator.step(Buffer.from(token, 'base64'))!) };
    };

    it('offers no Basic and takes none', async () => {
      const answer = await ask({ address: lab.host('pc-03').address, headers: basic(lab.user, lab.password) });
      expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Negotiate' } });
      expect(await logons(true)).toEqual([]);
    });

    it.each(['ntlm', 'negotiate'] as const)('logs on by %s and seals its answers', async (kind) => {
      const { agent, initiator, last } = await logOn(kind, { user: `PC-03\\${lab.user}` });
      expect(last).toMatchObject({ status: 200, body: '' });
      expect(last.headers['www-authenticate'] === undefined).toBe(kind === 'ntlm');
      const sealed = encodeSealedBody(initiator.session!.seal(Buffer.from('no envelope')));
      const answer = await post(agent, sealed, { 'Content-Type': SEALED_CONTENT_TYPE });
      expect(answer.status).toBe(500);
      expect(answer.headers['content-type']).toBe(SEALED_CONTENT_TYPE);
      expect(answer.body).not.toContain('Envelope>');
    });

    it('takes nothing in the clear and nothing that was changed, and forgets the login', async () => {
      const clear = await logOn('ntlm');
      expect(await post(clear.agent, '<a/>', {})).toMatchObject({ status: 500, body: '' });
      expect((await post(clear.agent, '', {})).status).toBe(401);
      const changed = await logOn('ntlm');
      const sealed = encodeSealedBody(changed.initiator.session!.seal(Buffer.from('x')));
      const text = Buffer.from(sealed.toString('latin1').replace('Length=1', 'Length=2'), 'latin1');
      const headers = { 'Content-Type': SEALED_CONTENT_TYPE };
      expect((await post(changed.agent, text, headers)).status).toBe(400);
      expect((await post(changed.agent, text, headers)).status).toBe(401);
    });

    it('counts wrong passwords and unknown users', async () => {
      const before = (await logons(false)).length;
      for (const login of [{ password: 'other' }, { user: 'nobody' }, { user: `OTHER\\${lab.user}` }]) {
        expect((await logOn('negotiate', login)).last.status).toBe(401);
      }
      expect(await logons(false)).toHaveLength(before + 3);
      const junk = await ask({ address: lab.host('pc-03').address, headers: { Authorization: 'Negotiate AAAA' } });
      expect(junk).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Negotiate' } });
    });
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
      'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Process',
    );
    expect((await client.post(shell)).body).toContain('The resource URI is missing');
    await client.create();
    const put = client.wsman.delete().xml.replace('transfer/Delete', 'transfer/Put');
    expect((await client.post(put)).body).toContain('The lab has no unknown (');
  });

  it('falls silent when the network is lost, and resets old connections when it is back', async () => {
    const client = newClient({ host: 'pc-02', timeoutMs: 120_000 });
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
    const client = newClient({ host: 'pc-02', timeoutMs: 120_000 });
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
      // The listener comes back a moment after the event. (Node's errors are of another realm: no instanceof.)
      if ('code' in answer && answer.code === 'ECONNREFUSED') continue;
      expect(answer).toMatchObject({ windowsCode: FAULT_CODE.shellNotFound });
      break;
    }
  });
});
