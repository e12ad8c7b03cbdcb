/**
 * `assess.run`: everything that is known to be wrong with one host in one look: the verdicts of several advisories, and
 * checks of its security configuration. Reads only; no password is ever tried, so no account can be locked out.
 */
import { z } from 'zod';
import { type Advisory, parseAdvisory } from '../advisory/index.ts';
import { FirebreakError, type JsonObject, type ReadAction, type StepContext } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { type Check, type CheckResult, checkSchema, judgeChecks, type Settings, valuesOf } from './assess-checks.ts';
import { readVerdict } from './evidence.ts';
import { readFacts } from './facts.ts';
import { callHost } from './host-call.ts';

const args = z.strictObject({
  /** Whole advisories; the playbook's own comes first. */
  advisories: z.array(z.record(z.string(), z.json())).default([]),
  checks: z.array(checkSchema).default([]),
});

const settingsSchema = z.object({
  Values: z.array(
    z.object({
      Key: z.string(),
      Name: z.string(),
      Present: z.boolean().nullable(),
      Data: z.string().nullable(),
      Error: z.string(),
    }),
  ),
  Services: z.array(z.object({ Name: z.string(), Exists: z.boolean().nullable(), State: z.string().nullable() })),
  Accounts: z.array(
    z.object({
      Rid: z.int(),
      Present: z.boolean().nullable(),
      Name: z.string().nullable(),
      Disabled: z.boolean().nullable(),
      Error: z.string(),
    }),
  ),
  Passwords: z
    .object({
      Readable: z.boolean(),
      MinLength: z.int().nullable(),
      History: z.int().nullable(),
      LockoutThreshold: z.int().nullable(),
      Error: z.string(),
    })
    .nullable(),
});

const ipsecSchema = z.object({
  AssignedName: z.string().nullable(),
  GpoAssigned: z.boolean(),
  Weakness: z.string(),
  Readable: z.boolean(),
});

export const assessRun: ReadAction = {
  uses: 'assess.run',
  kind: 'read',
  summary: 'verdicts of several advisories and checks of the security configuration, tries no password',
  args,
  results: ['verdicts', 'checks', 'missing', 'undecided', 'weak', 'unreadable', 'os', 'reason'],
  async read(step, given) {
    const { advisories, checks } = readArgs(args, given, 'assess.run');
    const all = [...(step.advisory === null ? [] : [step.advisory]), ...advisories].map((data) => parseAdvisory(data));
    if (all.length + checks.length === 0) {
      throw new FirebreakError('FB_USAGE', `step ${step.stepId}: there is nothing to assess`, {
        remedy: 'give it advisories or checks; firebreak assess HOSTS has those that are shipped',
      });
    }
    const facts = await readFacts(step);
    const version = /^\d+\.\d+/.exec(facts.Version ?? '')?.[0] ?? null;
    const verdicts: JsonObject[] = [];
    for (const advisory of distinct(all)) verdicts.push(await verdictOf(step, advisory));
    const results = checks.length === 0 ? [] : judgeChecks(checks, await readSettings(step, checks, version));
    const named = (state: CheckResult['state']): string[] =>
      results.filter((result) => result.state === state).map(({ id }) => id);
    const missing = verdicts.filter(isMissing).map(({ advisory }) => String(advisory));
    const undecided = verdicts.filter((verdict) => isUndecided(verdict)).map(({ advisory }) => String(advisory));
    const weak = named('weak');
    const result = {
      verdicts,
      checks: results.map((each) => ({ ...each })),
      missing,
      undecided,
      weak,
      unreadable: named('unknown'),
      os: facts.Caption,
      reason: reasonOf(missing, undecided, weak),
    };
    return { result };
  },
};

/** The first of each id. */
function distinct(advisories: readonly Advisory[]): readonly Advisory[] {
  return advisories.filter(({ advisory }, index) => advisories.findIndex((one) => one.advisory === advisory) === index);
}

async function verdictOf(step: StepContext, advisory: Advisory): Promise<JsonObject> {
  step.progress(`looks for ${advisory.advisory}`);
  const { verdict } = await readVerdict(step, advisory);
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

async function readSettings(step: StepContext, checks: readonly Check[], version: string | null): Promise<Settings> {
  const values = valuesOf(checks);
  const raw = await callHost(step, {
    module: 'Assess',
    function: 'Get-FbAssessment',
    parameters: {
      ValueKey: values.map(({ key }) => key),
      ValueName: values.map(({ name }) => name),
      Service: checks.flatMap((check) => (check.kind === 'service' ? [check.name] : [])),
      Rid: checks.flatMap((check) => (check.kind === 'account' ? [check.rid] : [])),
      Password: checks.some(({ kind }) => kind === 'password-policy'),
    },
    result: settingsSchema,
    timeoutMs: 180_000,
  });
  return {
    version,
    values: raw.Values.map((value) => ({
      key: value.Key,
      name: value.Name,
      present: value.Present,
      data: value.Data,
      error: value.Error,
    })),
    services: raw.Services.map((service) => ({ name: service.Name, exists: service.Exists, state: service.State })),
    accounts: raw.Accounts.map((account) => ({
      rid: account.Rid,
      present: account.Present,
      name: account.Name,
      disabled: account.Disabled,
      error: account.Error,
    })),
    passwords:
      raw.Passwords === null
        ? null
        : {
            readable: raw.Passwords.Readable,
            min_length: raw.Passwords.MinLength,
            history: raw.Passwords.History,
            lockout_threshold: raw.Passwords.LockoutThreshold,
            error: raw.Passwords.Error,
          },
    ipsec: checks.some(({ kind }) => kind === 'ipsec') ? await readIpsec(step) : null,
  };
}

async function readIpsec(step: StepContext): Promise<Settings['ipsec']> {
  const state = await callHost(step, {
    module: 'Shield',
    function: 'Get-FbIpsecShield',
    parameters: { Id: 'assess', Survey: true },
    result: ipsecSchema,
    timeoutMs: 120_000,
  });
  if (!state.Readable) return null;
  return { assigned: state.AssignedName, byPolicy: state.GpoAssigned, weakness: state.Weakness };
}

function reasonOf(missing: readonly string[], undecided: readonly string[], weak: readonly string[]): string {
  const parts = [
    missing.length === 0 ? '' : `without the fix for ${missing.join(', ')}`,
    undecided.length === 0 ? '' : `not decided: ${undecided.join(', ')}`,
    weak.length === 0 ? '' : `weak settings: ${weak.join(', ')}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing was found' : parts.join('; ');
}
