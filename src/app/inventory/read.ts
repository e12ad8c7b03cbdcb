/**
 * From what the user named with -i, --targets-file and target URIs to one inventory: reads files and standard input, runs
 * inventory programs, asks directories. Knows no form of inventory: src/inventory does.
 */
import { access, constants, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { FirebreakError } from '../../domain/index.ts';
import {
  type ConnectionOverrides,
  combineInventory,
  type FurtherSource,
  type Inventory,
  type InventoryPart,
  invalidInventory,
  isInlineList,
  namedPart,
  readInlineList,
  readInventoryText,
  readTargetLines,
  splitTargets,
} from '../../inventory/index.ts';
import { isTargetUri, programFailure, runProgram } from '../../util/index.ts';
import type { Connector } from '../connect.ts';
import { readText } from '../files.ts';
import { queryDirectory } from './active-directory.ts';

export interface InventorySource {
  /** File, program, `-` for standard input, `host1,host2`, or target URIs; several are merged in their order. */
  readonly inventory: string | readonly string[] | undefined;
  readonly targetsFile?: string | undefined;
  /** Host pattern; target URIs in it become hosts. */
  readonly limit?: string | undefined;
  readonly connection?: ConnectionOverrides | undefined;
  /** Asks directories for hosts; absent: an inventory that needs it is refused. */
  readonly connector?: Connector | undefined;
  readonly signal?: AbortSignal | undefined;
  /** True: nobody else is asked for hosts; what the files say is only checked. */
  readonly isCheckOnly?: boolean | undefined;
}

/** Of an inventory program. */
const LIMITS = { timeoutMs: 60_000, maxBytes: 16 * 1024 * 1024 } as const;
const DATA = new Set(['.yaml', '.yml', '.json', '.csv', '.txt', '.ini']);
const MAX_STDIN = 16 * 1024 * 1024;

/** @throws FB_INVENTORY_INVALID, FB_FILE_MISSING, FB_USAGE, FB_CREDENTIAL_MISSING and, for a directory, those of a session */
export async function readInventory(source: InventorySource): Promise<Inventory> {
  const uris = new Map<string, string>();
  const parts: InventoryPart[] = [];
  const labels: string[] = [];
  for (const name of listOf(source.inventory)) {
    const part = await readPart(name, uris);
    // What the file itself says wins over what it has others say.
    for (const further of source.isCheckOnly === true ? [] : part.further)
      parts.push(await askFurther(further, [...parts, part], source, name));
    parts.push(part);
    labels.push(name === '-' ? 'standard input' : name);
  }
  const { targetsFile, limit } = source;
  if (targetsFile !== undefined) {
    const targets = readTargetLines(await readText(targetsFile, 'targets file'), targetsFile);
    // Beside an inventory the file chooses among its hosts; only target URIs are more of them.
    const names = labels.length === 0 ? targets.names : targets.names.filter(isTargetUri);
    parts.push(namedPart({ ...targets, names }, uris));
    if (labels.length === 0) labels.push(targetsFile);
  }
  const named = limit === undefined ? [] : splitTargets(limit).uris;
  if (named.length > 0) {
    parts.push(namedPart({ names: named, problems: [] }, uris));
    if (labels.length === 0) labels.push('the command line');
  }
  if (parts.length === 0) {
    throw new FirebreakError('FB_USAGE', 'no inventory is given', {
      remedy: 'name one with -i inventory.yaml, or target URIs (firebreak lab up makes one to try)',
    });
  }
  return combineInventory(labels.join(', '), parts, source.connection ?? {}, uris);
}

/** Names of hosts in a targets file; target URIs as the names of their hosts. @throws FB_INVENTORY_INVALID, FB_FILE_MISSING */
export async function readTargets(file: string, inventory: Inventory): Promise<readonly string[]> {
  const { names, problems } = readTargetLines(await readText(file, 'targets file'), file);
  if (problems.length > 0) throw invalidInventory(file, problems);
  return names.map((name) => inventory.uris?.get(name) ?? name);
}

/**
 * The inventories as a rerun finds them from any folder: absolute paths, and the target URIs that stood in the limit.
 * One alone is no list.
 */
export function inventoryOrigin({ inventory, limit }: InventorySource): string | readonly string[] | null {
  const files = listOf(inventory).map((name) => (isInlineList(name) || name === '-' ? name : resolve(name)));
  const uris = limit === undefined ? [] : splitTargets(limit).uris.filter((uri) => !files.includes(uri));
  const all = uris.length === 0 ? files : [...files, uris.join(',')];
  const [first] = all;
  return first === undefined ? null : all.length === 1 ? first : all;
}

function listOf(inventory: InventorySource['inventory']): readonly string[] {
  return inventory === undefined ? [] : typeof inventory === 'string' ? [inventory] : inventory;
}

async function readPart(name: string, uris: Map<string, string>): Promise<InventoryPart> {
  if (isInlineList(name)) return namedPart(readInlineList(name), uris);
  if (name === '-') return readInventoryText(await readStandardInput(), 'standard input', process.cwd(), uris);
  if (await isProgram(name))
    return runInventory([resolve(name), '--list'], dirname(resolve(name)), LIMITS.timeoutMs, uris);
  return readInventoryText(await readText(name, 'inventory'), name, dirname(resolve(name)), uris);
}

/** As Ansible does: an executable file is run, not read. Data files keep their bits on some file systems. */
async function isProgram(file: string): Promise<boolean> {
  const extension = extname(file).toLowerCase();
  if (DATA.has(extension)) return false;
  const info = await stat(file).catch(() => undefined);
  if (info?.isFile() !== true) return false;
  if (process.platform === 'win32') return extension === '.exe';
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function askFurther(
  further: FurtherSource,
  parts: readonly InventoryPart[],
  source: InventorySource,
  file: string,
): Promise<InventoryPart> {
  const folder = file === '-' ? process.cwd() : dirname(resolve(file));
  if (further.kind === 'command') return runInventory(further.command, folder, further.timeoutMs, new Map());
  if (source.connector === undefined) {
    throw new FirebreakError('FB_USAGE', `${file}: hosts from Active Directory cannot be asked for here`, {
      remedy: `list them with: firebreak inventory -i ${file}`,
    });
  }
  return queryDirectory(further, parts, {
    connector: source.connector,
    connection: source.connection ?? {},
    signal: source.signal ?? new AbortController().signal,
  });
}

async function runInventory(
  command: readonly string[],
  folder: string,
  timeoutMs: number,
  uris: Map<string, string>,
): Promise<InventoryPart> {
  const limits = { timeoutMs, maxBytes: LIMITS.maxBytes };
  const result = await runProgram(command, { ...limits, cwd: folder });
  const label = `output of ${command.join(' ')}`;
  const failure = programFailure(result, limits) ?? (result.stdout.trim() === '' ? 'printed nothing' : null);
  if (failure !== null) {
    throw new FirebreakError('FB_INVENTORY_INVALID', `the inventory program ${command.join(' ')} ${failure}`, {
      remedy: 'run it by hand; it must print JSON as ansible-inventory --list does',
    });
  }
  const part = readInventoryText(result.stdout, label, folder, uris);
  if (part.further.length === 0) return part;
  throw new FirebreakError('FB_INVENTORY_INVALID', `${label} names further sources`, { remedy: 'name them in a file' });
}

async function readStandardInput(): Promise<string> {
  if (process.stdin.isTTY) {
    throw new FirebreakError('FB_USAGE', '-i - reads the inventory from standard input, which is the terminal', {
      remedy: 'pipe it: some-command | firebreak … -i -',
    });
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const piece = Buffer.from(chunk as Buffer);
    bytes += piece.length;
    if (bytes > MAX_STDIN) throw new FirebreakError('FB_USAGE', `standard input has more than ${MAX_STDIN} bytes`);
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}
