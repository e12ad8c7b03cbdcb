/**
 * Systems before PowerShell behind one relay that loses its network, or its power, in the middle of a wave. The run waits for
 * it; the machines count one installer start and one restart, and the admins' policies come back.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { startCli } from './support/cli.ts';
import type { Fleet } from './support/fleet.ts';
import { endings, expectedEndings, paperHosts, shieldStates, startPaperFleet } from './support/paper.ts';

const HOSTS = paperHosts([
  'windows-2000-server-sp4/prior-ipsec',
  'windows-xp-sp1/vulnerable',
  'windows-2003-gold/prior-ipsec',
]);
const LOSSES = [
  ['loses its network', 'install: begins', 'network-loss', { for: 8 }],
  ['loses its network', 'reboot: begins', 'network-loss', { for: 8 }],
  ['restarts without warning', 'shield: begins', 'power-loss', {}],
  ['restarts without warning', 'install: begins', 'power-loss', {}],
] as const;

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.end();
  fleet = undefined;
});

describe('hosts behind a relay', () => {
  it.each(LOSSES)(
    'a relay that %s after "%s" is waited for',
    async (_, line, kind, options) => {
      const running = await startPaperFleet(HOSTS, 1);
      fleet = running;
      const before = await shieldStates(running, HOSTS);
      const start = ['run', running.playbook, ...running.where, '--output', 'lines'];
      const run = startCli(start, running.options);
      await run.lines(new RegExp(line));
      await running.lab.ask('trouble', { host: 'mgmt01', kind, options });
      const { code, stderr } = await run.ended;
      const [found, expected] = [await endings(running, HOSTS, before), expectedEndings(HOSTS)];
      const difference = JSON.stringify(found) === JSON.stringify(expected) ? {} : { said: stderr };
      expect({ found, ...difference }).toEqual({ found: expected });
      expect(code).toBe(0);
    },
    600_000,
  );
});
