/**
 * Systems before PowerShell behind one relay: kill -9 of the controller at random moments. The machines count one installer
 * start and one restart, and the admins' policies come back.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { cliJson } from './support/cli.ts';
import type { Fleet } from './support/fleet.ts';
import { killed, type Moment } from './support/kills.ts';
import { endings, expectedEndings, paperHosts, shieldStates, startPaperFleet } from './support/paper.ts';

const HOSTS = paperHosts([
  'windows-2000-server-sp4/prior-ipsec',
  'windows-xp-sp1/vulnerable',
  'windows-2003-gold/prior-ipsec',
]);
const INPUTS = ['max_fail_percentage=100', 'max_unreachable_percentage=100'].flatMap((input) => ['--input', input]);

function randomInteger(below: number): number {
  return Math.floor(Math.random() * below);
}

/** What each host goes through; three hosts say each once, unless the line was lost with its process. */
const PHASES = [
  'stage: begins',
  'shield: begins',
  'shield: shield confirmed',
  'install: begins',
  'install: goes on by itself',
  'install: changed',
  'reboot: begins',
  'reboot: changed',
  'unshield: begins',
];

/** One kill in each phase, shortly after some host has come to it. */
function inPhases(): readonly Moment[] {
  return PHASES.map((_, index) => ({
    line: new RegExp(PHASES.slice(index).join('|')),
    count: 1,
    ms: randomInteger(250),
  }));
}

/** Kills so many milliseconds after the process began to work. */
function atTimes(): readonly Moment[] {
  return Array.from({ length: 11 }, () => ({
    line: /^\S+ run \S+ (started|resumed)/,
    count: 1,
    ms: randomInteger(8000),
  }));
}

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.end();
  fleet = undefined;
});

describe('hosts behind a relay', () => {
  it.each([
    ['in every phase', inPhases],
    ['at random times', atTimes],
  ])(
    'kill -9 %s changes nothing in the end',
    async (_, moments) => {
      const running = await startPaperFleet(HOSTS, 1);
      fleet = running;
      const before = await shieldStates(running, HOSTS);
      const start = ['run', running.playbook, ...running.where, ...INPUTS, '--output', 'lines'];
      const { kills, said } = await killed(running, start, moments());
      const [found, expected] = [await endings(running, HOSTS, before), expectedEndings(HOSTS)];
      // What led there is random: a difference is told with everything that was said.
      const difference = JSON.stringify(found) === JSON.stringify(expected) ? {} : { said };
      expect({ found, ...difference }).toEqual({ found: expected });
      expect(await cliJson(['shields', 'list'], running.options)).toEqual([]);
      expect(kills).toBeGreaterThanOrEqual(5);
    },
    600_000,
  );
});
