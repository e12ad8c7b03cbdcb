/**
 * A firewall shield from the command line on real lab machines: up, seen from the second vantage, patched, down again; in
 * the ledger; and a controller that does not get in any more once its shield is up.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { RunView } from '../../src/domain/index.ts';
import { eventually } from '../ps-modules/support/module-lab.ts';
import { cli, cliJson } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const POLICY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy';
const CONSOLE = resolve(import.meta.dirname, '..', '..', 'playbooks', 'ms03-039-console.yaml');
const RECORDS = 'HKLM\\SOFTWARE\\Firebreak\\Shields';

interface Shown {
  readonly host: string;
  readonly state: string;
  readonly shield?: string;
}

describe('a firewall shield', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet([
      { name: 'pc-enu', profile: 'windows-10-1903-enu' },
      { name: 'pc-fails', profile: 'windows-10-1903-jpn', variant: 'installer-fails' },
      { name: 'pc-off', profile: 'windows-10-1903-enu', variant: 'firewall-off' },
      { name: 'pc-lost', profile: 'windows-10-1903-enu' },
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true, groups: ['relays'] },
      { name: 'xp', profile: 'windows-xp-sp1', relay: 'mgmt' },
      { name: 'xp3', profile: 'windows-xp-sp1', variant: 'sp3-firewall', relay: 'mgmt' },
    ]);
  });
  afterAll(() => fleet?.end());

  const rules = (host: string): Promise<unknown> => fleet.lab.ask('registry', { host, key: POLICY });
  const run = async (hosts: string, ...more: readonly string[]): Promise<{ code: number | null; view: RunView }> => {
    const inputs = ['--input', 'protection=firewall', '--input', 'max_fail_percentage=100', ...more];
    const words = ['run', fleet.playbook, ...fleet.where, '--limit', hosts, ...inputs, '--output', 'json'];
    const { code, stdout } = await cli(words, fleet.options);
    return { code, view: JSON.parse(stdout) as RunView };
  };
  const stepOf = (view: RunView, id: string) => view.hosts[0]?.steps.find((step) => step.id === id);
  const shields = async (...words: readonly string[]): Promise<readonly Shown[]> => {
    const { stdout } = await cli(['shields', ...words, '--json'], fleet.options);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Shown);
  };

  it('stands until the host is patched, and leaves the rules as they were', async () => {
    const before = await rules('pc-enu');
    const { code, view } = await run('pc-enu');
    expect(stepOf(view, 'shield')).toMatchObject({ outcome: 'changed', result: { method: 'firewall', ports: [445] } });
    const blocked = stepOf(view, 'blocked')?.result as { ports: { from: string; state: string }[] } | undefined;
    const seen = Object.fromEntries((blocked?.ports ?? []).map(({ from, state }) => [from, state]));
    expect(seen).toEqual({ controller: 'open', [fleet.lab.vantage]: 'filtered' });
    expect(stepOf(view, 'unshield')).toMatchObject({
      outcome: 'changed',
      result: { reverted: 1, shields: [{ method: 'firewall', same_as_before: true }] },
    });
    expect([code, view.hosts[0]?.outcome]).toEqual([0, 'remediated']);
    expect(await fleet.account('pc-enu')).toEqual({ installs: 1, reboots: 1 });
    expect(await rules('pc-enu')).toEqual(before);
    const records = await fleet.lab.ask('registry', { host: 'pc-enu', key: RECORDS });
    expect(records).toEqual({ keys: {}, values: {} });
  });

  it('stays on a host that stays vulnerable: list, verify, revert', async () => {
    const before = await rules('pc-fails');
    const { code, view } = await run('pc-fails');
    expect([code, view.hosts[0]?.outcome]).toEqual([3, 'failed']);
    const { stdout } = await cli(['shields', 'list'], fleet.options);
    expect(stdout).toMatch(/pc-fails\s+firewall, TCP 445\s/);
    expect(await shields('verify')).toMatchObject([{ host: 'pc-fails', state: 'standing' }]);

    const inventory = ['-i', join(fleet.lab.dir, 'inventory.yaml'), '--json', '--'];
    const disable = 'Set-NetFirewallRule -Group Firebreak-* -Enabled False';
    expect((await cli(['exec', 'pc-fails', ...inventory, disable], fleet.options)).code).toBe(0);
    const [changed] = await shields('verify');
    expect(changed?.state).not.toBe('standing');
    expect(await cli(['shields', 'revert', 'pc-fails', '--force', '--yes'], fleet.options)).toMatchObject({ code: 3 });
    const enable = 'Set-NetFirewallRule -Group Firebreak-* -Enabled True';
    expect((await cli(['exec', 'pc-fails', ...inventory, enable], fleet.options)).code).toBe(0);
    expect(await shields('verify')).toMatchObject([{ state: 'standing' }]);

    expect(await cli(['shields', 'revert', 'pc-fails', '--yes'], fleet.options)).toMatchObject({ code: 3 });
    expect(await shields('verify')).toMatchObject([{ state: 'standing' }]);
    expect(await cli(['shields', 'revert', 'pc-fails', '--force', '--yes'], fleet.options)).toMatchObject({ code: 0 });
    expect(await rules('pc-fails')).toEqual(before);
    expect((await cli(['shields', 'list'], fleet.options)).stdout).toBe('no shield stands\n');
  });

  it('is refused where the firewall is off, with what to do', async () => {
    const before = await rules('pc-off');
    const { code, view } = await run('pc-off');
    expect(code).toBe(3);
    expect(stepOf(view, 'shield')).toMatchObject({
      outcome: 'refused',
      error: { code: 'FB_SHIELD_REFUSED', message: expect.stringContaining('turn_on_firewall') },
    });
    expect(await rules('pc-off')).toEqual(before);
  });

  it('narrows the exceptions of XP SP3 through a relay, is seen from the vantage, and gives them back', async () => {
    const before = await rules('xp3');
    const playbook = join(fleet.lab.dir, 'xp3.yaml');
    const steps = [
      '  - { id: shield, uses: shield.apply, with: { method: firewall } }',
      '  - { id: blocked, uses: ports.check, with: { expect: blocked } }',
    ];
    writeFileSync(playbook, `firebreak: 1\nname: xp3\nadvisory: ms17-010\nhosts: xp3\nsteps:\n${steps.join('\n')}\n`);
    const { code, stdout } = await cli(['run', playbook, ...fleet.where, '--output', 'json'], fleet.options);
    const view = JSON.parse(stdout) as RunView;
    expect(stepOf(view, 'shield')).toMatchObject({
      outcome: 'changed',
      result: { method: 'firewall', exempt: [fleet.lab.host('mgmt').address], ports: [139, 445] },
    });
    expect(stepOf(view, 'blocked')).toMatchObject({ result: { proven: true } });
    expect([code, view.hosts[0]?.outcome]).toEqual([3, 'shielded']);
    expect(await shields('verify')).toMatchObject([{ host: 'xp3', state: 'standing' }]);
    expect(await cli(['shields', 'revert', 'xp3', '--force', '--yes'], fleet.options)).toMatchObject({ code: 0 });
    expect(await rules('xp3')).toEqual(before);
  });

  it('is put up at the console where it would cut off its own path: told how, proved from the vantage', async () => {
    const playbook = join(fleet.lab.dir, 'icf.yaml');
    const step = '  - { id: shield, uses: shield.apply, with: { method: firewall } }\n';
    writeFileSync(playbook, `firebreak: 1\nname: icf\nadvisory: ms03-039\nhosts: xp\nsteps:\n${step}`);
    const refused = await cli(['run', playbook, ...fleet.where, '--output', 'json'], fleet.options);
    expect(refused.code).toBe(3);
    expect(stepOf(JSON.parse(refused.stdout) as RunView, 'shield')).toMatchObject({
      outcome: 'refused',
      error: { code: 'FB_SHIELD_REFUSED', message: expect.stringMatching(/cut off its own path.*at the console/) },
    });

    const answer = async (): Promise<void> => {
      expect(await cli(['answer', 'last', 'done', '--host', 'xp'], fleet.options)).toMatchObject({ code: 0 });
    };
    const words = ['run', CONSOLE, ...fleet.where, '--limit', 'xp', '--output', 'json'];
    const parked = await cli(words, fleet.options);
    expect([parked.code, parked.stderr]).toEqual([3, '']);
    const asked = JSON.parse(parked.stdout) as RunView;
    expect(asked.hosts[0]?.outcome).toBe('needs-operator');
    expect(asked.hosts[0]?.questions[0]?.text).toMatch(/At the console of xp.*"Local Area Connection".*tick/);
    expect(stepOf(asked, 'firewall')).toMatchObject({ outcome: 'skipped', result: { method: 'none' } });

    await fleet.lab.ask('trouble', { host: 'xp', kind: 'icf-on' });
    await answer();
    const shut = await cli(['resume', 'last', '--output', 'json'], fleet.options);
    const blocked = stepOf(JSON.parse(shut.stdout) as RunView, 'blocked');
    expect(blocked).toMatchObject({ outcome: 'ok', result: { proven: true } });
    const { ports = [] } = (blocked?.result ?? {}) as { ports?: { protocol: string; state: string }[] };
    expect(new Set(ports.filter((port) => port.protocol === 'tcp').map((port) => port.state))).toEqual(
      new Set(['filtered']),
    );

    await fleet.lab.ask('trouble', { host: 'xp', kind: 'icf-off' });
    await answer();
    const open = await cli(['resume', 'last', '--output', 'json'], fleet.options);
    const last = JSON.parse(open.stdout) as RunView;
    expect([open.code, last.hosts[0]?.outcome]).toEqual([3, 'failed']);
    expect(last.hosts[0]?.error?.message).toContain('the update is not in');
  });

  it('is taken down by the host when the controller does not get in any more', async () => {
    const before = await rules('pc-lost');
    const door = await openDoor(fleet, 'pc-lost');
    const playbook = join(fleet.lab.dir, 'lost.yaml');
    const step = '  - { id: shield, uses: shield.apply, with: { method: firewall }, retries: 0, timeout: 40s }\n';
    writeFileSync(playbook, `firebreak: 1\nname: lost\nadvisory: cve-2020-0796\nhosts: pc-lost\nsteps:\n${step}`);
    const words = ['run', playbook, '-i', door.inventory, '--output', 'json'];
    const { code } = await cli(words, fleet.options);
    expect([code, door.refused() > 0]).toEqual([3, true]);
    expect(await rules('pc-lost')).not.toEqual(before);

    await fleet.lab.ask('clock', { seconds: 301 });
    await eventually(
      () => rules('pc-lost'),
      (now) => JSON.stringify(now) === JSON.stringify(before),
      'the host has taken the shield down',
    );
    door.open();
    const [seen] = await shields('verify');
    expect(seen).toMatchObject({ host: 'pc-lost' });
    expect(seen?.state).not.toBe('standing');
    const reverted = await cli(['shields', 'revert', 'pc-lost', '--force', '--yes'], fleet.options);
    expect(reverted).toMatchObject({ code: 0 });
    expect((await cliJson<Shown[]>(['shields', 'list'], fleet.options)).length).toBe(0);
    door.close();
  });
});

interface Door {
  /** An inventory in which the host is behind the door. */
  readonly inventory: string;
  /** New connections that it has not let in. */
  refused(): number;
  open(): void;
  close(): void;
}

/** A way to WinRM of the host that lets nobody in from the moment on that a firewall rule of ours stands there. */
async function openDoor(fleet: Fleet, host: string): Promise<Door> {
  const sockets = new Set<Socket>();
  let refused = 0;
  let isOpen = false;
  const admit = async (socket: Socket): Promise<void> => {
    const entries = await fleet.history(host);
    const stands = entries.some(({ kind, op }) => kind === 'firewall' && op === 'set');
    if (stands && !isOpen) {
      refused++;
      socket.destroy();
      return;
    }
    const behind = connect(5985, fleet.lab.host(host).address);
    sockets.add(behind);
    for (const [from, to] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    void admit(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const listening = server.address();
  if (listening === null || typeof listening === 'string') throw new Error('the door has no port');
  const whole = parse(readFileSync(join(fleet.lab.dir, 'inventory.yaml'), 'utf8')) as Inventory;
  const found = hostIn(whole.all, host);
  if (found === undefined) throw new Error(`${host} is not in the inventory`);
  Object.assign(found, { address: '127.0.0.1', port: listening.port });
  const inventory = join(fleet.lab.dir, 'door.yaml');
  writeFileSync(inventory, stringify(whole));
  return {
    inventory,
    refused: () => refused,
    open: () => {
      isOpen = true;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Inventory {
  readonly all: Group;
}
interface Group {
  readonly hosts?: { readonly [name: string]: object | null };
  readonly children?: { readonly [name: string]: Group };
}

function hostIn(group: Group, name: string): object | undefined {
  const own = group.hosts?.[name];
  if (own !== undefined && own !== null && 'address' in own) return own;
  return Object.values(group.children ?? {})
    .map((child) => hostIn(child, name))
    .find((found) => found !== undefined);
}
