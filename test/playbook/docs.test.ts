/** The examples of docs/playbook.md are playbooks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { allSteps, loadPlaybook } from '../../src/playbook/index.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'playbook.md'), 'utf8');
const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, body]) => body ?? '');
const LOOK = '- { id: verify, uses: patch.verify }\n';

/** The settings around an example that is only a part. */
function whole(body: string): string {
  if (body.startsWith('firebreak:')) return body;
  const top = 'firebreak: 1\nname: example\nhosts: all\n';
  if (/^steps:/m.test(body)) return top + body;
  if (/^ {2}- /m.test(body)) return `${top}steps:\n  ${LOOK}${body}`;
  return `${top}waves: [{ name: canary, size: 1 }, { name: rest, size: rest }]\n${body}steps:\n  ${LOOK}`;
}

describe('docs/playbook.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(8);
  });

  it.each(examples.map((body): [string, string] => [body.trim().split('\n')[0] ?? '', body]))(
    '%s … is a playbook',
    (_, body) => {
      const filled = whole(body).replaceAll('with: { ... }', 'with: { script: x, repeatable: true }');
      const include = (name: string) => ({
        file: name,
        text: name.endsWith('look.yaml') ? LOOK : '- { uses: host.facts }',
      });
      const read = loadPlaybook(filled, 'example.yaml', createActions(), include);
      expect([...allSteps(read.steps)].length).toBeGreaterThan(0);
    },
  );
});
