/** Our registry functions and the evidence of a patch against Microsoft's own registry provider, and reg.exe beside it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ParameterValue } from '../../src/domain/index.ts';
import type { WinePowerShell } from './support/wine-powershell.ts';

const KEY = 'HKLM\\SOFTWARE\\FirebreakTest\\values';
const VALUES: readonly (readonly [type: string, value: ParameterValue, shown: RegExp])[] = [
  ['String', 'a "b" %x% & c', / {4}REG_SZ {4}a "b" %x% & c$/],
  ['String', '', / {4}REG_SZ\s*$/],
  ['ExpandString', '%SystemRoot%\\x', / {4}REG_EXPAND_SZ {4}%SystemRoot%\\x$/],
  ['DWord', 7, / {4}REG_DWORD {4}0x7$/],
  ['DWord', 4294967295, / {4}REG_DWORD {4}0xffffffff$/],
  ['MultiString', ['a', 'b c'], / {4}REG_MULTI_SZ {4}a\\0b c$/],
  ['MultiString', [], / {4}REG_MULTI_SZ\s*$/],
];

export function registryTests(wine: WinePowerShell): void {
  const read = (name: string, key = KEY) => wine.one('Firebreak.Core\\Get-FbRegistryValue', { Path: key, Name: name });
  const write = (type: string, value: ParameterValue) =>
    wine.one('Firebreak.Core\\Set-FbRegistryValue', { Path: KEY, Name: 'a value', Type: type, Value: value });
  const remove = (name: string) => wine.one('Firebreak.Core\\Remove-FbRegistryValue', { Path: KEY, Name: name });
  const names = (key: string) => wine.one('Firebreak.Core\\Get-FbRegistryName', { Path: key });

  afterEach(() => wine.reg('delete', 'HKLM\\SOFTWARE\\FirebreakTest', '/f'));

  describe.each([
    ['a process of the system’s own width', ''],
    ['a 32-bit process, which asks the native reg.exe', 'AMD64'],
  ])('%s', (_process, native) => {
    const setNative = (value: string) => wine.script('param($V) $env:PROCESSOR_ARCHITEW6432 = $V', { V: value });
    beforeAll(() => setNative(native));
    afterAll(() => setNative(''));

    it.each(VALUES)('writes and reads %s %j, and reg.exe sees the same', async (type, value, shown) => {
      expect(await write(type, value)).toEqual({ Changed: true });
      expect(await read('A VALUE')).toMatchObject({ Readable: true, Present: true, Type: type, Value: value });
      expect(await wine.reg('query', KEY, '/v', 'a value')).toContainEqual(expect.stringMatching(shown));
      expect(await write(type, value)).toEqual({ Changed: false });
      expect(await remove('a value')).toEqual({ Changed: true });
      expect(await remove('a value')).toEqual({ Changed: false });
      expect(await read('a value')).toMatchObject({ KeyPresent: true, Present: false, Value: null });
      expect(await wine.reg('query', KEY, '/v', 'a value')).toEqual(['exit code 1']);
    });

    it('takes a DWord with a sign for the same 32 bits', async () => {
      expect(await write('DWord', -1)).toEqual({ Changed: true });
      expect(await write('DWord', 4294967295)).toEqual({ Changed: false });
      expect(await read('a value')).toMatchObject({ Type: 'DWord', Value: 4294967295 });
    });

    it('reads what reg.exe wrote, and the default value', async () => {
      await wine.reg('add', KEY, '/ve', '/d', 'of the key', '/f');
      await wine.reg('add', KEY, '/v', 'n', '/t', 'REG_DWORD', '/d', '0x80000000', '/f');
      await wine.reg('add', KEY, '/v', 'm', '/t', 'REG_MULTI_SZ', '/d', 'x\\0y', '/f');
      await wine.reg('add', `${KEY}\\child`, '/f');
      expect(await read('')).toMatchObject({ Present: true, Type: 'String', Value: 'of the key' });
      expect(await read('n')).toMatchObject({ Type: 'DWord', Value: 0x80000000 });
      expect(await read('m')).toMatchObject({ Type: 'MultiString', Value: ['x', 'y'] });
      expect(await names(KEY)).toMatchObject({ KeyPresent: true, SubKeys: ['child'] });
      expect(await wine.one('Firebreak.Core\\Remove-FbRegistryKey', { Path: KEY })).toEqual({ Changed: true });
      expect(await wine.reg('query', KEY)).toEqual(['exit code 1']);
      expect(await names(KEY)).toMatchObject({ KeyPresent: false, SubKeys: [], Values: [] });
    });
  });

  it('keeps QWord and Binary', async () => {
    // Wine 8's reg.exe shows no REG_QWORD: it says (null)
    expect(await write('QWord', 2n ** 40n)).toEqual({ Changed: true });
    expect(await read('a value')).toMatchObject({ Type: 'QWord', Value: 2 ** 40 });
    await wine.reg('add', KEY, '/v', 'b', '/t', 'REG_BINARY', '/d', '0a0bff', '/f');
    expect(await read('b')).toMatchObject({ Type: 'Binary', Value: 'Cgv/' });
  });

  it('tells what is absent from what is there', async () => {
    expect(await read('x')).toMatchObject({ Readable: true, KeyPresent: false, Present: false });
    // Wine's reg.exe gives a key that it makes an empty default value
    await wine.reg('add', `${KEY}\\child`, '/f');
    await wine.reg('delete', `${KEY}\\child`, '/f');
    expect(await read('x')).toMatchObject({ Readable: true, KeyPresent: true, Present: false });
    expect(await names(KEY)).toMatchObject({ Readable: true, KeyPresent: true, SubKeys: [], Values: [] });
  });

  it('takes a key in each of its spellings', async () => {
    await write('String', 'there');
    const rest = KEY.slice('HKLM\\'.length);
    for (const key of [`HKLM:\\${rest}`, `HKEY_LOCAL_MACHINE\\${rest}`, `Registry::HKEY_LOCAL_MACHINE\\${rest}`]) {
      expect(await read('a value', key)).toMatchObject({ Present: true, Value: 'there' });
    }
  });

  it('keeps the two views apart', async () => {
    const view = `param($View, $Text) $root = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', $View)
      $key = $root.CreateSubKey('SOFTWARE\\FirebreakTest'); $key.SetValue('in', $Text)`;
    await wine.script(view, { View: 'Registry64', Text: 'the 64-bit view' });
    await wine.script(view, { View: 'Registry32', Text: 'the 32-bit view' });
    expect(await read('in', 'HKLM\\SOFTWARE\\FirebreakTest')).toMatchObject({ Value: 'the 64-bit view' });
    expect(await read('in', 'HKLM\\SOFTWARE\\WOW6432Node\\FirebreakTest')).toMatchObject({ Value: 'the 32-bit view' });
    expect(await wine.reg('query', 'HKLM\\SOFTWARE\\FirebreakTest', '/reg:32')).toContainEqual(
      expect.stringContaining('the 32-bit view'),
    );
    await wine.reg('delete', 'HKLM\\SOFTWARE\\WOW6432Node\\FirebreakTest', '/f');
  });

  describe('evidence', () => {
    const MANAGER = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager';
    const pending = () => wine.one('Firebreak.Core\\Get-FbPendingReboot');
    const add = (...args: readonly string[]) => wine.reg('add', ...args, '/f');

    beforeEach(() => wine.reg('delete', MANAGER, '/v', 'PendingFileRenameOperations', '/f'));

    it('finds each sign of a pending reboot', async () => {
      expect(await pending()).toEqual({ Readable: true, Reasons: [] });
      const windows = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion';
      await add(`${windows}\\Component Based Servicing\\RebootPending`);
      await add(`${windows}\\WindowsUpdate\\Auto Update\\RebootRequired`);
      await add(
        MANAGER,
        '/v',
        'PendingFileRenameOperations',
        '/t',
        'REG_MULTI_SZ',
        '/d',
        '\\??\\C:\\new\\0!\\??\\C:\\x',
      );
      await add('HKLM\\SOFTWARE\\Microsoft\\Updates', '/v', 'UpdateExeVolatile', '/t', 'REG_DWORD', '/d', '1');
      const all = ['servicing', 'windows-update', 'file-rename', 'update-exe'];
      expect(await pending()).toEqual({ Readable: true, Reasons: all });
      await wine.reg('delete', `${windows}\\Component Based Servicing`, '/f');
      await wine.reg('delete', `${windows}\\WindowsUpdate\\Auto Update`, '/f');
      await wine.reg('delete', 'HKLM\\SOFTWARE\\Microsoft\\Updates', '/v', 'UpdateExeVolatile', '/f');
      expect(await pending()).toEqual({ Readable: true, Reasons: ['file-rename'] });
    });

    it('has keys, the system from the registry, and the versions that are in real files', async () => {
      const file = 'C:\\Packages\\any name.exe';
      wine.putInstaller(file);
      await add(KEY);
      await add(
        'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Windows',
        '/v',
        'CSDVersion',
        '/t',
        'REG_DWORD',
        '/d',
        '0x400',
      );
      await add(
        MANAGER,
        '/v',
        'PendingFileRenameOperations',
        '/t',
        'REG_MULTI_SZ',
        '/d',
        `\\??\\C:\\new\\0!\\??\\${file}`,
      );
      const version = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';
      const [, build = ''] = await wine.reg('query', version, '/v', 'CurrentBuildNumber');
      // what Windows itself says of the file, in its other way to say it
      const raw = `(Get-Item -LiteralPath C:\\windows\\system32\\kernel32.dll).VersionInfo.FileVersionRaw.ToString()`;
      const [kernel] = await wine.script(raw);
      const found = await wine.one('Firebreak.Patch\\Get-FbPatchEvidence', {
        Kb: ['KB824146'],
        Key: [KEY, `${KEY}\\none`],
        File: [file, '%SystemRoot%\\System32\\kernel32.dll', '%windir%\\none.dll', 'C:\\windows\\win.ini'],
      });
      expect(found).toMatchObject({
        Build: Number(build.trim().split(/\s+/).at(-1)),
        Architecture: 'x64',
        System: { ServicePack: 4, Architecture: 'x64' },
        Keys: [
          { Key: KEY, Present: true },
          { Key: `${KEY}\\none`, Present: false },
        ],
        Files: [
          { Path: file, Exists: true, Version: '5.4.15.3', ReplacedAtRestart: true },
          { Exists: true, Version: kernel, ReplacedAtRestart: false },
          { Exists: false, Version: null },
          { Exists: true, Version: null },
        ],
        // no WMI here: what cannot be asked is not known
        Updates: [{ Kb: 'KB824146', QuickFix: null }],
        BootTime: null,
        PendingReboot: ['file-rename'],
      });
      expect(kernel).toMatch(/^\d+(\.\d+){3}$/);
    });
  });
}
