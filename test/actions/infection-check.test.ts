import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { JsonObject, ReadAction } from '../../src/domain/index.ts';
import { advisory, FakeHost } from './support/fake-step.ts';

const check = createActions().get('infection.check') as ReadAction;
const RUN = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run';
const MSBLAST = '%SystemRoot%\\System32\\msblast.exe';
const WINS = '%SystemRoot%\\System32\\wins\\svchost.exe';
const sign = { source: 'test', confidence: 'H' };
const worms: JsonObject = {
  ...advisory,
  infection: {
    families: [
      {
        name: 'Blaster.A',
        indicators: [
          { kind: 'file', path: MSBLAST, ...sign },
          { kind: 'registry-value', key: RUN, name: 'windows auto update', data: 'msblast.exe', ...sign },
          { kind: 'mutex', name: 'BILLY', ...sign },
          { kind: 'port', protocol: 'tcp', port: 4444, ...sign },
        ],
      },
      {
        name: 'Nachi',
        patches_host: true,
        indicators: [
          { kind: 'service', name: 'RpcPatch', ...sign },
          { kind: 'file', path: WINS, ...sign },
        ],
      },
    ],
    order: ['isolate', 'clean'],
    advice: 'Rebuild it.',
  },
};

const file = (path: string, present: boolean | null, more: object = {}) => ({
  Path: path,
  Present: present,
  Found: present === true ? [path.replace('%SystemRoot%', 'C:\\WINNT')] : [],
  Running: false,
  Error: present === null ? 'access denied' : '',
  ...more,
});
const value = (present: boolean | null, data = '') => ({
  Key: RUN,
  Name: 'windows auto update',
  Present: present,
  Data: data,
  Error: '',
});
const clean = {
  Files: [file(MSBLAST, false), file(WINS, false)],
  Values: [value(false)],
  Services: [{ Name: 'RpcPatch', Present: false, Image: '' }],
  Ports: { Readable: true, Tcp: [135, 445], Udp: [137], Error: '' },
};

describe('infection.check', () => {
  let host: FakeHost;
  beforeEach(() => {
    host = new FakeHost();
  });
  const look = async (signs: object): Promise<JsonObject> => {
    host.on('Get-FbInfection', { ...clean, ...signs });
    const { result, error } = await check.read(host.step({ advisory: worms }), {});
    expect(error).toBeUndefined();
    return result;
  };

  it.each<[string, object, boolean | null, string[]]>([
    ['clean when nothing is there', {}, false, []],
    ['a file', { Files: [file(MSBLAST, true), file(WINS, false)] }, true, ['Blaster.A']],
    ['a Run value', { Values: [value(true, 'msblast.exe')] }, true, ['Blaster.A']],
    ['a Run value with a folder', { Values: [value(true, '"C:\\WINNT\\system32\\MSBLAST.EXE"')] }, true, ['Blaster.A']],
    ['a Run value of another program', { Values: [value(true, 'notmsblast.exe')] }, false, []],
    ['a service', { Services: [{ Name: 'RpcPatch', Present: true, Image: 'wins\\x.exe' }] }, true, ['Nachi']],
    ['both families', { Files: [file(MSBLAST, true), file(WINS, true)] }, true, ['Blaster.A', 'Nachi']],
    ['a port alone is no finding, but not clean', { Ports: { ...clean.Ports, Tcp: [4444] } }, null, []],
    ['an unreadable file is not clean', { Files: [file(MSBLAST, null), file(WINS, false)] }, null, []],
    ['an unreadable value is not clean', { Values: [value(null)] }, null, []],
    ['an unreadable service is not clean', { Services: [{ Name: 'RpcPatch', Present: null, Image: '' }] }, null, []],
    ['unreadable ports are not clean', { Ports: { Readable: false, Tcp: [], Udp: [], Error: 'x' } }, null, []],
    ['a sign that was not answered is not clean', { Services: [] }, null, []],
    [
      'a finding stands beside what is unreadable',
      { Files: [file(MSBLAST, true), file(WINS, null)] },
      true,
      ['Blaster.A'],
    ],
  ])('%s', async (_name, signs, found, names) => {
    expect(await look(signs)).toMatchObject({ found, names });
  });

  it('shows where, how sure and whose word it is', async () => {
    const result = await look({ Files: [file(MSBLAST, true, { Running: true }), file(WINS, false)] });
    expect(result).toMatchObject({
      evidence: [
        {
          family: 'Blaster.A',
          kind: 'file',
          evidence: 'file C:\\WINNT\\System32\\msblast.exe (running)',
          confidence: 'H',
          source: 'test',
        },
      ],
      reason: expect.stringContaining('Blaster.A'),
      advice: 'Rebuild it.',
      order: ['isolate', 'clean'],
    });
  });

  it('says that a worm has fixed what it infects', async () => {
    const result = await look({ Services: [{ Name: 'RpcPatch', Present: true, Image: 'x' }] });
    expect(result['reason']).toContain('a fixed host may have it');
  });

  it('names what could not be read', async () => {
    const result = await look({ Files: [file(MSBLAST, null), file(WINS, false)] });
    expect(result).toMatchObject({
      unreadable: [`file ${MSBLAST}: access denied`],
      reason: expect.stringContaining('not known to be clean'),
      order: [],
    });
  });

  it('asks for each sign once, and never for a mutex', async () => {
    await look({});
    expect(host.parameters).toEqual([
      { File: [MSBLAST, WINS], ValueKey: [RUN], ValueName: ['windows auto update'], Service: ['RpcPatch'], Port: true },
    ]);
  });

  it('needs an advisory that lists signs', async () => {
    await expect(check.read(host.step({ advisory }), {})).rejects.toMatchObject({ code: 'FB_USAGE' });
  });
});
