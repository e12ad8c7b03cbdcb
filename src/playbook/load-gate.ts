/** `gate:` of a playbook or a wave: what must be so before a wave begins. Who approves is not known here. */
import { isMap, type Node } from 'yaml';
import type { PlannedGate } from '../domain/index.ts';
import { describe, didYouMean, type Place, placeOf, type YamlEntry, type YamlReader } from '../util/index.ts';
import type { WaveDeclaration } from './model.ts';
import { GATE_KEYS, WAVE_GATE_KEYS } from './vocabulary.ts';

/** The playbook's own gates, each behind a wave. */
export function readGates(
  reader: YamlReader,
  entry: YamlEntry,
  waves: readonly WaveDeclaration[],
): readonly PlannedGate[] {
  const value = reader.resolve(entry.value);
  const isOne = value === null || isMap(value);
  const nodes: readonly (Node | null)[] = isOne
    ? [entry.value]
    : (reader.list(entry.value, entry.place, '"gate"') ?? []);
  if (nodes.length === 0) reader.report(entry.place, '"gate" is empty');
  const behind = new Set<string>();
  return nodes.flatMap((node) => {
    const place = node === null ? entry.place : placeOf(node);
    const fields = reader.map(node, place, { what: 'gate', known: GATE_KEYS });
    if (fields === null) return [];
    const mark = [...fields.values()][0]?.keyPlace ?? place;
    const after = readAfter(reader, fields.get('after'), mark, waves);
    const gate = readGate(reader, fields, mark, after);
    if (after !== null && behind.has(after)) reader.report(mark, `a second gate after ${after}`, 'make them one');
    if (after !== null) behind.add(after);
    return after === null || gate === null ? [] : gate;
  });
}

/** The gate in front of the wave that it stands in. */
export function readWaveGate(reader: YamlReader, entry: YamlEntry): PlannedGate | null {
  const fields = reader.map(entry.value, entry.place, {
    what: 'gate of a wave',
    known: WAVE_GATE_KEYS,
    foreign: { after: 'this one stands before its wave; with after: write it beside waves:' },
  });
  if (fields === null) return null;
  return readGate(reader, fields, [...fields.values()][0]?.keyPlace ?? entry.place, null);
}

function readGate(
  reader: YamlReader,
  fields: ReadonlyMap<string, YamlEntry>,
  mark: Place,
  after: string | null,
): PlannedGate | null {
  const approveEntry = fields.get('approve');
  const soakEntry = fields.get('soak');
  const timeoutEntry = fields.get('timeout');
  const lateEntry = fields.get('on_timeout');
  if (approveEntry === undefined && soakEntry === undefined) {
    return reader.reportMissing(mark, 'a gate needs "approve" or "soak"', 'write approve: ops-leads, or soak: 15m');
  }
  for (const entry of [timeoutEntry, lateEntry]) {
    if (entry === undefined || approveEntry !== undefined) continue;
    reader.report(
      entry.keyPlace,
      `"${entry.key}" is of an approval, and this gate asks for none`,
      'write approve: ops-leads',
    );
  }
  if (lateEntry !== undefined && timeoutEntry === undefined) {
    reader.report(lateEntry.keyPlace, '"on_timeout" without a "timeout"', 'write timeout: 8h');
  }
  const approve = approveEntry === undefined ? null : reader.string(approveEntry);
  const soakMs = soakEntry === undefined ? 0 : reader.duration(soakEntry);
  const timeoutMs = timeoutEntry === undefined ? null : reader.duration(timeoutEntry);
  if (timeoutMs === 0 && timeoutEntry !== undefined) {
    reader.report(timeoutEntry.place, '"timeout" must be longer than nothing', 'write timeout: 8h');
  }
  const late = lateEntry === undefined ? 'stop' : reader.scalar(lateEntry.value)?.value;
  if (late !== 'stop' && late !== 'continue') {
    const given = describe(reader.resolve(lateEntry?.value ?? null));
    return reader.report(lateEntry?.place ?? mark, `"on_timeout" must be stop or continue, not ${given}`);
  }
  return { after, approve, soakMs: soakMs ?? 0, timeoutMs, onTimeout: late };
}

function readAfter(
  reader: YamlReader,
  entry: YamlEntry | undefined,
  mark: Place,
  waves: readonly WaveDeclaration[],
): string | null {
  const names = waves.map(({ name }) => name);
  if (entry === undefined)
    return reader.reportMissing(mark, 'a gate needs "after"', `write after: ${names[0] ?? 'canary'}`);
  const after = reader.string(entry);
  if (after === null) return null;
  const last = waves.at(-1);
  if (last === undefined)
    return reader.report(entry.place, 'there are no waves for a gate to stand between', 'write waves:');
  // Those of serial: have no names but these, and there may be more of them than are declared.
  const isNumbered = /^wave [1-9]\d*$/.test(after) && last.hosts === null && last.name === `wave ${waves.length}`;
  if (!names.includes(after) && !isNumbered) {
    const hint = didYouMean(after, names) || `waves: ${names.join(', ')}`;
    return reader.report(entry.place, `there is no wave "${after}"`, hint);
  }
  const isRepeated = last.size !== null && last.size !== 'rest';
  if (after === last.name && !isRepeated) {
    return reader.report(entry.place, `no wave comes after ${after}`, 'name an earlier one');
  }
  return after;
}
