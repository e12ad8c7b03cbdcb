/** The open questions as `firebreak answer RUN` shows them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createServices } from '../../src/app/index.ts';
import { planHash } from '../../src/engine/index.ts';
import { cli } from '../e2e/support/cli.ts';
import { host, plan, remediation } from '../engine/support/plans.ts';

it('shows a command line that a shell takes as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-cli-answer-'));
  try {
    const state = `sqlite:${join(folder, 'state.db')}`;
    const services = createServices({ state });
    const body = plan(remediation(), { hosts: [host('web01')] });
    const journal = await services.journal();
    const frozen = { ...body, hash: planHash(body) };
    await journal.create({ run: 'r1', plan: frozen, parent: null, check: false });
    const question = { kind: 'choice', text: 'which one?', choices: ["it's off", 'other'], default: null } as const;
    await journal.append('r1', [
      { type: 'RunStarted', planHash: frozen.hash, parent: null, check: false, by: 'alice@ctl', version: '1' },
      { type: 'OperatorAsked', host: 'web01', step: 'stage', uses: 'operator.ask', question },
      { type: 'HostParked', host: 'web01', step: 'stage', reason: 'which one?', standingShields: 0 },
    ]);
    await journal.disown('r1');
    await services.close();
    const { stdout } = await cli(['answer', 'r1', '--state', state]);
    expect(stdout).toContain("  firebreak answer r1 'it'\\''s off' --host web01\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
