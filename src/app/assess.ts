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

export interface AssessOptions {
  /** Path of a file of checks; the shipped one where left out. */
  readonly checks?: string;
  /** Weak passwords are tried, which every wrong logon leaves in the host's log. */
  readonly triesPasswords?: boolean;
  /** The host's RPC service is asked without a logon too. */
  readonly isScanned?: boolean;
}

/** @throws FB_FILE_MISSING, FB_INPUT_INVALID, FB_ADVISORY_INVALID */
export async function assessPlaybook(options: AssessOptions = {}): Promise<PlanSource['playbook']> {
  const { checks, triesPasswords = false, isScanned = false } = options;
  const file = checks ?? join(shippedFolder(), 'assessments', 'security.yaml');
  const playbook = {
    firebreak: 1,
    name: 'Assessment',
    hosts: 'all',
    max_fail_percentage: 100,
    max_unreachable_percentage: 100,
    defaults: { timeout: triesPasswords ? '30m' : '10m', retries: 1 },
    steps: [
      {
        id: 'assess',
        uses: 'assess.run',
        with: {
          advisories: (await listAdvisories()) as unknown as Json,
          checks: await readChecks(file),
          passwords: triesPasswords ? 'try' : 'policy',
          scan: isScanned,
        },
      },
    ],
  };
  const words = [
    'assess',
    ...(triesPasswords ? ['--passwords'] : []),
    ...(isScanned ? ['--scan'] : []),
    ...(checks === undefined ? [] : [checks]),
  ];
  return { file: words.join(' '), text: JSON.stringify(playbook, null, 1) };
}

/** The options of a plan's file, as it is named above; null: it is another playbook's. */
export function assessOptionsOf(file: string): AssessOptions | null {
  const said = /^assess( --passwords)?( --scan)?(?: (.+))?$/s.exec(file);
  if (said === null) return null;
  const [, passwords, scan, checks] = said;
  return {
    ...(checks === undefined ? {} : { checks }),
    triesPasswords: passwords !== undefined,
    isScanned: scan !== undefined,
  };
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
