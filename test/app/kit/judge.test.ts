import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadAdvisory } from '../../../src/advisory/index.ts';
import { judgeMachine } from '../../../src/app/kit/judge.ts';
import type { KitManifest } from '../../../src/app/kit/model.ts';
import type { Visit } from '../../../src/app/kit/results.ts';
import { programFile } from './support/machine.ts';

const file = 'playbooks/advisories/ms17-010.yaml';
const advisory = loadAdvisory(readFileSync(file, 'utf8'), file);
const manifest: KitManifest = {
  ...{ firebreak_kit: 1, id: '0123456789abcdef', builtAt: '2017-05-15T00:00:00Z', builtBy: 'a@b', version: '1.2.3' },
  ...{ advisory: { ...advisory }, hosts: [], dcomOff: false, targets: [] },
};

const CONTROL = 'hklm\\system\\currentcontrolset\\control';
function visit(rename: string): Visit {
  const renames = new Uint8Array(Buffer.from(`\\??\\C:\\new.sys\0!\\??\\${rename}\0\0`, 'utf16le'));
  const of = (key: string, name: string, data: string | number | Uint8Array) =>
    new Map([[key, new Map([[name, data]])]]) as Visit['registry'] extends ReadonlyMap<string, infer File>
      ? File
      : never;
  return {
    ...{ number: 1, isWhole: true, date: '', ver: 'Microsoft Windows XP [Version 5.1.2600]', exitCode: null },
    facts: new Map([['arch', 'x86']]),
    ...{ receipt: new Map(), infected: [], absent: [] },
    registry: new Map([
      ['system', of(`${CONTROL}\\windows`, 'csdversion', 0x300)],
      ['product', of(`${CONTROL}\\productoptions`, 'producttype', 'WinNT')],
      ['pending', of(`${CONTROL}\\session manager`, 'pendingfilerenameoperations', renames)],
    ]),
    copies: new Map([['srv.sys', programFile('5.1.2600.7208')]]),
  };
}

describe('a machine of a kit', () => {
  it.each([
    ['of the folder of the file itself', 'C:\\WINDOWS\\system32\\DRIVERS\\srv.sys', false],
    ['of another folder', 'C:\\WINDOWS\\system32\\dllcache\\srv.sys', true],
  ])('a file that waits for the next start counts: %s', (_name, rename, fixed) => {
    const results = { computer: 'PC1', visits: [visit(rename)], digest: '', problem: null };
    expect(judgeMachine(advisory, manifest, results).before.verdict).toMatchObject({ verdict: 'patched', fixed });
  });
});
