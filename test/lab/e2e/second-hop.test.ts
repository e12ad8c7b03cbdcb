/** From one machine on to the next: what a session may do there depends on how it logged on. Needs the built engine. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HostCredential, type Invocation, Secret } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';

const { signal } = new AbortController();
const FILE = '\\\\pc-02\\C$\\Windows\\note.txt';
/** A drive on the other machine with a credential that was handed in; outputs what is read there. */
const BY_CREDENTIAL = `param($Credential)
New-PSDrive -Name X -PSProvider FileSystem -Root \\\\pc-02\\C$ -Credential $Credential -ErrorAction Stop | Out-Null
Get-Content X:\\Windows\\note.txt`;

interface Logon {
  readonly kind: string;
  readonly user: string;
  readonly granted: boolean;
  readonly reason: string;
  readonly logon: string;
  readonly from?: string;
}

interface Program {
  readonly kind: string;
  readonly arguments?: string;
  readonly account?: string;
}

describe('the second hop', () => {
  let lab: TestLab;
  beforeAll(async () => {
    lab = await startTestLab({
      engine: 'real',
      hosts: [
        { name: 'pc-01', profile: 'windows-10-1903-enu' },
        { name: 'pc-02', profile: 'windows-10-1903-enu' },
      ],
    });
    await run('pc-02', 'basic', 'Set-Content C:\\Windows\\note.txt hello');
  });
  afterAll(() => lab.end());

  const run = async (
    name: string,
    auth: 'basic' | 'ntlm',
    script: string,
    parameters: { readonly [name: string]: HostCredential } = {},
  ): Promise<Invocation<unknown>> => {
    const session = await createTransports().winrm.open(
      {
        host: name,
        transport: 'winrm',
        address: lab.host(name).address,
        port: 5985,
        useTls: false,
        auth,
        user: lab.user,
        password: new Secret(lab.password),
        allowUnencrypted: true,
        settings: {},
      },
      { signal, timeoutMs: 120_000 },
    );
    try {
      return await session.invoke({ script, parameters }, { signal, timeoutMs: 120_000 });
    } finally {
      await session.close();
    }
  };
  const credential = (password = lab.password): HostCredential => new HostCredential(lab.user, new Secret(password));
  const arrivals = async (): Promise<Logon[]> => {
    const { entries } = await lab.ask<{ entries: Logon[] }>('history', { host: 'pc-02' });
    return entries.filter(({ kind, from }) => kind === 'logon' && from === 'pc-01');
  };

  it('is open to a session by Basic, whose password the first machine knows', async () => {
    const { output, streams } = await run('pc-01', 'basic', `Get-Content ${FILE}; Test-Path \\\\pc-02\\ADMIN$`);
    expect(streams.error).toEqual([]);
    expect(output).toEqual(['hello', true]);
    expect((await arrivals()).at(-1)).toMatchObject({ user: lab.user, granted: true, logon: 'Network' });
  });

  it('is refused to a session by NTLM, which is nobody there', async () => {
    const { output, streams } = await run('pc-01', 'ntlm', `Get-Content ${FILE}; Test-Path \\\\pc-02\\ADMIN$`);
    expect(output).toEqual([false]);
    expect(streams.error.map(({ fullyQualifiedErrorId }) => fullyQualifiedErrorId)).toEqual([
      'ItemExistsUnauthorizedAccessError,Microsoft.PowerShell.Commands.GetContentCommand',
      'PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand',
      'ItemExistsUnauthorizedAccessError,Microsoft.PowerShell.Commands.TestPathCommand',
    ]);
    expect(streams.error[0]!.message).toBe('Access is denied');
    expect((await arrivals()).at(-1)).toMatchObject({ user: 'ANONYMOUS LOGON', granted: false, reason: 'anonymous' });
  });

  it('is open to a session by NTLM with a credential that was bound as a parameter', async () => {
    const { output, streams } = await run('pc-01', 'ntlm', BY_CREDENTIAL, { Credential: credential() });
    expect(streams.error).toEqual([]);
    expect(output).toEqual(['hello']);
    expect((await arrivals()).at(-1)).toMatchObject({ user: lab.user, granted: true, logon: 'Network' });
  });

  it('is refused with a wrong credential, which the other machine counts', async () => {
    const tried = run('pc-01', 'ntlm', BY_CREDENTIAL, { Credential: credential('wrong') });
    await expect(tried).rejects.toMatchObject({
      message: expect.stringContaining('The user name or password is incorrect'),
    });
    expect((await arrivals()).at(-1)).toMatchObject({ user: lab.user, granted: false, reason: 'bad-password' });
  });

  it('is the same for WMI, which can start a program there', async () => {
    const read = '(Get-WmiObject Win32_ComputerSystem -ComputerName pc-02).Name';
    expect((await run('pc-01', 'basic', read)).output).toEqual(['PC-02']);
    const refused = await run(
      'pc-01',
      'ntlm',
      `try { ${read} } catch { $_.Exception.Message; $_.FullyQualifiedErrorId }`,
    );
    expect(refused.output).toEqual([
      'Access is denied. (Exception from HRESULT: 0x80070005 (E_ACCESSDENIED))',
      'System.UnauthorizedAccessException,Microsoft.PowerShell.Commands.GetWmiObjectCommand',
    ]);
    const start = `param($Credential)
$there = @{ ComputerName = 'pc-02'; Credential = $Credential }
(Invoke-WmiMethod @there -Class Win32_Process -Name Create -ArgumentList 'cmd.exe /c echo by-wmi> C:\\Windows\\wmi.txt').ReturnValue
(Get-WmiObject @there -Class Win32_OperatingSystem).__SERVER`;
    const { output, streams } = await run('pc-01', 'ntlm', start, { Credential: credential() });
    expect(streams.error).toEqual([]);
    expect(output).toEqual([0, 'PC-02']);
    const { entries } = await lab.ask<{ entries: Program[] }>('history', { host: 'pc-02' });
    const started = entries.find(({ kind, arguments: given }) => kind === 'program-start' && given?.includes('by-wmi'));
    expect(started?.account).toBe('PC-02\\firebreak');
    const gone = await run('pc-01', 'basic', 'Get-WmiObject Win32_ComputerSystem -ComputerName nowhere');
    expect(gone.streams.error).toMatchObject([
      { fullyQualifiedErrorId: 'GetWMICOMException,Microsoft.PowerShell.Commands.GetWmiObjectCommand' },
    ]);
  });

  it('does not lead to a machine that is not there, or whose shares are silent to the first', async () => {
    const nowhere = await run('pc-01', 'basic', 'net use \\\\nowhere\\IPC$; $LASTEXITCODE; Test-Path \\\\nowhere\\C$');
    expect(nowhere.output).toEqual([2, false]);
    expect(nowhere.streams.error.map(({ message }) => message)).toContain('The network path was not found.');
    await lab.ask('trouble', { host: 'pc-02', kind: 'network-loss', options: {} });
    expect((await run('pc-01', 'basic', `Test-Path ${FILE}`)).output).toEqual([false]);
    await lab.ask('trouble', { host: 'pc-02', kind: 'none', options: {} });
    expect((await run('pc-01', 'basic', `Test-Path ${FILE}`)).output).toEqual([true]);
  });
});
