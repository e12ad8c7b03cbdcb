/**
 * The script of a kit in Wine's cmd.exe, as Windows XP: another reading of cmd's language than the lab's. The package is
 * Wine's own cmd.exe, which ends with the exit code that its switches name.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServices, importKit, runStatus } from '../../src/app/index.ts';
import { buildKit } from '../../src/app/kit/index.ts';
import { WineMachine } from '../windows/support/wine.ts';

const FILE = 'WindowsXP-KB824146-x86-ENU.exe';
const SHIPPED = join(import.meta.dirname, '../../playbooks/advisories/ms03-039.yaml');
const CONTROL = 'HKLM\\SYSTEM\\CurrentControlSet\\Control';

export function kitTests(): void {
  describe('the script of a kit', () => {
    const machine = new WineMachine();
    let kit = '';

    beforeAll(async () => {
      await machine.boot();
      await machine.run(['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'winxp', '/f']);
      await machine.run(['reg', 'add', `${CONTROL}\\Nls\\Language`, '/v', 'InstallLanguage', '/d', '0409', '/f']);
      await machine.run([
        'reg',
        'add',
        `${CONTROL}\\Windows`,
        '/v',
        'CSDVersion',
        '/t',
        'REG_DWORD',
        '/d',
        '0x100',
        '/f',
      ]);
      const packages = join(machine.folder, 'packages');
      mkdirSync(packages);
      const program = readFileSync(machine.driveC('windows', 'system32', 'cmd.exe'));
      writeFileSync(join(packages, FILE), program);
      writeFileSync(join(packages, 'SHA256SUMS'), `${createHash('sha256').update(program).digest('hex')}  ${FILE}\n`);
      const advisory = join(machine.folder, 'advisory.yaml');
      writeFileSync(advisory, readFileSync(SHIPPED, 'utf8').replaceAll('[/u, /q, /z]', '[/c, exit, "3010"]'));
      kit = machine.driveC('kit');
      const systems = ['windows-xp-sp1'];
      const request = { systems, languages: ['ENU'], hosts: undefined, inventory: undefined, dcomOff: false };
      await buildKit({ ...request, advisory, packages, to: kit, version: '1.2.3' });
    }, 600_000);
    afterAll(() => machine.end());

    /**
     * Wine's `type` leaves UTF-16 as it is, where that of Windows makes text of it: a program of this system does it here.
     */
    const visit = async (): Promise<string> => {
      const convert = join(machine.folder, 'totext.sh');
      const loop = `for f in '${kit}'/RESULTS/*/*/*.reg; do iconv -f UTF-16 -t UTF-8 "$f" > "\${f%.reg}.txt"; done\n`;
      writeFileSync(convert, `#!/bin/sh\n${loop}`);
      chmodSync(convert, 0o755);
      const script = readFileSync(join(kit, 'INSTALL.CMD'), 'latin1');
      const lines = script.replace(/^if exist "[^"]+\.reg" type .*\r$/gm, `start /wait /unix ${convert}\r`);
      writeFileSync(machine.driveC('kit', 'RUN.CMD'), lines, 'latin1');
      const settings = ['@echo off', 'set PROCESSOR_ARCHITECTURE=x86', 'set FB_NOPAUSE=1', 'set FB_BY=A. Suzuki'];
      writeFileSync(machine.driveC('go.cmd'), `${[...settings, 'call c:\\kit\\RUN.CMD'].join('\r\n')}\r\n`);
      return (await machine.run(['cmd', '/c', 'c:\\go.cmd'])).stdout;
    };

    it('installs once, looks the next time, and its results can be imported', async () => {
      expect(await visit()).toMatch(
        /visit 1\.[\s\S]*The installer ended with exit code 3010\.[\s\S]*RESTART THE MACHINE NOW/,
      );
      expect(await visit()).toMatch(/visit 2\.[\s\S]*The package was installed before; this visit only looked\./);
      const services = createServices({ state: `sqlite:${join(machine.folder, 'state.db')}` });
      try {
        const { stdout } = await machine.run(['cmd', '/c', 'echo %COMPUTERNAME%']);
        const inventory = join(machine.folder, 'inventory.yaml');
        const vars = { computer: stdout.trim() };
        writeFileSync(inventory, JSON.stringify({ all: { hosts: { pc: { address: '10.0.0.1', vars } } } }));
        const given = { folder: kit, inventory: [inventory], by: undefined, version: '1.2.3' };
        const imported = await importKit(services, given);
        // Wine's own files are of no branch that the advisory knows, so that nothing is fixed by the exit code.
        expect(imported.machines).toEqual([
          expect.objectContaining({ host: 'pc', state: 'imported', outcome: 'failed' }),
        ]);
        const { view } = await runStatus(services, imported.run!);
        const [host] = view.hosts;
        expect(host?.steps.find(({ id }) => id === 'install')?.result).toMatchObject({ exit_code: 3010 });
        expect(JSON.stringify(host?.verdict)).toMatch(/rpcrt4\.dll \d+\.\d+\.\d+\.\d+/);
      } finally {
        await services.close();
      }
    }, 600_000);
  });
}
