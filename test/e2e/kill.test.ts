/**
 * kill -9 of the controller at random moments of real runs on real lab machines, then `firebreak resume`: the outcomes
 * are those of an undisturbed run, the machines count one installer start and one reboot at most, and every prior state is
 * restored exactly.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { cliJson } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';
import { killed, type Moment } from './support/kills.ts';

const REMEDIATED = { outcome: 'remediated', installs: 1, reboots: 1, shields: 0 };
/** What an undisturbed run ends in. */
const HOSTS = [
  { name: 'pc-enu', profile: 'windows-10-1903-enu', ...REMEDIATED },
  { name: 'pc-jpn', profile: 'windows-10-1903-jpn', ...REMEDIATED },
  {
    name: 'pc-patched',
    profile: 'windows-10-1903-enu',
    variant: 'patched',
    outcome: 'compliant',
    installs: 0,
    reboots: 0,
    shields: 0,
  },
  {
    name: 'pc-pending',
    profile: 'windows-10-1903-jpn',
    variant: 'patched-not-rebooted',
    outcome: 'remediated',
    installs: 0,
    reboots: 1,
    shields: 0,
  },
  {
    name: 'pc-fails',
    profile: 'windows-10-1903-enu',
    variant: 'installer-fails',
    outcome: 'failed',
    installs: 1,
    reboots: 0,
    shields: 1,
  },
  { name: 'pc-lossy', profile: 'windows-10-1903-enu', variant: 'network-loss', ...REMEDIATED },
  { name: 'srv-prior', profile: 'windows-server-1903', variant: 'prior-ipsec', ...REMEDIATED },
  { name: 'srv-dc', profile: 'windows-server-1903', variant: 'domain-controller', ...REMEDIATED },
];

function randomInteger(below: number): number {
  return Math.floor(Math.random() * below);
}

/** Ten kills so many milliseconds after the process began to work. */
function randomTimes(): readonly Moment[] {
  return Array.from({ length: 12 }, () => ({
    line: /^\S+ run \S+ (started|resumed)/,
    count: 1,
    ms: randomInteger(3500),
  }));
}

/** What a host goes through, as the lines say it; with eight hosts each is said several times. */
const PHASES = [
  'preflight: ok',
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

/** One kill in each phase, shortly after a random host has come to it; what was said already does not come again. */
function randomHosts(): readonly Moment[] {
  return PHASES.map((_, index) => ({
    line: new RegExp(PHASES.slice(index).join('|')),
    // Towards the end few hosts are left to say it.
    count: index < PHASES.length - 3 ? 1 + randomInteger(4) : 1,
    ms: randomInteger(250),
  }));
}

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.end();
  fleet = undefined;
});

describe('kill -9 of the controller', () => {
  it.each([
    ['at random times', randomTimes],
    ['in every phase', randomHosts],
  ])(
    '%s changes nothing in the end',
    async (_, moments) => {
      const running = await startFleet(
        HOSTS.map(({ name, profile, variant }) => ({ name, profile, ...(variant === undefined ? {} : { variant }) })),
      );
      fleet = running;
      const before = new Map(
        await Promise.all(HOSTS.map(async ({ name }) => [name, await running.policies(name)] as const)),
      );
      const start = [
        'run',
        running.playbook,
        ...running.where,
        '--input',
        'max_fail_percentage=100',
        '--output',
        'lines',
      ];

      const { code, kills, said } = await killed(running, start, moments());

      const view = await cliJson<{ hosts: { name: string; outcome: string; standingShields: number }[] }>(
        ['status', 'last'],
        running.options,
      );
      const found = await Promise.all(
        HOSTS.map(async ({ name }) => {
          const host = view.hosts.find((candidate) => candidate.name === name);
          return {
            name,
            outcome: host?.outcome,
            shields: host?.standingShields,
            ...(await running.account(name)),
            isAsBefore: JSON.stringify(await running.policies(name)) === JSON.stringify(before.get(name)),
          };
        }),
      );
      const expected = HOSTS.map(({ name, outcome, shields, installs, reboots }) => {
        return { name, outcome, shields, installs, reboots, isAsBefore: shields === 0 };
      });
      // What led there is random: a difference is told with everything that was said.
      expect({ found, ...(JSON.stringify(found) === JSON.stringify(expected) ? {} : { said }) }).toEqual({
        found: expected,
      });
      const standing = await cliJson<{ host: string }[]>(['shields', 'list'], running.options);
      expect(standing.map(({ host }) => host)).toEqual(['pc-fails']);
      expect(code === null || code === 3).toBe(true);
      // The last moments may come after the run's end, never most of them.
      expect(kills).toBeGreaterThanOrEqual(8);
    },
    600_000,
  );
});
