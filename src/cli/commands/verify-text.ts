/** What `firebreak verify` shows of a host: one row, and the evidence source by source. Prints nothing itself. */
import type { Json, JsonObject } from '../../domain/index.ts';

/** One host, as `verify --json` prints it. */
export interface VerifiedHost {
  readonly host: string;
  readonly verdict: string;
  readonly fixed: boolean;
  readonly applicable: Json;
  /** What the advisory calls the system; null when unknown. */
  readonly os: string | null;
  readonly service_pack: number | null;
  readonly support_ended: string | null;
  readonly out_of_support: boolean | null;
  readonly reason: string;
  readonly evidence: Json;
}

export const VERIFY_HEAD: readonly string[] = ['HOST', 'SYSTEM', 'VERDICT', 'WHY'];

/** A system out of support is marked whatever its verdict: the next hole stays open there. */
export function verifyRow(found: VerifiedHost): readonly string[] {
  const { host, verdict, reason } = found;
  const mark = found.out_of_support === true ? `; out of support since ${found.support_ended}` : '';
  const isIn = verdict === 'patched' || verdict === 'superseded';
  return [host, systemText(found), isIn && !found.fixed ? `${verdict}, reboot needed` : verdict, reason + mark];
}

/** The system by the advisory's name, else by its numbers. */
function systemText({ os, service_pack: pack, evidence }: VerifiedHost): string {
  if (os !== null) return os;
  const build = objectOf(evidence)?.['build'];
  if (typeof build !== 'number') return '-';
  return pack === null || pack === 0 ? `build ${build}` : `build ${build} SP${pack}`;
}

/**
 * What was read, source by source. What is absent is not listed: that an update has left no key says nothing, and of an
 * earlier one it would be a false alarm.
 */
export function evidenceText(found: VerifiedHost): string {
  const evidence = objectOf(found.evidence);
  if (evidence === null) return '';
  const lines = [
    ['system', systemLine(evidence)],
    ['files', filesLine(listOf(evidence['files']))],
    ['keys', tracesLine(listOf(evidence['keys']), 'key', (item) => item['present'])],
    ['updates', tracesLine(listOf(evidence['updates']), 'kb', listed)],
    ['services', tracesLine(listOf(evidence['services']), 'name', (item) => item['exists'])],
    ['settings', settingsLine(listOf(evidence['values']))],
    ['network', networkLine(objectOf(evidence['network']))],
    ['restart', restartLine(evidence)],
  ];
  return [
    `${found.host}: ${found.verdict}`,
    ...lines.filter(([, text]) => text !== '').map(([name, text]) => `  ${`${name}: `.padEnd(9)}${text}`),
  ].join('\n');
}

function systemLine(evidence: JsonObject): string {
  const system = objectOf(evidence['system']);
  const build = evidence['build'];
  const ubr = evidence['ubr'];
  const parts = [
    build === null ? 'build unreadable' : `build ${text(build)}${ubr === null || ubr === 0 ? '' : `.${text(ubr)}`}`,
  ];
  if (system !== null) {
    parts.push(`version ${text(system['version'])}`, `service pack ${text(system['servicePack'])}`);
    parts.push(`${text(system['product'])}`, `${text(system['arch'])}`);
    if (system['terminalServer'] === true) parts.push('terminal server');
  }
  return parts.join(', ');
}

function filesLine(files: readonly JsonObject[]): string {
  const shown = files.filter((file) => file['exists'] !== false);
  if (files.length > 0 && shown.length === 0) return 'none of them is there';
  return shown
    .map((file) => {
      const name = text(file['path']).split('\\').at(-1) ?? '';
      const late = file['replacedAtRestart'] === true ? ' (replaced at the next start)' : '';
      return `${name} ${text(file['version'])}${late}`;
    })
    .join(', ');
}

function tracesLine(items: readonly JsonObject[], name: string, seen: (item: JsonObject) => Json | undefined): string {
  if (items.length === 0) return '';
  const there = items.filter((item) => seen(item) === true).map((item) => text(item[name]));
  const unread = items.filter((item) => seen(item) === null).length;
  const parts = [there.join(', ')];
  if (unread === items.length) parts.push('unreadable');
  else if (unread > 0) parts.push(`${unread} of ${items.length} unreadable`);
  return parts.filter((part) => part !== '').join('; ') || 'none';
}

/** True: in one of both lists; null: neither could be read. */
function listed(item: JsonObject): boolean | null {
  const both = [item['servicing'], item['quickFix']];
  return both.includes(true) ? true : both.every((value) => value === null) ? null : false;
}

/** Values by name, without those that are not there. */
function settingsLine(values: readonly JsonObject[]): string {
  const shown = values.filter((value) => value['present'] !== false);
  if (values.length > 0 && shown.length === 0) return 'none of them is there';
  const nameOf = (value: JsonObject): string => text(value['path']).split('\\').at(-1) ?? '';
  return shown
    .map((value) =>
      value['present'] === null ? `${nameOf(value)} unreadable` : `${nameOf(value)} ${text(value['value'])}`,
    )
    .join(', ');
}

/** Only where it was asked. */
function networkLine(scan: JsonObject | null): string {
  return scan === null ? '' : `${text(scan['category'])}: ${text(scan['reason'])}`;
}

function restartLine(evidence: JsonObject): string {
  const pending = evidence['pending'];
  const waits = !Array.isArray(pending)
    ? 'whether one is pending is unreadable'
    : pending.length === 0
      ? 'none pending'
      : `pending: ${pending.map(text).join(', ')}`;
  return `${waits}; last start ${text(evidence['bootTime'])}`;
}

function objectOf(value: Json | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.map((item: Json) => objectOf(item)).filter((item) => item !== null) : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'unreadable';
}
