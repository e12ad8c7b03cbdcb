import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { loadAdvisory } from '../../src/advisory/index.ts';
import { FirebreakError } from '../../src/domain/index.ts';
import { loadPlaybook } from '../../src/playbook/index.ts';
import { formatProblems, type SourceProblem } from '../../src/util/index.ts';

const folder = resolve(import.meta.dirname, '../../playbooks');
const yaml = (path: string) => readdirSync(path).filter((name) => name.endsWith('.yaml'));

function explained<T>(load: () => T): T {
  try {
    return load();
  } catch (thrown) {
    const problems = thrown instanceof FirebreakError ? (thrown.details as readonly SourceProblem[]) : [];
    throw new Error(`${String(thrown)}\n${formatProblems(problems)}`);
  }
}

describe('shipped playbooks', () => {
  it.each(yaml(folder))('%s is valid', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const playbook = explained(() => loadPlaybook(text, name, createActions()));
    expect(playbook.steps.length).toBeGreaterThan(0);
  });

  it.each(yaml(join(folder, 'advisories')))('advisory %s is valid and named after its file', (name) => {
    const text = readFileSync(join(folder, 'advisories', name), 'utf8');
    const advisory = explained(() => loadAdvisory(text, name));
    expect(`${advisory.advisory}.yaml`).toBe(name);
  });

  it('names only advisories that are there', () => {
    for (const name of yaml(folder)) {
      const playbook = loadPlaybook(readFileSync(join(folder, name), 'utf8'), name, createActions());
      if (playbook.advisory !== null) expect(yaml(join(folder, 'advisories'))).toContain(`${playbook.advisory}.yaml`);
    }
  });

  it.each([
    ['health.check', 'against: helth', 'helth'],
    ['shield.revert', 'shield: sheild', 'sheild'],
  ])('%s names a step that is there', (uses, given, id) => {
    const text = `firebreak: 1\nname: x\nhosts: all\nsteps:\n  - { uses: ${uses}, with: { ${given} } }\n`;
    expect(() => explained(() => loadPlaybook(text, 'x.yaml', createActions()))).toThrow(id);
  });
});
