/** `--exceptions`: the file, which hosts it holds for, and what a plan says of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { loadPlan } from '../../src/app/index.ts';
import type { Plan } from '../../src/domain/index.ts';
import type { SourceProblem } from '../../src/util/index.ts';

let folder: string;
const catalog = createActions();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-exceptions-'));
  write(
    'inventory.yaml',
    `all:
  vars: { auth: basic, allow_unencrypted: true, credential: { user: a, password: { env: PW } } }
  children:
    plant: { hosts: { scada01: {}, scada02: {} } }
    office: { hosts: { pc01: {} } }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function planned(text: string, playbook = 'smbghost'): Promise<{ plan: Plan; warnings: readonly string[] }> {
  const exceptions = write('exceptions.yaml', text);
  const warnings: string[] = [];
  const warn = (warning: string) => {
    warnings.push(warning.replace(`${folder}/`, ''));
  };
  const inventory = join(folder, 'inventory.yaml');
  return { plan: await loadPlan({ playbook, inventory, inputs: [], exceptions, warn }, catalog), warnings };
}

const entry = (fields: string): string => `firebreak: 1\nexceptions:\n  - { ${fields} }\n`;
const APPROVED = 'reason: vendor forbids it, approved_by: "J. Doe, CISO"';

describe('an exception', () => {
  it('holds for the hosts of its pattern and its advisory, and is frozen in the plan', async () => {
    const { plan, warnings } = await planned(
      entry(`hosts: "plant:!scada02", advisory: cve-2020-0796, ${APPROVED}, until: 2999-03-31, ticket: RISK-7`),
    );
    expect(warnings).toEqual([]);
    expect(plan.exceptions).toEqual([
      {
        host: 'scada01',
        advisory: 'cve-2020-0796',
        reason: 'vendor forbids it',
        approvedBy: 'J. Doe, CISO',
        until: '2999-03-31',
        endsAt: '2999-04-01T00:00:00.000Z',
        ticket: 'RISK-7',
      },
    ]);
    expect(plan.hosts.map(({ name }) => name)).toEqual(['scada01', 'scada02', 'pc01']);
    expect(plan.origin.exceptions).toBe(join(folder, 'exceptions.yaml'));
    const without = await planned('firebreak: 1\nexceptions: []\n');
    expect(without.plan.exceptions).toBeUndefined();
    expect(without.plan.hash).not.toBe(plan.hash);
  });

  it('of another advisory holds not; one of several advisories does', async () => {
    const other = entry(`hosts: all, advisory: ms17-010, ${APPROVED}, until: 2999-03-31`);
    expect((await planned(other)).plan.exceptions).toBeUndefined();
    const both = entry(`hosts: pc01, advisory: [ms17-010, cve-2020-0796], ${APPROVED}, until: 2999-03-31`);
    expect((await planned(both)).plan.exceptions).toMatchObject([{ host: 'pc01', advisory: 'cve-2020-0796' }]);
  });

  it('that has run out is ignored, and that is said', async () => {
    const { plan, warnings } = await planned(
      entry(`hosts: gone99, advisory: cve-2020-0796, ${APPROVED}, until: 2020-01-31`),
    );
    expect(plan.exceptions).toBeUndefined();
    expect(warnings).toEqual([
      'exceptions.yaml:3:110: the exception of gone99 from cve-2020-0796 ran out (2020-01-31) and is ignored',
    ]);
  });

  it('ends at a time where one is named', async () => {
    const { plan } = await planned(
      entry(`hosts: pc01, advisory: cve-2020-0796, ${APPROVED}, until: "2999-03-31T18:00+09:00"`),
    );
    expect(plan.exceptions?.[0]?.endsAt).toBe('2999-03-31T09:00:00.000Z');
  });

  it('of several for a host is the one that holds longest', async () => {
    const { plan } = await planned(`firebreak: 1
exceptions:
  - { hosts: pc01, advisory: cve-2020-0796, ${APPROVED}, until: 2999-01-01 }
  - { hosts: all, advisory: cve-2020-0796, reason: longer, approved_by: B, until: 2999-06-01 }
`);
    expect(plan.exceptions?.find(({ host }) => host === 'pc01')?.reason).toBe('longer');
    expect(plan.exceptions).toHaveLength(3);
  });

  it('whose advisory nobody knows is warned of', async () => {
    const { warnings } = await planned(entry(`hosts: all, advisory: ms17-10, ${APPROVED}, until: 2999-01-01`));
    expect(warnings).toEqual([
      expect.stringMatching(/^exceptions\.yaml:3:29: there is no advisory "ms17-10".*ms17-010/),
    ]);
  });
});

describe('mistakes in the file', () => {
  async function problemsOf(text: string): Promise<readonly string[]> {
    const failed = await planned(text).then(
      () => null,
      (thrown: { code: string; details: readonly SourceProblem[] }) => thrown,
    );
    expect(failed?.code).toBe('FB_EXCEPTIONS_INVALID');
    return (failed?.details ?? []).map(({ line, column, message, hint }) => `${line}:${column} ${message} | ${hint}`);
  }

  it('are all said at once, each with its place', async () => {
    const problems = await problemsOf(`firebreak: 1
exceptions:
  - { host: pc01, advisory: cve-2020-0796, reason: x, approved_by: y, until: 2027-02-31 }
  - { hosts: pc01, advisory: [], reason: "", approved_by: 7, until: soon }
  - just text
`);
    expect(problems).toEqual([
      '3:5 an exception needs "hosts" | ',
      '3:7 unknown key "host" in an exception | write hosts:',
      expect.stringMatching(/^3:78 "until" must be a day or a time, not "2027-02-31"/),
      '4:30 "advisory" names none | ',
      '4:42 "reason" is empty | ',
      expect.stringMatching(/^4:59 "approved_by" must be text, not 7/),
      expect.stringMatching(/^4:69 "until" must be a day or a time, not "soon"/),
      expect.stringMatching(/^5:5 an exception must be a map/),
    ]);
  });

  it('such as a host that is not there keep the plan from being made: the host may be the one to leave alone', async () => {
    expect(await problemsOf(entry(`hosts: scada1, advisory: cve-2020-0796, ${APPROVED}, until: 2999-01-01`))).toEqual([
      expect.stringMatching(/^3:14 .*scada1/),
    ]);
  });

  it('such as a missing version or list are said', async () => {
    expect((await problemsOf('exception: []\n')).join('\n')).toContain('"firebreak: 1"');
    expect((await problemsOf('firebreak: 2\nexceptions: []\n')).join('\n')).toContain('from 1 to 1');
  });
});
