/**
 * `assess.run`: everything that is known to be wrong with one host in one look: the verdicts of several advisories, checks
 * of its security configuration, weak passwords where they are asked for, and what of it a scan without a logon would have
 * seen. Changes nothing on the host but, with passwords, what every wrong logon leaves.
 */
import { z } from 'zod';
import { type Advisory, affectedSystem, type PatchEvidence, parseAdvisory, type Verdict } from '../advisory/index.ts';
import { FirebreakError, type JsonObject, type ReadAction, type RpcScan } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { type CheckResult, judgeChecks } from './assess-checks.ts';
import { checkSchema } from './assess-schema.ts';
import { readSettings } from './assess-settings.ts';
import { readVerdicts } from './evidence.ts';
import { readFacts } from './facts.ts';
import { SCANNED_UPDATE, scanFields, scanHost, weighScan } from './rpc-evidence.ts';

const SCAN_TIMEOUT_MS = 3000;

const args = z.strictObject({
  /** Whole advisories; the playbook's own comes first. */
  advisories: z.array(z.record(z.string(), z.json())).default([]),
  checks: z.array(checkSchema).default([]),
  /** try: weak passwords are tried on local accounts, never near a lock-out; each is a failed logon in the log. */
  passwords: z.enum(['policy', 'try']).default('policy'),
  /** Ask the host's RPC service without a logon too, and say what that would have found. */
  scan: z.boolean().default(false),
});

interface Judged {
  readonly advisory: Advisory;
  readonly evidence: PatchEvidence;
  readonly verdict: Verdict;
}

export const assessRun: ReadAction = {
  uses: 'assess.run',
  kind: 'read',
  summary: 'verdicts of several advisories, checks of the security configuration, weak passwords if asked for',
  args,
  results: [
    'verdicts',
    'checks',
    'missing',
    'undecided',
    'weak',
    'unreadable',
    'passwords',
    'scan',
    'beyond_scan',
    'os',
    'support_ended',
    'out_of_support',
    'reason',
  ],
  async read(step, given) {
    const { advisories, checks, passwords, scan: isScanned } = readArgs(args, given, 'assess.run');
    const all = [...(step.advisory === null ? [] : [step.advisory]), ...advisories].map((data) => parseAdvisory(data));
    if (all.length + checks.length === 0) {
      throw new FirebreakError('FB_USAGE', `step ${step.stepId}: there is nothing to assess`, {
        remedy: 'give it advisories or checks; firebreak assess HOSTS has those that are shipped',
      });
    }
    const facts = await readFacts(step);
    step.progress('looks for fixes');
    const read = await readVerdicts(step, distinct(all));
    const scan = isScanned ? await scanHost(step, { timeoutMs: SCAN_TIMEOUT_MS, alsoActivation: false }) : null;
    const verdicts = read.map((each) => fieldsOf(each, scan));
    const settings = checks.length === 0 ? null : await readSettings(step, checks, facts, passwords === 'try');
    const results = settings === null ? [] : judgeChecks(checks, settings);
    const named = (state: CheckResult['state']): string[] =>
      results.filter((result) => result.state === state).map(({ id }) => id);
    const missing = verdicts.filter(isMissing).map(({ advisory }) => String(advisory));
    const undecided = verdicts.filter((verdict) => isUndecided(verdict)).map(({ advisory }) => String(advisory));
    const weak = named('weak');
    const supportEnded = endOfSupport(read);
    const result = {
      verdicts,
      checks: results.map((each) => ({ ...each })),
      missing,
      undecided,
      weak,
      unreadable: named('unknown'),
      passwords: settings?.tries?.accounts.map((account) => ({ ...account })) ?? null,
      scan: scan === null ? null : scanFields(scan),
      beyond_scan: scan === null ? null : beyond(read, missing, weak, scan),
      os: facts.Caption,
      support_ended: supportEnded,
      out_of_support: supportEnded === null ? null : Date.parse(supportEnded) < step.clock.now(),
      reason: reasonOf(missing, undecided, weak),
    };
    return { result };
  },
};

/** The first of each id. */
function distinct(advisories: readonly Advisory[]): readonly Advisory[] {
  return advisories.filter(({ advisory }, index) => advisories.findIndex((one) => one.advisory === advisory) === index);
}

function fieldsOf({ advisory, verdict: read }: Judged, scan: RpcScan | null): JsonObject {
  const verdict = scan !== null && advisory.kb === SCANNED_UPDATE ? weighScan(read, scan) : read;
  return {
    advisory: advisory.advisory,
    title: advisory.title,
    verdict: verdict.verdict,
    fixed: verdict.fixed,
    applicable: verdict.applicable,
    pending_reboot: verdict.pendingReboot,
    left_open: verdict.leftOpen === true,
    reason: verdict.reason,
  };
}

const MISSING: ReadonlySet<unknown> = new Set(['vulnerable', 'partial']);
const INSTALLED: ReadonlySet<unknown> = new Set(['patched', 'superseded']);

/** Not there, not in effect before a restart, or undone by a setting. */
function isMissing({ verdict, fixed, left_open: leftOpen }: JsonObject): boolean {
  return MISSING.has(verdict) || leftOpen === true || (INSTALLED.has(verdict) && fixed !== true);
}

/** Nobody knows: neither fixed nor missing, and not said to be unaffected. */
function isUndecided(verdict: JsonObject): boolean {
  return verdict['fixed'] !== true && verdict['applicable'] !== false && !isMissing(verdict);
}

/** What is wrong and a scan without a logon says nothing of: it tells one update alone, and that only where it is answered. */
function beyond(read: readonly Judged[], missing: readonly string[], weak: readonly string[], scan: RpcScan): string[] {
  const seen = scan.patched === false ? read.filter(({ advisory }) => advisory.kb === SCANNED_UPDATE) : [];
  return [...missing.filter((id) => !seen.some(({ advisory }) => advisory.advisory === id)), ...weak];
}

/** The latest day that an advisory knows for this system; null: none does. */
function endOfSupport(read: readonly Judged[]): string | null {
  const days = read.flatMap(({ advisory, evidence }) => {
    const entry = evidence.build === null ? undefined : affectedSystem(advisory, evidence.build, evidence.system);
    return entry?.support_ended ?? [];
  });
  return days.toSorted().at(-1) ?? null;
}

function reasonOf(missing: readonly string[], undecided: readonly string[], weak: readonly string[]): string {
  const parts = [
    missing.length === 0 ? '' : `without the fix for ${missing.join(', ')}`,
    undecided.length === 0 ? '' : `not decided: ${undecided.join(', ')}`,
    weak.length === 0 ? '' : `weak settings: ${weak.join(', ')}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing was found' : parts.join('; ');
}
