/**
 * Reads a kit's medium: is it the kit that was built, and what did the script leave of each machine? Judges nothing but
 * whether the results are whole and belong together.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FirebreakError } from '../../domain/index.ts';
import { decodeText, sha256Hex, sha256Of } from '../../util/index.ts';
import { type KitManifest, MANIFEST, manifestSchema, RESULTS, SCRIPT, SUMS } from './model.ts';
import { type RegistryFile, readRegistryFile, shortKey } from './registry-file.ts';

/** What one start of the script left. */
export interface Visit {
  readonly number: number;
  /** It ended: all that it had to write is there. */
  readonly isWhole: boolean;
  /** visit.txt: kit, computer, user, by, arch, system, package, decision, dcom … */
  readonly facts: ReadonlyMap<string, string>;
  /** As the machine's own `date /t` and `time /t` wrote it, in its own language. */
  readonly date: string;
  readonly ver: string;
  /** Null: none, or unreadable. */
  readonly exitCode: number | null;
  readonly receipt: ReadonlyMap<string, string>;
  readonly infected: readonly string[];
  /** Files that the script looked for in vain, lower case. */
  readonly absent: readonly string[];
  /** By the name of the export: system, pending, mark … */
  readonly registry: ReadonlyMap<string, RegistryFile>;
  /** Copies of system files: lower-case name → bytes. */
  readonly copies: ReadonlyMap<string, Uint8Array>;
}

export interface MachineResults {
  /** As Windows calls it. */
  readonly computer: string;
  /** In their order. */
  readonly visits: readonly Visit[];
  /** SHA-256 over all files: the same results are told again by it. */
  readonly digest: string;
  /** Why the results cannot be used; null: they can. */
  readonly problem: string | null;
}

const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** @throws FB_INPUT_INVALID: no kit, an unfinished one, or not as it was built */
export async function readKit(folder: string): Promise<KitManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => null);
  if (text === null) {
    throw invalid(
      `${folder} holds no kit: there is no ${MANIFEST}`,
      'name the folder that holds INSTALL.CMD and RESULTS',
    );
  }
  const sums = await readFile(join(folder, SUMS), 'utf8').catch(() => '');
  const listed = sums.split(/\r?\n/).flatMap((line) => {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    return match === null || match[2]!.split('/').includes('..') ? [] : [{ sha256: match[1]!, name: match[2]! }];
  });
  const names = listed.map(({ name }) => name);
  if (!names.includes(MANIFEST) || !names.includes(SCRIPT)) {
    throw invalid(`${folder} holds no whole kit: ${SUMS} does not list ${MANIFEST} and ${SCRIPT}`, 'build it anew');
  }
  for (const { name, sha256 } of listed) {
    const found = await sha256Of(join(folder, name)).catch(() => null);
    if (found === sha256) continue;
    const what = found === null ? 'is missing' : 'is not what was built';
    throw invalid(
      `${name} of the kit ${what}: what it did at the machines cannot be known, nothing was imported`,
      'find out who changed the medium; copy it again if the copy is bad. The results are left as they are',
    );
  }
  const parsed = manifestSchema.safeParse(safeJson(text));
  if (parsed.success) return parsed.data;
  throw invalid(
    `${MANIFEST} is no manifest of a kit that this version knows`,
    'import it with the version that built it',
  );
}

/** Every machine that has results, by name. */
export async function readResults(folder: string, manifest: KitManifest): Promise<readonly MachineResults[]> {
  const root = join(folder, RESULTS);
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.sort().map((name) => readMachine(join(root, name), name, manifest)));
}

async function readMachine(folder: string, computer: string, manifest: KitManifest): Promise<MachineResults> {
  const numbers = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && /^[1-9]$/.test(entry.name))
    .map(({ name }) => Number(name))
    .sort((a, b) => a - b);
  const read = await Promise.all(numbers.map((number) => readVisit(join(folder, String(number)), number, manifest)));
  const visits = read.map(({ visit }) => visit);
  const digest = sha256Hex(read.map((one) => one.digest).join());
  const problem =
    visits.length === 0
      ? 'its folder holds no visit'
      : (read.map((one) => one.problem).find((found) => found !== null) ?? mismatch(visits, computer, manifest));
  return { computer, visits, digest, problem };
}

/** Why the visits are not of this machine and kit; null when they are. */
function mismatch(visits: readonly Visit[], computer: string, manifest: KitManifest): string | null {
  for (const { number, facts, registry, isWhole } of visits) {
    const said = [facts.get('computer'), registry.get('name')?.get(shortKey(NAME_KEY))?.get('computername')].filter(
      (name) => name !== undefined,
    );
    if (facts.get('kit') !== manifest.id && (isWhole || facts.has('kit'))) {
      return `visit ${number} is of kit ${facts.get('kit') ?? 'unknown'}, not of ${manifest.id}`;
    }
    const other = said.find((name) => String(name).toLowerCase() !== computer.toLowerCase());
    if (other !== undefined) return `visit ${number} is in the folder of ${computer}, but was made on ${String(other)}`;
  }
  const last = visits.at(-1)!;
  if (last.isWhole) return null;
  return `visit ${last.number} is half written (no done.txt): start INSTALL.CMD there again`;
}

const NAME_KEY = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName';

async function readVisit(
  folder: string,
  number: number,
  manifest: KitManifest,
): Promise<{ visit: Visit; digest: string; problem: string | null }> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const files = new Map<string, Buffer>();
  for (const { name } of entries) {
    const bytes = await readFile(join(folder, name));
    if (bytes.length <= MAX_FILE_BYTES) files.set(name.toLowerCase(), bytes);
  }
  const text = (name: string): string => (files.has(name) ? decodeText(files.get(name)!) : '');
  const facts = pairs(text('visit.txt'));
  const isWhole = text('done.txt').trim() === `done=${manifest.id}-${number}`;
  const registry = new Map<string, RegistryFile>();
  const broken: string[] = [];
  for (const [name, bytes] of files) {
    if (!name.endsWith('.reg')) continue;
    const parsed = readRegistryFile(bytes);
    if (parsed === null) broken.push(name);
    else registry.set(name.slice(0, -4), parsed);
  }
  const code = /^code=(-?\d+)\s*$/m.exec(text('exit.txt'))?.[1];
  const visit: Visit = {
    number,
    isWhole,
    facts,
    date: `${text('date.txt').trim()} ${text('time.txt').trim()}`.trim(),
    ver: text('ver.txt'),
    exitCode: code === undefined ? null : Number(code),
    receipt: pairs(text('receipt.txt')),
    infected: linesOf(text('infected.txt')),
    absent: linesOf(text('absent.txt')).map((name) => name.toLowerCase()),
    registry,
    copies: new Map([...files].flatMap(([name, bytes]) => (name.endsWith('.bin') ? [[name.slice(0, -4), bytes]] : []))),
  };
  const sums = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, bytes]) => `${name} ${sha256Hex(bytes)}`);
  return { visit, digest: sha256Hex(sums.join('\n')), problem: problemOf(visit, files, broken) };
}

/** Why a visit that says it is whole is not. */
function problemOf(visit: Visit, files: ReadonlyMap<string, Buffer>, broken: readonly string[]): string | null {
  const where = `visit ${visit.number}`;
  if (!visit.isWhole) {
    return files.has('done.txt') ? `${where}: done.txt is not of this kit and visit: the results were changed` : null;
  }
  if (broken.length > 0) return `${where}: ${broken.join(', ')} cannot be read: cut off or changed`;
  const missing = ['system', 'product', 'name', 'pending', 'hardware'].filter((name) => !visit.registry.has(name));
  if (missing.length > 0) return `${where} says that it is whole, but ${missing.join(', ')}.reg is missing`;
  if (!visit.facts.has('decision') || visit.ver === '') return `${where}: visit.txt or ver.txt is cut off or changed`;
  if (visit.facts.get('decision') === 'installed' && visit.exitCode === null) {
    return `${where} says that it installed, but has no exit code`;
  }
  return null;
}

/** `name=value` lines; a value may stand in quotation marks. */
function pairs(text: string): ReadonlyMap<string, string> {
  return new Map(
    linesOf(text).flatMap((line) => {
      const match = /^([a-z0-9]+)=(?:"(.*)"|(.*))$/.exec(line);
      return match === null ? [] : [[match[1]!, (match[2] ?? match[3]!).trim()] as const];
    }),
  );
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function invalid(message: string, remedy: string): FirebreakError {
  return new FirebreakError('FB_INPUT_INVALID', message, { remedy });
}
