/** Tasks on targets: what runs there later without anybody, at most once. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, ModuleLab, type Relayed } from './support/module-lab.ts';

const NAME = '\\Firebreak\\shield-s1-confirm';

describe('tasks on targets', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'w2k', profile: 'windows-2000-server-sp4', relay: 'mgmt' },
      { name: 'xp', profile: 'windows-xp-sp1', relay: 'mgmt' },
      { name: 'nt4', profile: 'nt4-server-sp6a', relay: 'mgmt' },
      { name: 'w10', profile: 'windows-10-1903-enu' },
    ]);
  });
  afterAll(() => lab.end());

  describe.each(['w2k', 'xp', 'nt4', 'w10'])('%s', (host) => {
    /** A script that leaves a line in a file each time it runs. */
    async function prepare(leaf: string) {
      const on = lab.relayed('mgmt', host);
      const folder = String(await on.call('Core\\Get-FbDataFolder'));
      const script = `${folder}\\${leaf}.cmd`;
      const done = `${folder}\\${leaf}.txt`;
      await on.call('Host\\Add-FbFileChunk', {
        Path: script,
        Offset: 0,
        Bytes: new TextEncoder().encode(`@echo off\r\n>> "${done}" echo done\r\n`),
      });
      const register = (seconds: number, more = {}) =>
        lab.relayed('mgmt', host).do('Core\\Register-FbTask', {
          Name: NAME,
          ScriptPath: script,
          At: [new Date(Date.now() + advanced * 1000 + seconds * 1000)],
          ...more,
        });
      return {
        on,
        register,
        script,
        isArmed: () => on.call('Core\\Test-FbTask', { Name: NAME }),
        unregister: (more = {}) => lab.relayed('mgmt', host).do('Core\\Unregister-FbTask', { Name: NAME, ...more }),
        isThere: () => on.call('Core\\Test-FbFile', { Path: done }),
      };
    }
    let advanced = 0;
    const readClock = async (on: Relayed) => {
      const now = Date.parse(String((await on.call('Host\\Get-FbDiagnosis'))['Time']));
      advanced = Math.round((now - Date.now()) / 1000);
    };
    const advance = async (seconds: number) => {
      await lab.lab.ask('clock', { seconds });
      advanced += seconds;
    };

    it('run a script once at its time', async () => {
      const { on, register, isArmed, isThere } = await prepare('timed');
      await readClock(on);
      expect(await isArmed()).toBe(false);
      await register(120, { WhatIf: true });
      expect(await isArmed()).toBe(false);
      await register(120);
      await register(120);
      expect(await isArmed()).toBe(true);
      expect(await isThere()).toBe(false);
      await advance(240);
      await eventually(isThere, (there) => (there as unknown) === true, 'the task has run');
      const text = await on.call('Core\\Get-FbText', {
        Path: `${String(await on.call('Core\\Get-FbDataFolder'))}\\timed.txt`,
      });
      expect(String(text).trim()).toBe('done');
    });

    it('are disarmed', async () => {
      const { register, unregister, isArmed, isThere } = await prepare('disarmed');
      await register(120);
      await unregister({ WhatIf: true });
      expect(await isArmed()).toBe(true);
      await unregister();
      expect(await isArmed()).toBe(false);
      await unregister();
      await advance(240);
      await advance(60);
      expect(await isThere()).toBe(false);
    });

    it('that have run are armed again', async () => {
      const { on, register, isArmed, isThere } = await prepare('again');
      await readClock(on);
      const path = `${String(await on.call('Core\\Get-FbDataFolder'))}\\again.txt`;
      for (const time of ['first', 'second']) {
        await register(120);
        expect(await isArmed()).toBe(true);
        await advance(240);
        await eventually(isThere, (there) => (there as unknown) === true, `the task has run the ${time} time`);
        await on.do('Core\\Remove-FbFile', { Path: path });
      }
    });

    it('armed anew run at the new time, not at the one before', async () => {
      const { on, register, isArmed, isThere } = await prepare('anew');
      await readClock(on);
      await register(120);
      await register(1200);
      await advance(300);
      await advance(60);
      expect(await isThere()).toBe(false);
      expect(await isArmed()).toBe(true);
      await advance(1200);
      await eventually(isThere, (there) => (there as unknown) === true, 'the task has run');
    });

    it('start a script at once, as SYSTEM', async () => {
      const { script, isThere } = await prepare('now');
      const given = { Name: NAME, ScriptPath: script, Start: true };
      await lab.relayed('mgmt', host).do('Core\\Register-FbTask', given);
      await eventually(isThere, (there) => (there as unknown) === true, 'the script has run');
      const shells = (await lab.history(host)).filter(
        ({ kind, arguments: words }) => kind === 'program' && JSON.stringify(words ?? '').includes('now.cmd'),
      );
      expect(shells.map(({ account }) => String(account))).toContainEqual(expect.stringMatching(/SYSTEM$/i));
      await lab.relayed('mgmt', host).do('Core\\Unregister-FbTask', { Name: NAME });
    });

    it('need a .cmd file', async () => {
      const given = { Name: NAME, ScriptPath: 'C:\\x.ps1' };
      await expect(lab.relayed('mgmt', host).do('Core\\Register-FbTask', given)).rejects.toThrow('FB_STEP_REFUSED');
    });
  });
});
