/**
 * `firebreak wizard`: leads one person through one remediation.
 *
 *   hosts ─► are they well? ─► what, with which settings ─► what would happen ─┬─► check ─► run
 *     ▲            │                                                           └─► run, its questions in between
 *     └── others ──┘
 *
 * Everything up to the run only reads; leaving at a question leaves nothing behind. Must not know how a host is reached
 * or a step is run.
 */
import type { HostReport, Services } from '../../app/index.ts';
import { FirebreakError, type Plan, type PlannedHost } from '../../domain/index.ts';
import { passwordPrompt } from '../ask.ts';
import { createProgress, renderReports } from '../commands/doctor.ts';
import { renderPreview } from '../commands/plan.ts';
import { describeError } from '../errors.ts';
import { followRun } from '../follow-run.ts';
import { interruptible, STOPPING } from '../interrupt.ts';
import { hostCount, oneLine } from '../live/index.ts';
import { canPrompt, type Prompts } from '../prompts.ts';
import { shellLine } from '../shell-line.ts';
import { readVersion } from '../version.ts';
import { commandLine, type HostAnswers, type RemedyAnswers } from './answers.ts';
import { askHosts } from './ask-hosts.ts';
import { askRemedy } from './ask-remedy.ts';

const DOCTOR = { forks: 20, timeoutMs: 60_000 };

export interface WizardOptions {
  readonly state?: string;
}

/** @throws FB_USAGE without a terminal */
export async function runWizard(prompts: Prompts, options: WizardOptions): Promise<void> {
  if (!canPrompt()) {
    throw new FirebreakError('FB_USAGE', 'the wizard asks questions, and there is no terminal to ask them on', {
      remedy: 'without questions: firebreak run PLAYBOOK -i inventory.yaml --packages ./packages',
    });
  }
  const { createServices } = await import('../../app/index.ts');
  say(
    'Leads through one remediation. Nothing is changed before you start it at the end; Ctrl-C leaves at any question.\n',
  );
  let before: HostAnswers | null = null;
  for (;;) {
    // A new one for each try: a password that was mistyped is forgotten with it.
    const services = createServices({ state: options.state, ask: passwordPrompt() });
    try {
      const hosts: HostAnswers = before ?? (await askHosts(prompts, services, say));
      const next = await examine(prompts, services, hosts);
      if (next.kind === 'stop') return;
      if (next.kind === 'go-on') return await remedy(prompts, services, next.hosts, options);
      before = next.kind === 'again' ? hosts : null;
    } finally {
      await services.close();
    }
  }
}

type Examined =
  | { readonly kind: 'go-on'; readonly hosts: HostAnswers }
  | { readonly kind: 'again' | 'others' | 'stop' };

async function examine(prompts: Prompts, services: Services, hosts: HostAnswers): Promise<Examined> {
  const { examineHosts, hostsOf, overridesOf } = await import('../../app/index.ts');
  const progress = createProgress(false);
  let planned: readonly PlannedHost[] = [];
  let reports: readonly HostReport[];
  try {
    reports = await interruptible(async (signal) => {
      const limit = hosts.only === null ? undefined : hosts.only.join(',');
      const connection = overridesOf(hosts.connection);
      planned = await hostsOf(services, { patterns: [], inventory: hosts.inventory, limit, connection }, signal);
      progress.hosts(planned.map(({ name }) => name));
      return examineHosts(services, planned, { ...DOCTOR, signal, onCheck: progress.check, onReport: progress.report });
    }, STOPPING).finally(progress.end);
  } catch (thrown) {
    if (!(thrown instanceof FirebreakError) || thrown.code === 'FB_CANCELLED') throw thrown;
    say(describeError(thrown));
    return { kind: await askAfter<never>(prompts, 'The hosts cannot be looked at.', []) };
  }
  say(`\n${await renderReports(reports)}`);
  const bad = reports.filter(({ state }) => state === 'failed').map(({ host }) => host);
  if (bad.length === 0) return { kind: 'go-on', hosts };
  const good = planned.map(({ name }) => name).filter((name) => !bad.includes(name));
  const choice = await askAfter(
    prompts,
    `${hostCount(bad.length)} cannot be worked on: ${bad.slice(0, 5).join(', ')}${bad.length > 5 ? ', …' : ''}`,
    good.length === 0 ? [] : [{ value: 'without', name: `go on without ${bad.length === 1 ? 'it' : 'them'}` } as const],
  );
  return choice === 'without' ? { kind: 'go-on', hosts: { ...hosts, only: good } } : { kind: choice };
}

function askAfter<More extends string>(
  prompts: Prompts,
  message: string,
  more: readonly { readonly value: More; readonly name: string }[],
): Promise<More | 'again' | 'others' | 'stop'> {
  return prompts.choose<More | 'again' | 'others' | 'stop'>({
    message,
    choices: [
      { value: 'again', name: 'look again (passwords are asked for anew)' },
      ...more,
      { value: 'others', name: 'choose hosts anew' },
      { value: 'stop', name: 'stop here' },
    ],
  });
}

async function remedy(prompts: Prompts, services: Services, hosts: HostAnswers, options: WizardOptions): Promise<void> {
  const { loadPlan } = await import('../../app/index.ts');
  for (;;) {
    const what = await askRemedy(prompts, services, say);
    let plan: Plan;
    try {
      plan = await loadPlan(await sourceOf(services, hosts, what), services.actions);
    } catch (thrown) {
      if (!(thrown instanceof FirebreakError)) throw thrown;
      say(describeError(thrown));
      continue;
    }
    await showPlan(services, plan);
    if (await start(prompts, services, { plan, hosts, what }, options)) return;
  }
}

async function sourceOf(services: Services, { inventory, only, connection }: HostAnswers, what: RemedyAnswers) {
  const { overridesOf } = await import('../../app/index.ts');
  return {
    playbook: what.playbook,
    inventory,
    limit: only === null ? undefined : only.join(','),
    inputs: what.inputs,
    packages: what.packages,
    connection: overridesOf(connection),
    connector: services.connector,
  };
}

async function showPlan(services: Services, plan: Plan): Promise<void> {
  const { previewPlan, sideEffects } = await import('../../app/index.ts');
  say(`\n${renderPreview(previewPlan(plan, services)).join('\n')}`);
  const effects = sideEffects(plan);
  if (effects.length === 0) return;
  const lines = effects.map(({ method, text }) => `  ${method}: ${oneLine(text)}`);
  say(`\nWhile a shield stands\n${lines.join('\n')}`);
}

interface Chosen {
  readonly plan: Plan;
  readonly hosts: HostAnswers;
  readonly what: RemedyAnswers;
}

/** False: settings are to be chosen anew. */
async function start(prompts: Prompts, services: Services, chosen: Chosen, options: WizardOptions): Promise<boolean> {
  const line = (check: boolean, change: string | undefined): string =>
    shellLine(commandLine(chosen.hosts, chosen.what, { check, state: options.state, change }));
  for (;;) {
    const next = await prompts.choose({
      message: `Start on ${hostCount(chosen.plan.hosts.length)}?`,
      choices: [
        { value: 'check', name: 'check first: read and probe, change nothing' },
        { value: 'run', name: 'start: shields, installations and restarts as shown' },
        { value: 'back', name: 'choose something else' },
        { value: 'stop', name: 'stop here, and only show the command' },
      ] as const,
    });
    if (next === 'back') return false;
    const isCheck = next === 'check';
    const change = isCheck ? undefined : await askChange(prompts, chosen.plan);
    say(`\nThe same without questions:\n  ${line(isCheck, change)}${passwordHint(chosen.plan)}\n`);
    if (next === 'stop') return true;
    await follow(services, chosen.plan, { check: isCheck, change });
    if (!isCheck || process.exitCode === 130) return true;
  }
}

/** Undefined where nobody wants one. */
async function askChange(prompts: Prompts, plan: Plan): Promise<string | undefined> {
  const { isChangeDemanded } = await import('../../app/index.ts');
  if (plan.requireChange !== true && !isChangeDemanded(process.env)) return undefined;
  return prompts.text({
    message: 'Number of the change request',
    check: (text) => (text.trim() === '' ? 'it is needed for this playbook' : null),
  });
}

async function follow(
  services: Services,
  plan: Plan,
  how: { readonly check: boolean; readonly change: string | undefined },
): Promise<void> {
  const { startPlan } = await import('../../app/index.ts');
  await followRun({ output: 'auto' }, (context) =>
    startPlan(services, plan, { ...context, ...how, waits: true, skipLeased: false, version: readVersion() }),
  );
}

/** A password that was typed is nowhere but in the memory of this process. */
function passwordHint({ hosts }: Plan): string {
  const isTyped = hosts.some(({ password }) => password !== null && 'prompt' in password);
  return isTyped ? '\n  (it asks for the password; unattended: --password-env NAME)' : '';
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
