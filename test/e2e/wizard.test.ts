/**
 * The wizard as one admin sees it: on a pseudo terminal, against a machine of the lab, from the first question to the
 * patched host; left by Ctrl-C; and without a terminal.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunView } from '../../src/domain/index.ts';
import { cli, cliJson } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';
import { hasTerminals, KEYS, Terminal } from './support/terminal.ts';

const { enter, down, space, interrupt } = KEYS;

describe('firebreak wizard', () => {
  it('needs a terminal, and says what to type without one', async () => {
    const { code, stderr } = await cli(['wizard']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no terminal.*\n.*firebreak run PLAYBOOK/);
  });
});

(hasTerminals ? describe : describe.skip)('firebreak wizard on a terminal', () => {
  let fleet: Fleet;
  const terminals: Terminal[] = [];
  const start = (args: readonly string[]): Terminal => {
    const terminal = new Terminal(args, fleet.options);
    terminals.push(terminal);
    return terminal;
  };
  const packages = () => fleet.where[fleet.where.indexOf('--packages') + 1]!;
  const inventory = () => fleet.where[fleet.where.indexOf('-i') + 1]!;

  beforeAll(async () => {
    fleet = await startFleet([
      { name: 'pc-one', profile: 'windows-10-1903-enu' },
      { name: 'pc-two', profile: 'windows-10-1903-enu', variant: 'patched' },
    ]);
  });
  afterAll(async () => {
    for (const terminal of terminals) await terminal.close();
    await fleet?.end();
  });

  it('remediates a host that is typed in, with a password that is typed in, and can be repeated by its command line', async () => {
    const { address } = fleet.lab.host('pc-one');
    const wizard = start(['wizard']);
    await wizard.answers(/Which hosts\?/, enter);
    await wizard.answers(/Names or addresses/, address, enter);
    await wizard.answers(/How are they reached/, enter);
    await wizard.answers(/Port/, enter);
    await wizard.answers(/Logon/, enter);
    await wizard.answers(/User \(/, fleet.lab.user, enter);
    await wizard.answers(/Password for firebreak/, 'not the password', enter);
    await wizard.sees(/auth FAIL/);
    await wizard.answers(/1 host cannot be worked on/, enter);
    await wizard.answers(/Password for firebreak/, fleet.lab.password, enter);
    await wizard.sees(/1 (ok|warning)/);
    await wizard.sees(/What is to be remedied\?/);
    // The list is longer than a line: the arrow goes to the playbook by its name.
    await choose(wizard, /❯ .*\[smbghost\]/);
    await wizard.sees(/protection = auto \(auto, .*registry/);
    await wizard.answers(/Change any of these settings\?/, 'y', enter);
    await wizard.sees(/protection: barrier until the host is patched/);
    await choose(wizard, /❯ registry/);
    await wizard.answers(/keep_shield/, enter);
    await wizard.answers(/install_timeout/, enter);
    await wizard.answers(/reboot_timeout/, 'soon', enter);
    await wizard.sees(/must be a duration|30s|10m/);
    await wizard.answers(/reboot_timeout/, '\u0015', '20m', enter);
    await wizard.answers(/max_fail_percentage/, enter);
    await wizard.answers(/max_unreachable_percentage/, enter);
    await wizard.answers(/Folder with the package files/, '/nowhere', enter);
    await wizard.sees(/the package folder \/nowhere is not there/);
    await wizard.answers(/Folder with the package files/, packages(), enter);
    await wizard.sees(/\* install: package\.install/);
    await wizard.sees(/While a shield stands\n {2}registry: /);
    await wizard.answers(/Start on 1 host\?/, down, enter);
    const line = await wizard.sees(/firebreak run smbghost .*/);
    expect(line).toContain(`-i winrm://${address} --auth negotiate --user firebreak --input protection=registry`);
    expect(line).toContain(`--input reboot_timeout=20m --packages ${packages()}`);
    expect(await wizard.ended).toBe(0);
    expect(wizard.text).toMatch(/Next:\n(.*\n)*\s+firebreak status/);
    expect(wizard.text).not.toContain(fleet.lab.password);

    const view = await cliJson<RunView>(['status', 'last'], fleet.options);
    expect(view.hosts.map(({ outcome, installs }) => [outcome, installs])).toEqual([['remediated', 1]]);
    expect(await fleet.account('pc-one')).toMatchObject({ installs: 1 });

    // The line that was printed is a whole command: it finds the host as it is now.
    const words = line.trim().split(/\s+/).slice(1);
    const again = start([...words, '--output', 'lines']);
    await again.answers(/Password for firebreak/, fleet.lab.password, enter);
    expect(await again.ended).toBe(0);
    const second = await cliJson<RunView>(['status', 'last'], fleet.options);
    expect(second.hosts[0]?.outcome).toBe('compliant');
  });

  it('asks the questions of a playbook of one’s own while its hosts are worked on, one after the other', async () => {
    const playbook = join(fleet.lab.dir, 'asks.yaml');
    writeFileSync(
      playbook,
      `firebreak: 1
name: Two questions
advisory: cve-2020-0796
inputs:
  ticket: { type: string, description: change number }
hosts: all
steps:
  - { id: verify, uses: patch.verify }
  - { id: why, uses: operator.ask, with: { question: "\${{ inputs.ticket }}: why \${{ host.name }}?" } }
  - { id: stop, uses: host.end, with: { outcome: excepted, reason: "\${{ steps.why.answer }}" } }
`,
    );
    const wizard = start(['wizard']);
    await wizard.answers(/Which hosts\?/, KEYS.up, enter);
    await wizard.answers(/Inventory \(/, inventory(), enter);
    await wizard.answers(/Which of them\?/, 'a', enter);
    await wizard.sees(/What is to be remedied\?/);
    await choose(wizard, /❯ a playbook of my own/, KEYS.up);
    await wizard.answers(/Playbook file/, playbook, enter);
    await wizard.answers(/ticket: change number/, 'CHG 1', enter);
    await wizard.sees(/\? why: operator\.ask/);
    await wizard.answers(/Start on 2 hosts\?/, enter);
    await wizard.sees(/firebreak run .*--input 'ticket=CHG 1' --check/);
    await wizard.sees(/check: would ask: CHG 1: why pc-one\?|why: skipped/);
    await wizard.answers(/Start on 2 hosts\?/, down, enter);
    const first = await wizard.sees(/\? (pc-one|pc-two) \(why\)/);
    wizard.type(`spare machine${enter}`);
    const second = first.includes('pc-one') ? 'pc-two' : 'pc-one';
    await wizard.answers(new RegExp(`\\? ${second} \\(why\\)`), 'it is tested on', enter);
    expect(await wizard.ended).toBe(0);
    const view = await cliJson<RunView>(['status', 'last'], fleet.options);
    const reasons = Object.fromEntries(view.hosts.map(({ name, outcome, reason }) => [name, `${outcome}: ${reason}`]));
    expect(reasons).toEqual({
      [second]: 'excepted: it is tested on',
      [second === 'pc-one' ? 'pc-two' : 'pc-one']: 'excepted: spare machine',
    });
  });

  it('left by Ctrl-C at a question leaves no run and no trace behind', async () => {
    const runs = await cliJson<unknown[]>(['runs'], fleet.options);
    const wizard = start(['wizard']);
    await wizard.answers(/Which hosts\?/, '\u001b[A', enter);
    await wizard.answers(/Inventory \(/, inventory(), enter);
    await wizard.answers(/Which of them\?/, down, space, enter);
    await wizard.sees(/pc-two/);
    await wizard.answers(/What is to be remedied\?/, interrupt);
    expect(await wizard.ended).toBe(130);
    expect(wizard.text).toContain('nothing was begun after it');
    expect(wizard.text).not.toMatch(/\bat .*\.ts:\d+/);
    expect(await cliJson<unknown[]>(['runs'], fleet.options)).toEqual(runs);
    const history = await fleet.history('pc-two');
    expect(history.filter(({ kind }) => /install|reboot|policy/.test(kind))).toEqual([]);
  });
});

/** Moves down in a list until the mark stands before it. */
async function choose(terminal: Terminal, marked: RegExp, move: string = down): Promise<void> {
  for (let moves = 0; moves < 20; moves++) {
    const line = await terminal.sees(/❯ [^\n]*/);
    if (marked.test(line)) {
      terminal.type(enter);
      return;
    }
    terminal.type(move);
  }
  throw new Error(`never came to ${marked}:\n${terminal.text.slice(-2000)}`);
}
