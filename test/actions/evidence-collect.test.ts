import { describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { FirebreakError, type JsonObject, type ReadAction, type StepContext } from '../../src/domain/index.ts';
import { FakeHost } from './support/fake-step.ts';

const action = createActions().get('evidence.collect') as ReadAction;
const event = {
  Record: 7,
  At: '2026-03-13T00:00:00Z',
  Type: 'Error',
  Id: 4,
  Source: 'NtServicePack',
  Text: 'schlug\r\nfehl',
};
const SEEN = {
  At: '2026-03-13T01:00:00Z',
  Since: '2026-03-12T01:00:00Z',
  Logs: [
    { Name: 'System', Readable: true, By: 'wmi', Error: '', Total: 3, Events: [event, { ...event, Record: 8 }] },
    { Name: 'Application', Readable: false, By: null, Error: 'access denied', Total: 0, Events: [] },
  ],
  Files: [
    {
      Path: 'C:\\WINNT\\KB824146.log',
      Length: 100,
      Modified: null,
      Bytes: Buffer.from('Ende').toString('base64'),
      Error: '',
    },
    { Path: 'C:\\x\\..', Length: 2, Modified: null, Bytes: Buffer.from('ok').toString('base64'), Error: '' },
    { Path: 'C:\\gone.log', Length: null, Modified: null, Bytes: null, Error: '' },
  ],
};

function collecting(host: FakeHost, options: { check?: boolean; advisory?: JsonObject } = {}) {
  const kept = new Map<string, string>();
  const context: StepContext = {
    ...host.step(options),
    files: {
      ...host.step().files,
      evidence: '/state/evidence',
      keep: (file, content) => {
        kept.set(file, Buffer.from(content).toString());
        return Promise.resolve({ bytes: content.length, sha256: 'ab' });
      },
    },
  };
  const read = async (args: JsonObject = {}) => (await action.read(context, args)).result;
  return { kept, read };
}

describe('evidence.collect', () => {
  it('keeps logs and files below the run and the host, and says what it could not have', async () => {
    const host = new FakeHost().on('Get-FbEvidence', SEEN);
    const { kept, read } = collecting(host);
    const result = await read();
    expect([...kept.keys()]).toEqual([
      '/state/evidence/run-1/pc-1/events-system.txt',
      '/state/evidence/run-1/pc-1/01-KB824146.log',
      '/state/evidence/run-1/pc-1/02-..',
    ]);
    expect(kept.get('/state/evidence/run-1/pc-1/events-system.txt')).toMatch(
      /^# System, .*1 older ones left out\n2026-03-13T00:00:00Z\tError\tNtServicePack\t4\tschlug \/ fehl\n/,
    );
    expect(result).toMatchObject({
      events: 2,
      problems: ['event log Application: access denied', 'C:\\gone.log: it is not there'],
    });
    expect(result['files']).toMatchObject([
      { source: 'event log System', of: null },
      { source: 'C:\\WINNT\\KB824146.log', bytes: 4, of: 100 },
      { source: 'C:\\x\\..', of: null },
    ]);
  });

  it('asks for no more than it is told to', async () => {
    const host = new FakeHost().on('Get-FbEvidence', { ...SEEN, Logs: [], Files: [] });
    await collecting(host).read({ since: '90d', max_events: 5, max_bytes: 10, max_files: 2, files: ['C:\\app.log'] });
    expect(host.parameters).toEqual([
      { Seconds: 30 * 86_400, EventCount: 5, MaxBytes: 10, MaxFiles: 2, File: ['C:\\app.log'] },
    ]);
    expect(action.args.safeParse({ max_bytes: 2_000_000 }).success).toBe(false);
  });

  it('takes the folder that the playbook names', async () => {
    const { kept, read } = collecting(new FakeHost().on('Get-FbEvidence', { ...SEEN, Files: [] }));
    await read({ to: 'why' });
    expect([...kept.keys()]).toEqual(['/playbooks/why/run-1/pc-1/events-system.txt']);
  });

  it('does not fail where the host is out of reach: that must not hide why it is asked', async () => {
    const host = new FakeHost();
    host.down = new FirebreakError('FB_CONNECT_TIMEOUT', 'pc-1 does not answer');
    const { kept, read } = collecting(host, { advisory: { advisory: 'x' } });
    expect(await read()).toMatchObject({ files: [], problems: ['logs: pc-1 does not answer'] });
    expect(kept.size).toBe(0);
  });

  it('waits for a relay that is away, as every step does', async () => {
    const host = new FakeHost();
    host.down = new FirebreakError('FB_CONNECT_LOST', 'mgmt01 is away', { relay: 'mgmt01' });
    await expect(collecting(host).read()).rejects.toMatchObject({ relay: 'mgmt01' });
  });

  it('writes nothing here in a check', async () => {
    const { kept, read } = collecting(new FakeHost().on('Get-FbEvidence', SEEN), { check: true });
    expect(await read()).toMatchObject({ files: [] });
    expect(kept.size).toBe(0);
  });
});
