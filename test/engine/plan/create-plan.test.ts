import { describe, expect, it } from '@jest/globals';
import { createActions } from '../../../src/actions/index.ts';
import { FirebreakError, type Plan, WEEKDAYS } from '../../../src/domain/index.ts';
import { createPlan, describePlan, planHash } from '../../../src/engine/index.ts';
import { loadInventory } from '../../../src/inventory/index.ts';
import { loadPlaybook, resolveInputs } from '../../../src/playbook/index.ts';
import { catalog } from '../../playbook/catalog.ts';

const inventory = loadInventory(
  `
vars: { auth: basic }
web: { hosts: { web01: , web02: , web03: , web04: } }
dcs: { hosts: { dc01: { vars: { redundancy: dcs } }, dc02: { vars: { redundancy: dcs } } } }
pilot: { hosts: { web02: , dc01: } }
`,
  'site.yaml',
);

interface Wanted {
  readonly top?: string;
  readonly hosts?: string;
  readonly limit?: string;
  readonly only?: readonly string[];
  readonly forks?: number;
}

function plan({ top = '', hosts = 'all', ...rest }: Wanted = {}): Plan {
  const text = `firebreak: 1\nname: test\nhosts: "${hosts}"\n${top}\nsteps:\n  - { id: verify, uses: patch.verify }\n  - block: [{ uses: host.reboot }]\n    always: [{ uses: shield.revert, if: steps.verify.fixed == true }]\n`;
  const playbook = loadPlaybook(text, 'playbook.yaml', catalog);
  return createPlan({ playbook, inventory, inputs: resolveInputs(playbook, []), advisory: null, catalog, ...rest });
}

const waves = (made: Plan): string[] => made.waves.map(({ name, hosts }) => `${name}: ${hosts.join(' ')}`);

function thrownBy(run: () => unknown): FirebreakError {
  try {
    run();
  } catch (error) {
    if (error instanceof FirebreakError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('waves', () => {
  it('are one without a word about them', () => {
    expect(waves(plan())).toEqual(['all: web01 web02 web03 web04 dc01 dc02']);
  });

  it('take groups and sizes, and the last size repeats', () => {
    const made = plan({ top: 'waves: [{ name: canary, hosts: pilot }, { name: rest, size: "50%" }]' });
    expect(waves(made)).toEqual(['canary: web02 dc01', 'rest: web01 web03 web04', 'rest 2: dc02']);
    expect(made.hosts.map(({ name, wave }) => `${name} ${wave}`)).toEqual([
      'web01 1',
      'web02 0',
      'web03 1',
      'web04 1',
      'dc01 0',
      'dc02 2',
    ]);
  });

  it('take what is left', () => {
    expect(waves(plan({ top: 'waves: [{ name: one, size: 1 }, { name: others, size: rest }]' }))).toEqual([
      'one: web01',
      'others: web02 web03 web04 dc01 dc02',
    ]);
  });

  it('come from serial as Ansible counts it', () => {
    expect(waves(plan({ top: 'serial: [1, "50%"]' }))).toEqual([
      'wave 1: web01',
      'wave 2: web02 web03 web04',
      'wave 3: dc01 dc02',
    ]);
    expect(waves(plan({ top: 'serial: 4' }))).toEqual(['wave 1: web01 web02 web03 web04', 'wave 2: dc01 dc02']);
  });

  it('count percentages of the hosts that the plan selected', () => {
    expect(waves(plan({ top: 'serial: "50%"', limit: 'web01,web02' }))).toEqual(['wave 1: web01', 'wave 2: web02']);
  });

  it('that are empty are left out, and their numbers stay right', () => {
    const made = plan({ top: 'waves: [{ name: canary, hosts: pilot }, { name: rest, size: rest }]', limit: 'web01' });
    expect(waves(made)).toEqual(['rest: web01']);
    expect(made.hosts[0]?.wave).toBe(0);
  });

  it('must hold every host', () => {
    const thrown = thrownBy(() => plan({ top: 'waves: [{ name: canary, hosts: pilot }]' }));
    expect(thrown.code).toBe('FB_PLAYBOOK_INVALID');
    expect(thrown.message).toBe('playbook.yaml:4:11: the waves leave out web01, web03, web04, dc02');
    expect(thrown.details).toMatchObject([{ file: 'playbook.yaml', line: 4, column: 11 }]);
  });

  it('name groups that exist', () => {
    const thrown = thrownBy(() => plan({ top: 'waves: [{ name: canary, hosts: plot }, { name: rest, size: rest }]' }));
    expect(thrown).toMatchObject({ code: 'FB_NO_HOSTS' });
    expect(thrown.message).toContain('did you mean "pilot"?');
  });
});

describe('hosts', () => {
  it('are in the set that the expression names, or in none', () => {
    const made = plan({ top: 'one_at_a_time: vars.redundancy' });
    expect(made.hosts.map(({ set }) => set)).toEqual([null, null, null, null, 'dcs', 'dcs']);
    expect(plan({ top: "one_at_a_time: \"'web' in groups ? 'web' : ''\"" }).hosts.map(({ set }) => set)).toEqual([
      'web',
      'web',
      'web',
      'web',
      null,
      null,
    ]);
  });

  it('cannot be in a set that is no name', () => {
    const thrown = thrownBy(() => plan({ top: 'one_at_a_time: groups' }));
    expect(thrown.message).toBe(
      'playbook.yaml:4:1: "one_at_a_time" gives ["web"] for web01, which is not the name of a set',
    );
  });

  it('are limited by a pattern and by names', () => {
    expect(plan({ hosts: 'all:!dcs', limit: 'pilot' }).hosts.map(({ name }) => name)).toEqual(['web02']);
    expect(plan({ only: ['dc02', 'web01'] }).hosts.map(({ name }) => name)).toEqual(['web01', 'dc02']);
    expect(thrownBy(() => plan({ only: ['dc02', 'web99'] })).code).toBe('FB_NO_HOSTS');
    expect(thrownBy(() => plan({ hosts: 'web', only: ['dc02'] })).code).toBe('FB_NO_HOSTS');
    expect(thrownBy(() => plan({ hosts: 'web', limit: 'dcs' })).code).toBe('FB_NO_HOSTS');
  });
});

describe('a plan', () => {
  it('has numbers that templates over inputs may give', () => {
    const inputs = 'inputs: { share: { type: integer, default: 20 } }\nmax_fail_percentage: "${' + '{ inputs.share }}"';
    expect(plan({ top: inputs })).toMatchObject({ maxFailPercentage: 20, maxUnreachablePercentage: 100, forks: 20 });
    expect(thrownBy(() => plan({ top: inputs.replace('20', '200') })).code).toBe('FB_INPUT_INVALID');
    expect(plan({ forks: 7 }).forks).toBe(7);
    expect(thrownBy(() => plan({ forks: 0 })).code).toBe('FB_USAGE');
  });

  it('has the same hash for the same content, whatever the order of its keys, and another one for any change', () => {
    const made = plan();
    expect(made.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(plan().hash).toBe(made.hash);
    expect(planHash(JSON.parse(JSON.stringify(made)) as Plan)).toBe(made.hash);
    expect(plan({ forks: 21 }).hash).not.toBe(made.hash);
    expect(plan({ limit: 'web' }).hash).not.toBe(made.hash);
  });

  it('is plain JSON', () => {
    const made = plan({ top: 'one_at_a_time: vars.redundancy' });
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });

  it('knows the result fields of every step', () => {
    expect(plan().results).toEqual({
      verify: ['verdict', 'fixed', 'applicable', 'pending_reboot', 'reason'],
      host_reboot_1: ['boot_time'],
      shield_revert_1: ['reverted'],
    });
  });

  it('holds windows and what a wave waits for, and no trace of them without', () => {
    expect(plan().waves).toEqual([{ name: 'all', hosts: expect.any(Array) }]);
    expect(plan()).not.toHaveProperty('requireChange');
    const window = 'window: { start: "22:00", end: "5:00", tz: Asia/Tokyo, min_remaining: 40m }';
    const made = plan({ top: `${window}\nrequire_change: true` });
    expect(made.requireChange).toBe(true);
    expect(made.waves[0]?.windows).toEqual([
      { start: '22:00', end: '05:00', tz: 'Asia/Tokyo', days: [...WEEKDAYS], minRemainingMs: 2_400_000 },
    ]);
    const { waves } = describePlan(made, catalog, Date.parse('2026-11-23T00:00:00Z'));
    expect(waves[0]).toMatchObject({
      windows: ['22:00–05:00 Asia/Tokyo, opens every day, hosts begin with at least 40m left'],
      opens: 'opens next Mon 2026-11-23 22:00 Asia/Tokyo',
    });
    const open = describePlan(made, catalog, Date.parse('2026-11-23T13:30:00Z'));
    expect(open.waves[0]?.opens).toBe('open until Tue 2026-11-24 05:00 Asia/Tokyo');
  });

  it('can be described', () => {
    const preview = describePlan(plan({ top: 'one_at_a_time: vars.redundancy', limit: 'dcs' }), catalog, 0);
    expect(preview.waves).toEqual([
      {
        name: 'all',
        gate: null,
        windows: [],
        opens: null,
        hosts: [
          { name: 'dc01', address: 'dc01', set: 'dcs', via: null },
          { name: 'dc02', address: 'dc02', set: 'dcs', via: null },
        ],
      },
    ]);
    expect(preview.steps).toMatchObject([
      { kind: 'step', id: 'verify', summary: 'what patch.verify does', timeout: '10m', delay: '5s' },
      {
        kind: 'block',
        id: 'block_1',
        block: [{ id: 'host_reboot_1' }],
        always: [{ id: 'shield_revert_1', if: 'steps.verify.fixed == true' }],
      },
    ]);
  });
});

describe('a relay and its hosts', () => {
  const behind = loadInventory(
    'hosts: { mgmt01: , old1: { relay: mgmt01 }, old2: { relay: mgmt01 }, new1:  }',
    'site.yaml',
  );

  function made(top: string, { limit, isReading = false }: { limit?: string; isReading?: boolean } = {}): Plan {
    const steps = isReading ? '  - uses: host.facts' : '  - uses: host.facts\n  - uses: host.reboot';
    const text = `firebreak: 1\nname: test\nhosts: all\n${top}\nsteps:\n${steps}\n`;
    const playbook = loadPlaybook(text, 'playbook.yaml', createActions());
    const rest = limit === undefined ? {} : { limit };
    return createPlan({ playbook, inventory: behind, inputs: {}, advisory: null, catalog: createActions(), ...rest });
  }

  it.each([
    ['', 'all', 'playbook.yaml:3'],
    ['waves: [{ name: one, size: 3 }, { name: rest, size: rest }]', 'one', 'playbook.yaml:4'],
    ['waves: [{ name: a, hosts: new1 }, { name: rest, size: rest }]', 'rest', 'playbook.yaml:4'],
    ['serial: 2', 'wave 1', 'playbook.yaml:4'],
  ])('are not changed in one wave: %s', (top, wave, place) => {
    const error = thrownBy(() => made(top));
    expect(error.code).toBe('FB_PLAYBOOK_INVALID');
    expect(error.message).toContain(`mgmt01 is the relay of old1 and in the same wave (${wave})`);
    expect(error.message).toMatch(new RegExp(`^${place.replace('.', '\\.')}:`));
    expect(error.remedy).toContain('{ name: relays, hosts: "mgmt01" }');
    expect(error.remedy).toContain("--limit 'all:!mgmt01'");
  });

  it('may be one after the other, or the relay left out', () => {
    expect(waves(made('waves: [{ name: relays, hosts: mgmt01 }, { name: rest, size: rest }]'))).toEqual([
      'relays: mgmt01',
      'rest: old1 old2 new1',
    ]);
    expect(waves(made('waves: [{ name: rest, hosts: "all:!mgmt01" }, { name: relays, size: rest }]'))).toHaveLength(2);
    const without = made('', { limit: 'all:!mgmt01' });
    expect(without.hosts.map(({ name, via }) => `${name} ${via?.name ?? '-'}`)).toEqual([
      'old1 mgmt01',
      'old2 mgmt01',
      'new1 -',
    ]);
  });

  it('may be read together: nothing is restarted', () => {
    expect(waves(made('', { isReading: true }))).toEqual(['all: mgmt01 old1 old2 new1']);
  });

  it('are shown together', () => {
    const preview = describePlan(made('', { limit: 'old1' }), catalog, 0);
    expect(preview.waves[0]?.hosts).toEqual([{ name: 'old1', address: 'old1', set: null, via: 'mgmt01' }]);
  });
});
