/**
 * Results of a machine → evidence, verdicts and the outcome. The same evidence as from a host that was reached, judged by
 * the same rules; the installer's exit code never makes a machine fixed. Pure.
 */
import {
  type Advisory,
  affectedSystem,
  type PatchEvidence,
  questionsOf,
  type Verdict,
  verdict,
} from '../../advisory/index.ts';
import type { HostOutcome } from '../../domain/index.ts';
import { fileVersion } from './file-version.ts';
import { BOOT_MARK, type KitManifest } from './model.ts';
import { type RegistryData, readTexts } from './registry-file.ts';
import type { MachineResults, Visit } from './results.ts';

export interface Judgement {
  readonly evidence: PatchEvidence;
  readonly verdict: Verdict;
  /** As the advisory calls the system; null: none or more than one fits. */
  readonly os: string | null;
  readonly supportEnded: string | null;
}

export interface MachineVerdict {
  readonly outcome: HostOutcome;
  readonly reason: string;
  /** Of the first visit, and of the last when it came after an installation. */
  readonly before: Judgement;
  readonly after: Judgement | null;
  /** The visit that started the installer; null: none did. */
  readonly installed: Visit | null;
  /** Whether Windows was started since the installer ran; null: cannot be told. */
  readonly restarted: boolean | null;
  readonly infected: readonly string[];
  /** DCOM, as the kit left it: off and owed, on again, or not touched. */
  readonly dcom: 'off' | 'on' | null;
}

const CONTROL = 'hklm\\system\\currentcontrolset\\control';
const HARDWARE = 'hklm\\hardware\\description\\system';

/** @param results of a machine that has no problem */
export function judgeMachine(advisory: Advisory, manifest: KitManifest, results: MachineResults): MachineVerdict {
  const whole = results.visits.filter(({ isWhole }) => isWhole);
  const [first] = whole;
  const last = whole.at(-1)!;
  const installed = results.visits.findLast((visit) => isInstallation(visit, manifest)) ?? null;
  const before = judge(advisory, first ?? last);
  const isLater = installed !== null && last.number > installed.number;
  const after = isLater || (installed === null && last !== first) ? judge(advisory, last) : null;
  const restarted = installed === null ? null : restartSince(results.visits, installed, last);
  const infected = [...new Set(whole.flatMap((visit) => visit.infected))];
  const dcom = dcomOf(whole);
  const facts = { before, after, installed, restarted, infected, dcom };
  return { ...facts, ...outcomeOf({ ...facts, last }) };
}

function isInstallation(visit: Visit, manifest: KitManifest): boolean {
  // A visit that was cut off while the installer ran left its receipt.
  return (
    visit.facts.get('decision') === 'installed' || (!visit.isWhole && visit.receipt.get('run') === `kit-${manifest.id}`)
  );
}

function outcomeOf(
  facts: Pick<MachineVerdict, 'before' | 'after' | 'installed' | 'restarted' | 'infected' | 'dcom'> & {
    readonly last: Visit;
  },
): Pick<MachineVerdict, 'outcome' | 'reason'> {
  const { before, after, installed, restarted, infected, dcom, last } = facts;
  const now = (after ?? before).verdict;
  if (infected.length > 0) {
    return {
      outcome: 'compromised',
      reason: `signs of an infection: ${infected.join('; ')}; keep it off the network, rebuild it`,
    };
  }
  const code = installed === null ? null : (installed.exitCode ?? last.exitCode);
  const said = `the installer ended with ${code ?? 'no exit code'}`;
  if (installed !== null && after === null) {
    const reason = `${said}, but nobody looked after the restart: restart it and start INSTALL.CMD there once more`;
    return { outcome: 'needs-operator', reason };
  }
  if (now.applicable === false) return { outcome: 'not-applicable', reason: now.reason };
  if (now.fixed && installed !== null && restarted !== true) {
    const why = restarted === false ? 'it was not restarted since' : 'whether it was restarted since cannot be told';
    const reason = `${now.reason}; but ${why}: restart it and start INSTALL.CMD there once more`;
    return { outcome: 'needs-operator', reason };
  }
  if (now.fixed) return { outcome: installed === null ? 'compliant' : 'remediated', reason: now.reason };
  const stopped =
    installed === null ? `${SAID[last.facts.get('decision') ?? ''] ?? 'nothing was installed'}; ` : `${said}; `;
  if (dcom === 'off' && restarted === true) {
    return { outcome: 'shielded', reason: `${stopped}${now.reason}; DCOM is off` };
  }
  return { outcome: 'failed', reason: stopped + now.reason };
}

const SAID: { readonly [decision: string]: string } = {
  'not-in-kit': 'the kit has no package for this system',
  'other-language': 'the kit has no package in the language of this system',
  'has-key': 'its key is there, so nothing was installed (INSTALL.CMD again does)',
  'package-missing': 'the package is not on the medium',
  'copy-failed': 'the package could not be copied to the machine',
  'started-before': 'an earlier installation never ended',
  'ended-before': 'it was installed before',
  check: 'only looked at',
};

/** Evidence and verdict of one visit: of what it found, before it changed anything. */
function judge(advisory: Advisory, visit: Visit): Judgement {
  const evidence = evidenceOf(advisory, visit);
  const entry = evidence.build === null ? undefined : affectedSystem(advisory, evidence.build, evidence.system);
  return {
    evidence,
    verdict: verdict(advisory, evidence),
    os: entry?.os ?? null,
    supportEnded: entry?.support_ended ?? null,
  };
}

function evidenceOf(advisory: Advisory, visit: Visit): PatchEvidence {
  const value = (file: string, key: string, name: string): RegistryData | undefined =>
    visit.registry.get(file)?.get(key)?.get(name);
  const known = systemOf(visit.ver);
  const level = value('system', `${CONTROL}\\windows`, 'csdversion');
  const type = value('product', `${CONTROL}\\productoptions`, 'producttype');
  const suites = value('product', `${CONTROL}\\productoptions`, 'productsuite');
  const renames = value('pending', `${CONTROL}\\session manager`, 'pendingfilerenameoperations');
  const targets = renames instanceof Uint8Array ? readTexts(renames).map((path) => path.toLowerCase()) : [];
  const volatile = visit.registry.get('updates')?.has('hklm\\software\\microsoft\\updates\\updateexevolatile') === true;
  const questions = questionsOf(advisory);
  return {
    build: known?.build ?? null,
    system: {
      version: known?.version ?? null,
      servicePack: typeof level === 'number' ? level >>> 8 : visit.registry.has('system') ? 0 : null,
      product: typeof type !== 'string' ? null : type.toLowerCase() === 'winnt' ? 'workstation' : 'server',
      terminalServer: !visit.registry.has('product')
        ? null
        : suites instanceof Uint8Array && readTexts(suites).includes('Terminal Server'),
      arch: visit.facts.get('arch')?.toLowerCase() ?? null,
    },
    ubr: null,
    updates: [],
    rollups: null,
    files: questions.files.map((path) => {
      const name = path.slice(path.lastIndexOf('\\') + 1).toLowerCase();
      const copy = visit.copies.get(name);
      const exists = copy !== undefined ? true : visit.absent.includes(name) ? false : null;
      const version = copy === undefined ? null : fileVersion(copy);
      return {
        path,
        exists,
        version,
        replacedAtRestart: targets.some((target) => target.endsWith(path.replace(/^%[^%]+%/, '').toLowerCase())),
      };
    }),
    keys: questions.keys.map((key) => ({ key, present: isPresent(visit, key.toLowerCase()) })),
    pending: [...(targets.length > 0 ? ['file-rename'] : []), ...(volatile ? ['update-exe'] : [])],
    bootTime: null,
  };
}

const BUILDS: readonly (readonly [RegExp, { readonly version: string; readonly build: number }])[] = [
  [/Version 4\.0\b/, { version: '4.0', build: 1381 }],
  [/\b2195\b/, { version: '5.0', build: 2195 }],
  [/5\.1\.2600/, { version: '5.1', build: 2600 }],
  [/5\.2\.3790/, { version: '5.2', build: 3790 }],
];

function systemOf(ver: string) {
  return BUILDS.find(([pattern]) => pattern.test(ver))?.[1];
}

/** Null: its part of the registry is not among the results. */
function isPresent(visit: Visit, key: string): boolean | null {
  const files = [...visit.registry.values()];
  if (files.some((file) => file.has(key))) return true;
  return files.some((file) => [...file.keys()].some((known) => key.startsWith(`${known}\\`))) ? false : null;
}

/** The mark is gone: its key is made anew at every start. It must have been seen, or its absence means nothing. */
function restartSince(visits: readonly Visit[], installed: Visit, last: Visit): boolean | null {
  const marked = visits.some((visit) => visit.number <= installed.number && hasMark(visit, 'mark'));
  if (!marked || last.number === installed.number || !last.registry.has('hardware')) return null;
  return !hasMark(last, 'hardware');
}

function hasMark(visit: Visit, file: string): boolean {
  return visit.registry.get(file)?.get(HARDWARE)?.has(BOOT_MARK.toLowerCase()) === true;
}

function dcomOf(visits: readonly Visit[]): MachineVerdict['dcom'] {
  const said = visits.map(({ facts }) => facts.get('dcom')).findLast((word) => word === 'off' || word === 'on');
  return said === 'off' || said === 'on' ? said : null;
}
