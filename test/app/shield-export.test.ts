import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createServices,
  dischargeShield,
  exportShield,
  isDistributed,
  type Services,
  standingShields,
} from '../../src/app/index.ts';
import { describeShield } from '../../src/cli/commands/shield-text.ts';

let folder: string;
let services: Services;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fb-gpo-'));
  services = createServices({ state: `sqlite:${join(folder, 'state.db')}` });
  const vars = { partners: ['10.0.0.9'] };
  const relay = { address: '10.0.0.7', vars: { os: 'windows-server-2019' } };
  const old = { address: '10.0.0.8', vars: { ...vars, relay: 'mgmt' } };
  writeFileSync(join(folder, 'inventory.yaml'), JSON.stringify({ all: { hosts: { mgmt: relay, old } } }));
});
afterEach(async () => {
  await services.close();
  rmSync(folder, { recursive: true });
});

function exported(changes: Partial<Parameters<typeof exportShield>[1]> = {}) {
  const signal = new AbortController().signal;
  const hosts = { pattern: 'old', inventory: [join(folder, 'inventory.yaml')] };
  const standard = { advisory: 'ms03-039', cis: false, hosts, except: ['10.0.0.5'], version: '1.2.3', signal };
  return exportShield(services, { ...standard, to: join(folder, 'gpo'), ...changes });
}

describe('shields export', () => {
  it('excepts relays, partners and what was named, before it blocks', async () => {
    const { policy } = await exported();
    expect(policy.exempt).toEqual(expect.arrayContaining(['10.0.0.5', '10.0.0.7', '10.0.0.9']));
    const lines = readFileSync(join(folder, 'gpo', 'POLICY.TXT'), 'latin1')
      .trimEnd()
      .split('\r\n');
    expect(lines[0]).toBe('ipsec static set store location=domain domain={domain}');
    const blocked = lines.filter((line) => line.includes('srcaddr=any'));
    expect(blocked.map((line) => /protocol=(\w+) srcport=0 dstport=(\d+)/.exec(line)?.slice(1).join(' '))).toEqual([
      ...['TCP 135', 'TCP 139', 'TCP 445', 'TCP 593', 'UDP 135', 'UDP 137', 'UDP 138', 'UDP 445'],
    ]);
    const permits = lines.filter((line) => line.includes('srcaddr=10.0.0.7 '));
    expect(permits).toHaveLength(8);
    expect(lines.indexOf(permits.at(-1)!)).toBeLessThan(lines.indexOf(blocked[0]!));
    const removed = readFileSync(join(folder, 'gpo', 'REMOVE.TXT'), 'latin1');
    for (const line of lines) {
      const made = /add (policy|filterlist|filteraction) (name=\S+)/.exec(line);
      if (made !== null) expect(removed).toContain(`delete ${made[1]} ${made[2]}\r\n`);
    }
  });

  it('the policy for CIS blocks HTTP too and says where it must not go', async () => {
    const { policy } = await exported({ cis: true });
    expect(policy.tcp).toEqual([135, 139, 445, 593, 80, 443]);
    expect(readFileSync(join(folder, 'gpo', 'README.TXT'), 'latin1')).toContain(
      'Never link it where a host serves HTTP',
    );
  });

  it('is owed until somebody says, with a reason, that it was taken back', async () => {
    const { policy, run } = await exported();
    const [owed] = await standingShields(services, []);
    expect(owed).toMatchObject({ run, host: `gpo:${policy.name}`, obligation: policy.obligation });
    expect(isDistributed(owed!)).toBe(true);
    expect(describeShield(owed!)).toMatch(/^ipsec, TCP 135 139 445 593, .*distributed by Group Policy, owed: unlink$/);
    await dischargeShield(services, { obligation: policy.obligation, by: 'A. Suzuki', note: 'all patched' });
    expect(await standingShields(services, [])).toEqual([]);
    const events = await (await services.journal()).events(run);
    expect(events.at(-1)).toMatchObject({ type: 'ObligationDischarged', by: 'A. Suzuki', note: 'all patched' });
    const again = dischargeShield(services, { obligation: policy.obligation, by: undefined, note: 'x' });
    await expect(again).rejects.toMatchObject({ code: 'FB_USAGE' });
  });

  it.each<[string, Partial<Parameters<typeof exportShield>[1]>, RegExp]>([
    ['an advisory without such a policy', { advisory: 'cve-2021-34527' }, /has no IPsec policy/],
    ['an exception that is a name', { except: ['dc01'] }, /addresses, not names: dc01/],
  ])('%s is an error, and nothing is owed', async (_, changes, message) => {
    await expect(exported(changes)).rejects.toMatchObject({
      code: 'FB_USAGE',
      message: expect.stringMatching(message),
    });
    expect(await standingShields(services, [])).toEqual([]);
    expect(readdirSync(folder)).not.toContain('gpo');
  });
});
