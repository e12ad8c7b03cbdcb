/** `firebreak assess HOSTS`: all shipped advisories and the checks of the configuration. A playbook of one step that no file holds. */
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { checkSchema } from '../actions/index.ts';
import { FirebreakError, type Json } from '../domain/index.ts';
import { listAdvisories } from './advisory.ts';
import { readText, shippedFolder } from './files.ts';
import type { PlanSource } from './load-plan.ts';

const checksFile = z.strictObject({ checks: z.array(checkSchema).min(1) });

/**
 * @param checks - path of a file of checks; the shipped one where left out
 * @throws FB_FILE_MISSING, FB_INPUT_INVALID, FB_ADVISORY_INVALID
 */
export async function assessPlaybook(checks?: string): Promise<PlanSource['playbook']> {
  const file = checks ?? join(shippedFolder(), 'assessments', 'security.yaml');
  const playbook = {
    firebreak: 1,
    name: 'Assessment',
    hosts: 'all',
    max_fail_percentage: 100,
    max_unreachable_percentage: 100,
    defaults: { timeout: '10m', retries: 1 },
    steps: [
      {
        id: 'assess',
        uses: 'assess.run',
        with: { advisories: (await listAdvisories()) as unknown as Json, checks: await readChecks(file) },
      },
    ],
  };
  return { file: checks === undefined ? 'assess' : `assess ${checks}`, text: JSON.stringify(playbook, null, 1) };
}

/** @throws FB_FILE_MISSING, FB_INPUT_INVALID with file, line and column of the first mistake */
async function readChecks(file: string): Promise<z.infer<typeof checksFile>['checks']> {
  const lines = new LineCounter();
  const document = parseDocument(await readText(file, 'checks'), {
    version: '1.2',
    stringKeys: true,
    lineCounter: lines,
  });
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) throw invalid(file, lines.linePos(broken.pos[0]), broken.message.split('\n')[0] ?? '');
  const parsed = checksFile.safeParse(document.toJS());
  if (parsed.success) return parsed.data.checks;
  const [issue] = parsed.error.issues;
  const path = issue?.path.map((part) => (typeof part === 'symbol' ? String(part) : part)) ?? [];
  const node = document.getIn(path, true) as { readonly range?: readonly [number, number, number] } | undefined;
  const above = document.getIn(path.slice(0, -1), true) as typeof node;
  const at = node?.range?.[0] ?? above?.range?.[0] ?? 0;
  throw invalid(file, lines.linePos(at), `${path.join('.')}: ${issue?.message ?? ''}`);
}

function invalid(file: string, at: { readonly line: number; readonly col: number }, message: string): FirebreakError {
  return new FirebreakError('FB_INPUT_INVALID', `${file}:${at.line}:${at.col}: ${message}`, {
    remedy: 'the shipped file shows the form: playbooks/assessments/security.yaml',
  });
}
