/** A machine's results as the events of a run: steps that a person carried out at a console, said as such. Pure. */
import type { JsonObject, RunEventBody, StepOutcome } from '../../domain/index.ts';
import type { Judgement, MachineVerdict } from './judge.ts';
import type { KitManifest } from './model.ts';
import type { MachineResults, Visit } from './results.ts';

export interface MachineRecord {
  readonly manifest: KitManifest;
  readonly results: MachineResults;
  readonly verdict: MachineVerdict;
  readonly host: string;
  readonly key: string;
  readonly by: string | undefined;
  /** An earlier import owes DCOM to this host already. */
  readonly owes: boolean;
  /** Milliseconds since the epoch. */
  readonly clock: number;
}

/** Unique over all runs; the same in every import of the kit. */
export function dcomObligation(manifest: KitManifest, host: string): string {
  return `kit-${manifest.id}-${host}`;
}

export function machineEvents(record: MachineRecord): readonly RunEventBody[] {
  const { manifest, results, verdict, host, key } = record;
  const whole = results.visits.filter(({ isWhole }) => isWhole);
  const [first] = whole;
  const last = whole.at(-1)!;
  const { before, after, installed, restarted, infected, outcome, reason } = verdict;
  const finished = (step: string, uses: string, done: StepOutcome, result: JsonObject, why: string): RunEventBody => ({
    type: 'StepFinished',
    host,
    step,
    uses,
    outcome: done,
    result,
    error: null,
    reason: why,
    attempts: 1,
    durationMs: 0,
  });
  const skipped = (step: string, uses: string, why: string): RunEventBody => finished(step, uses, 'skipped', {}, why);
  const seenFirst = at(record, first ?? last);
  const events: RunEventBody[] = [
    { type: 'HostLeased', host, key },
    finished(
      'infection',
      'infection.check',
      'ok',
      { found: infected.length > 0, names: [...infected], reason: infected.join('; ') },
      `files and Run values; services, ports and mutexes were not looked at (${seenFirst})`,
    ),
    finished('verify', 'patch.verify', 'ok', { ...verified(before, record), kit_digest: results.digest }, seenFirst),
    ...shieldEvents(record, finished, skipped),
  ];
  if (installed === null) {
    events.push(
      skipped('install', 'package.install', decisionOf(last)),
      skipped('restart', 'host.reboot', 'nothing was installed'),
    );
  } else {
    const code = installed.exitCode ?? last.exitCode;
    const target = manifest.targets.find(
      ({ sha256 }) => sha256 === (installed.facts.get('package') ?? last.receipt.get('sha256')),
    );
    const args = {};
    const prior = { file: target?.file ?? '', sha256: target?.sha256 ?? '', kit: manifest.id };
    events.push(
      { type: 'StepIntended', host, step: 'install', attempt: 1, uses: 'package.install', args, prior },
      finished(
        'install',
        'package.install',
        'changed',
        { exit_code: code, ...prior, reboot_required: true },
        at(record, installed),
      ),
    );
    const seen =
      restarted === true
        ? finished(
            'restart',
            'host.reboot',
            'ok',
            {},
            'restarted at the console: the mark of the earlier start is gone',
          )
        : skipped(
            'restart',
            'host.reboot',
            restarted === null ? 'whether it was restarted cannot be told' : 'not restarted since',
          );
    events.push(seen);
  }
  events.push(
    after === null
      ? skipped(
          'reverify',
          'patch.verify',
          installed === null ? 'one visit was made' : 'nobody looked after the restart',
        )
      : finished(
          'reverify',
          'patch.verify',
          'ok',
          verified(after, record, installed !== null && restarted !== true),
          at(record, last),
        ),
    { type: 'HostFinished', host, outcome, reason, error: null, standingShields: verdict.dcom === 'off' ? 1 : 0 },
    { type: 'HostReleased', host },
  );
  return events;
}

type Finished = (step: string, uses: string, outcome: StepOutcome, result: JsonObject, why: string) => RunEventBody;
type Skipped = (step: string, uses: string, why: string) => RunEventBody;

function shieldEvents(record: MachineRecord, finished: Finished, skipped: Skipped): readonly RunEventBody[] {
  const { manifest, results, verdict, host, owes } = record;
  const args = { method: 'dcom' };
  const visit = results.visits.findLast(({ facts }) => facts.get('dcom') !== undefined);
  if (visit === undefined) return [skipped('shield', 'shield.apply', 'DCOM was left as it is')];
  const said = `DCOM: ${visit.facts.get('dcom') ?? ''} (${at(record, visit)})`;
  if (verdict.dcom === null) return [skipped('shield', 'shield.apply', said)];
  const obligation = dcomObligation(manifest, host);
  const prior = dcomPrior(obligation);
  const step = finished(
    'shield',
    'shield.apply',
    'changed',
    { method: 'dcom', blocks_ports: false, reboot_required: true },
    said,
  );
  const intended: RunEventBody = {
    type: 'StepIntended',
    host,
    step: 'shield',
    attempt: 1,
    uses: 'shield.apply',
    args,
    prior,
  };
  const owed: RunEventBody = {
    type: 'ObligationOwed',
    host,
    obligation,
    kind: 'undo',
    step: 'shield',
    uses: 'shield.apply',
    args,
    prior,
  };
  if (verdict.dcom === 'off') return [intended, owed, step];
  // Off and on again between two imports, or what an earlier import owes was met.
  return owes ? [step] : [intended, step];
}

/** As shield.apply would have it: the script changes nothing but a plain Y, so that is what was there. */
function dcomPrior(id: string): JsonObject {
  return {
    method: 'dcom',
    id,
    side_effects: 'DCOM is off since the next start: remote COM activation and remote WMI do not work',
    notes: ['switched off at the console by a kit: INSTALL.CMD dcom-on switches it on again'],
    floors: [],
    confirm_s: 0,
    ttl_s: 0,
    setting: { key: 'HKLM\\SOFTWARE\\Microsoft\\OLE', name: 'EnableDCOM', type: 'String', value: 'N' },
    reboot: true,
    found: { present: true, type: 'String', value: 'Y' },
  };
}

/** As `patch.verify` says it. */
function verified(
  { evidence, verdict, os, supportEnded }: Judgement,
  { clock }: MachineRecord,
  awaits = false,
): JsonObject {
  return {
    verdict: verdict.verdict,
    fixed: verdict.fixed && !awaits,
    applicable: verdict.applicable,
    pending_reboot: verdict.pendingReboot || (verdict.fixed && awaits),
    left_open: verdict.leftOpen === true,
    reason: verdict.reason,
    build: evidence.build,
    ubr: null,
    os,
    service_pack: evidence.system?.servicePack ?? null,
    support_ended: supportEnded,
    out_of_support: supportEnded === null ? null : Date.parse(supportEnded) < clock,
    evidence: evidence as unknown as JsonObject,
  };
}

function decisionOf(visit: Visit): string {
  return `the script at the console said: ${visit.facts.get('decision') ?? 'nothing'}`;
}

/** Who was there and when, in the machine's own words. */
function at(record: MachineRecord, visit: Visit): string {
  const name = visit.facts.get('by') || record.by || '';
  const user = visit.facts.get('user') ?? '';
  const who = name === '' ? user : user === '' ? name : `${name} as ${user}`;
  const when = visit.date === '' ? 'at an unknown time' : `at ${visit.date.replace(/\s+/g, ' ')} by its own clock`;
  return `at the console by ${who || 'an unknown person'}, visit ${visit.number}, ${when}`;
}
