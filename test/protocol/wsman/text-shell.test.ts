import { describe, expect, it } from '@jest/globals';
import { readTextCommand, readTextShellOptions } from '../../../src/protocol/index.ts';

const request = (options: { readonly [name: string]: string }) => ({ options: new Map(Object.entries(options)) });

describe('options of text shells', () => {
  it('are those of the request, in the forms that clients write', () => {
    expect(readTextShellOptions(request({ WINRS_NOPROFILE: 'TRUE', WINRS_CODEPAGE: '65001' }))).toEqual({
      noProfile: true,
      codepage: '65001',
    });
    expect(readTextShellOptions(request({ WINRS_NOPROFILE: 'FALSE' }))).toEqual({
      noProfile: false,
      codepage: undefined,
    });
    expect(readTextShellOptions(request({ WINRS_NOPROFILE: '1' })).noProfile).toBe(true);
  });

  it('a command is one line; without options it is for cmd, and its input is a pipe', () => {
    expect(readTextCommand(request({}), { commandLine: 'reg', arguments: ['query "HKLM\\A B"', '/s'] })).toEqual({
      line: 'reg query "HKLM\\A B" /s',
      skipCmd: false,
      isConsole: false,
    });
    const options = { WINRS_SKIP_CMD_SHELL: 'TRUE', WINRS_CONSOLEMODE_STDIN: 'true' };
    expect(readTextCommand(request(options), { commandLine: 'reg.exe', arguments: [] })).toEqual({
      line: 'reg.exe',
      skipCmd: true,
      isConsole: true,
    });
  });
});
