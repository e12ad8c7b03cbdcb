/** Firebreak.Infection on machines of the lab: what each shows of the signs, and what is legitimate elsewhere. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModuleLab, type Result } from './support/module-lab.ts';

const RUN = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run';
const SIGNS = {
  File: [
    '%SystemRoot%\\System32\\msblast.exe',
    '%SystemRoot%\\System32\\wins\\svchost.exe',
    '%SystemRoot%\\System32\\mssbl[a]st.exe',
    '%SystemRoot%\\System32\\msbl*.exe',
  ],
  ValueKey: [RUN],
  ValueName: ['windows auto update'],
  Service: ['RpcPatch', 'RpcTftpd'],
  Port: true,
};

describe('signs of an infection on lab machines', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'clean', profile: 'windows-2000-server-sp4', relay: 'mgmt' },
      { name: 'web', profile: 'windows-2000-server-sp4', variant: 'serves-http', relay: 'mgmt' },
      { name: 'blaster', profile: 'windows-2000-professional-sp4', variant: 'infected-blaster', relay: 'mgmt' },
      { name: 'welchia', profile: 'windows-xp-sp1', variant: 'infected-welchia', relay: 'mgmt' },
    ]);
  });
  afterAll(() => lab.end());

  const look = (host: string): Promise<Result> =>
    host === 'mgmt'
      ? lab.call(host, 'Infection\\Get-FbInfection', SIGNS)
      : lab.relayed('mgmt', host).call('Infection\\Get-FbInfection', SIGNS);
  const presence = (result: Result): unknown => ({
    files: (result['Files'] as { Present: boolean }[]).map((item) => item.Present),
    values: (result['Values'] as { Present: boolean }[]).map((item) => item.Present),
    services: (result['Services'] as { Present: boolean }[]).map((item) => item.Present),
  });

  it.each([
    ['clean', [false, false, false, false], [false], [false, false]],
    ['blaster', [true, false, false, true], [true], [false, false]],
    ['welchia', [false, true, false, false], [false], [true, true]],
    ['mgmt', [false, false, false, false], [false], [false, false]],
  ])('are what %s shows', async (host, files, values, services) => {
    const result = await look(host);
    expect(presence(result)).toEqual({ files, values, services });
    expect(result['Ports']).toMatchObject({ Readable: true, Tcp: expect.arrayContaining([135]) });
  });

  it('carry their evidence', async () => {
    const blaster = await look('blaster');
    expect(blaster['Files']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          Found: [expect.stringMatching(/^C:\\WINNT\\System32\\msblast\.exe$/i)],
          Running: true,
        }),
      ]),
    );
    expect(blaster['Values']).toEqual([expect.objectContaining({ Data: 'msblast.exe' })]);
    expect(blaster['Ports']).toMatchObject({ Tcp: expect.arrayContaining([4444]), Udp: expect.arrayContaining([69]) });
    const welchia = await look('welchia');
    expect(welchia['Services']).toEqual(
      expect.arrayContaining([expect.objectContaining({ Name: 'RpcPatch', Image: expect.stringMatching(/wins/i) })]),
    );
  });

  it('a web server is told from a host that serves nothing', async () => {
    const ask = (host: string): Promise<Result> => lab.relayed('mgmt', host).call('Shield\\Get-FbHttpServer');
    expect(await ask('web')).toMatchObject({ Serves: true, Reason: expect.stringContaining('80') });
    expect(await ask('clean')).toMatchObject({ Serves: false, RpcProxy: false });
  });
});
