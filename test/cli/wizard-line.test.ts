/** The command line that the wizard prints: the whole of what was chosen, quoted for the shell, without a secret. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shellLine } from '../../src/cli/shell-line.ts';
import { commandLine } from '../../src/cli/wizard/answers.ts';

describe('the command line of the wizard', () => {
  it('has the hosts, the way to them, the settings and the packages', () => {
    const line = commandLine(
      {
        inventory: 'winrms://web01,winrms://web02',
        only: ['web01'],
        connection: { auth: 'basic', port: 5999, user: 'CORP\\ann', insecure: true },
      },
      { playbook: 'smbghost', inputs: ['protection=registry'], packages: '/srv/my packages' },
      { check: true, state: undefined },
    );
    expect(shellLine(line, false)).toBe(
      "firebreak run smbghost -i winrms://web01,winrms://web02 --limit web01 --auth basic --port 5999 --user 'CORP\\ann' " +
        "--insecure --input protection=registry --packages '/srv/my packages' --check",
    );
    expect(shellLine(line, true)).toContain('--user "CORP\\ann" --insecure');
  });

  it('comes through a shell as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ -~é日]{0,12}$/), { minLength: 1, maxLength: 4 }), (words) => {
        const line = shellLine(['printf', '%s\\0', ...words], false);
        const said = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
        expect(said.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });
});
