/** `waves:` and `serial:`: in which portions the hosts come. Which hosts there are is not known here. */
import { isMap, type Node } from 'yaml';
import {
  describe,
  type Place,
  parsePattern,
  parseShare,
  placeOf,
  type Share,
  type YamlEntry,
  type YamlReader,
} from '../util/index.ts';
import { readWaveGate } from './load-gate.ts';
import { readWindows } from './load-window.ts';
import type { WaveDeclaration } from './model.ts';
import { WAVE_KEYS } from './vocabulary.ts';

const SIZE_FORM = 'a number of hosts, a percentage such as "25%", or rest';

export function readWaves(
  reader: YamlReader,
  waves: YamlEntry | undefined,
  serial: YamlEntry | undefined,
): readonly WaveDeclaration[] {
  if (waves !== undefined && serial !== undefined) {
    reader.report(serial.keyPlace, 'waves and serial exclude each other', 'keep one of the two');
  }
  if (waves !== undefined) return readNamed(reader, waves);
  return serial === undefined ? [] : readSerial(reader, serial);
}

function readNamed(reader: YamlReader, entry: YamlEntry): readonly WaveDeclaration[] {
  const items = reader.list(entry.value, entry.place, '"waves"');
  if (items?.length === 0) reader.report(entry.place, '"waves" is empty');
  const names = new Set<string>();
  return (items ?? []).flatMap((node) => {
    const wave = readWave(reader, node);
    if (wave === null) return [];
    if (names.has(wave.name)) reader.report(placeOf(node), `a second wave named "${wave.name}"`);
    names.add(wave.name);
    return wave;
  });
}

function readWave(reader: YamlReader, node: Node): WaveDeclaration | null {
  const place = placeOf(node);
  const fields = reader.map(node, place, { what: 'wave', known: WAVE_KEYS });
  if (fields === null) return null;
  const mark = [...fields.values()][0]?.keyPlace ?? place;
  const nameEntry = fields.get('name');
  const hostsEntry = fields.get('hosts');
  const sizeEntry = fields.get('size');
  if (nameEntry === undefined) reader.reportMissing(mark, 'a wave needs a name', 'write name: canary');
  if (hostsEntry !== undefined && sizeEntry !== undefined) {
    reader.report(sizeEntry.keyPlace, 'a wave has either hosts or a size', 'keep one of the two');
  }
  if (hostsEntry === undefined && sizeEntry === undefined) {
    reader.reportMissing(mark, 'a wave needs hosts or a size', `size: ${SIZE_FORM}`);
  }
  const hosts = hostsEntry === undefined ? null : readPattern(reader, hostsEntry);
  const size = sizeEntry === undefined ? null : readSize(reader, sizeEntry.value, sizeEntry.place, '"size"', true);
  const name = nameEntry === undefined ? null : reader.string(nameEntry);
  const { file } = reader.yaml.source;
  const gateEntry = fields.get('gate');
  const windowEntry = fields.get('window');
  const gate = gateEntry === undefined ? null : readWaveGate(reader, gateEntry);
  return {
    name: name ?? '',
    hosts,
    size,
    ...(gate === null ? {} : { gate }),
    ...(windowEntry === undefined ? {} : { windows: readWindows(reader, windowEntry) }),
    position: { file, ...reader.yaml.source.position(mark.start) },
  };
}

function readSerial(reader: YamlReader, entry: YamlEntry): readonly WaveDeclaration[] {
  const value = reader.resolve(entry.value);
  const isOne = value === null || !('items' in value) || isMap(value);
  const nodes: readonly (Node | null)[] = isOne ? [entry.value] : (reader.list(value, entry.place, '"serial"') ?? []);
  if (nodes.length === 0) reader.report(entry.place, '"serial" is empty');
  return nodes.flatMap((node, index) => {
    const place = node === null ? entry.place : placeOf(node);
    const size = readSize(reader, node, place, '"serial"', false);
    const position = { file: reader.yaml.source.file, ...reader.yaml.source.position(place.start) };
    return size === null ? [] : { name: `wave ${index + 1}`, hosts: null, size, position };
  });
}

function readSize(
  reader: YamlReader,
  node: Node | null,
  place: Place,
  what: string,
  allowsRest: boolean,
): Share | 'rest' | null {
  const value = reader.scalar(node)?.value;
  if (allowsRest && value === 'rest') return 'rest';
  const share = parseShare(value);
  if (share !== null) return share;
  const form = allowsRest ? SIZE_FORM : 'numbers of hosts or percentages: [1, 5, "25%"]';
  return reader.report(place, `${what} must be ${form}, not ${describe(reader.resolve(node))}`);
}

/** A host pattern whose form is right; whether its names exist is the inventory's to say. */
export function readPattern(reader: YamlReader, entry: YamlEntry): string | null {
  const pattern = reader.string(entry);
  if (pattern === null) return null;
  const parsed = parsePattern(pattern);
  return parsed.ok ? pattern : reader.report(entry.place, parsed.message, parsed.hint);
}
