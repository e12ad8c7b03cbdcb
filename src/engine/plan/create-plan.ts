/**
 * Playbook + hosts + inputs → plan: frozen, hashed, without a touch on any host. Pure; the same arguments give the same
 * hash.
 */
import {
  type ActionCatalog,
  FirebreakError,
  type Json,
  type JsonObject,
  type Plan,
  type PlannedException,
  type PlannedHost,
  type PlannedNode,
  type PlannedWave,
  type PlanOrigin,
  type Position,
} from '../../domain/index.ts';
import { type Inventory, type InventoryHost, matchHosts, selectHosts } from '../../inventory/index.ts';
import {
  allSteps,
  type ExpressionContext,
  evaluate,
  interpolate,
  type Playbook,
  selectByTags,
} from '../../playbook/index.ts';
import { canonicalJson, sha256Hex } from '../../util/index.ts';
import { targetsOf } from './targets.ts';
import { assignWaves } from './waves.ts';

export interface PlanRequest {
  readonly playbook: Playbook;
  readonly inventory: Inventory;
  /** As `resolveInputs` gives them. */
  readonly inputs: JsonObject;
  /** `--limit`: a host pattern. */
  readonly limit?: string;
  /** Names from `--targets-file` or a rerun: the plan takes no others. */
  readonly only?: readonly string[];
  /** The data of `playbook.advisory`; null for a playbook without one. */
  readonly advisory: JsonObject | null;
  readonly catalog: ActionCatalog;
  /** Of any hosts; those that are not in the plan are left out. */
  readonly exceptions?: readonly PlannedException[];
  /** Absent: nothing to read again. */
  readonly origin?: PlanOrigin;
  /** `--forks`, over the playbook's. */
  readonly forks?: number;
}

const NO_ORIGIN: PlanOrigin = { inventory: null, targetsFile: null, packages: null, connection: {} };
const PERCENT = { min: 0, max: 100 };
const FORKS = { min: 1, max: 1000 };

/**
 * @throws FB_NO_HOSTS (unknown names, or none left), FB_USAGE (not a pattern), FB_PLAYBOOK_INVALID (hosts in no wave; a set
 * that is no name; a relay in the wave of its hosts), FB_INPUT_INVALID (a template over inputs gives no usable number)
 */
export function createPlan(request: PlanRequest): Plan {
  const { playbook, inputs } = request;
  const steps = selectByTags(playbook.steps, request.origin?.tags ?? { only: [], skip: [] });
  const selected = selectPlanned(request);
  const names = selected.map(({ name }) => name);
  const waves = assignWaves(names, playbook.waves, (pattern) => matchHosts(request.inventory, pattern), playbook);
  checkRelays({ ...request, playbook: { ...playbook, steps } }, selected, waves);
  const waveOf = new Map(waves.flatMap((wave, index) => wave.hosts.map((host) => [host, index] as const)));
  const hosts: PlannedHost[] = selected.map((host) => ({
    ...host,
    wave: waveOf.get(host.name) ?? 0,
    set: playbook.oneAtATime === null ? null : setOf(host, playbook, playbook.oneAtATime, inputs),
  }));
  const excepted = (request.exceptions ?? []).filter(({ host }) => names.includes(host));
  const vars = Object.keys(playbook.vars).length === 0 ? {} : { vars: playbook.vars };
  const others = targetsOf(
    { steps, inputs, waves, ...vars },
    hosts,
    request.inventory,
    isChanging(steps, request.catalog),
    (step, message, hint) => wrongPlan(step.position, message, hint),
  );
  const number = (
    key: 'max_fail_percentage' | 'max_unreachable_percentage' | 'forks',
    value: number | string,
  ): number => planNumber(key, value, request, key === 'forks' ? FORKS : PERCENT);
  const body: Omit<Plan, 'hash'> = {
    firebreak: 1,
    playbook: {
      name: playbook.name,
      file: playbook.file,
      sha256: playbook.sha256,
      ...(playbook.includes.length === 0 ? {} : { includes: playbook.includes }),
    },
    origin: request.origin ?? NO_ORIGIN,
    advisory: request.advisory,
    inputs,
    hosts,
    waves,
    ...(others.length === 0 ? {} : { others }),
    ...(excepted.length === 0 ? {} : { exceptions: excepted }),
    maxFailPercentage: number('max_fail_percentage', playbook.maxFailPercentage),
    maxUnreachablePercentage: number('max_unreachable_percentage', playbook.maxUnreachablePercentage),
    forks: number('forks', request.forks ?? playbook.forks),
    ...(playbook.requireChange ? { requireChange: true } : {}),
    ...vars,
    steps,
    results: resultsOf(playbook, request.catalog),
  };
  return { ...body, hash: planHash(body) };
}

function isChanging(nodes: readonly PlannedNode[], catalog: ActionCatalog): boolean {
  return [...allSteps(nodes)].some(({ uses }) => (catalog.get(uses)?.kind ?? 'change') === 'change');
}

/** A relay that is worked on (and perhaps restarted) while its hosts need it would take them all down. */
function checkRelays(
  { playbook, catalog }: PlanRequest,
  hosts: readonly InventoryHost[],
  waves: readonly PlannedWave[],
): void {
  if (!isChanging(playbook.steps, catalog)) return;
  for (const [index, wave] of waves.entries()) {
    const within = new Set(wave.hosts);
    const host = hosts.find(({ name, via }) => within.has(name) && via !== undefined && within.has(via.name));
    if (host?.via === undefined) continue;
    const relay = host.via.name;
    const declared = playbook.waves[Math.min(index, playbook.waves.length - 1)];
    const position = declared?.position ?? playbook.positions['hosts'];
    throw wrongPlan(
      position ?? { file: playbook.file, line: 1, column: 1 },
      `${relay} is the relay of ${host.name} and in the same wave (${wave.name})`,
      `give ${relay} a wave of its own, the first or the last: waves: [{ name: relays, hosts: "${relay}" }, { name: rest, size: rest }], or leave it out: --limit 'all:!${relay}'`,
    );
  }
}

/** SHA-256 of the canonical JSON of the plan without its hash. */
export function planHash(plan: Omit<Plan, 'hash'> & { readonly hash?: string }): string {
  const { hash: _hash, ...body } = plan;
  return sha256Hex(canonicalJson(body));
}

function selectPlanned({ playbook, inventory, limit, only }: PlanRequest): readonly InventoryHost[] {
  const selected = selectHosts(inventory, playbook.hosts, limit);
  if (only === undefined) return selected;
  // Unknown names among them are refused, not ignored.
  if (only.length > 0) matchHosts(inventory, only.join(','));
  const wanted = new Set(only);
  const hosts = selected.filter(({ name }) => wanted.has(name));
  if (hosts.length > 0) return hosts;
  throw new FirebreakError('FB_NO_HOSTS', `none of the ${only.length} named hosts matches "${playbook.hosts}"`, {
    remedy: 'compare the names with: firebreak inventory',
  });
}

function resultsOf(playbook: Playbook, catalog: ActionCatalog): Plan['results'] {
  const results: { [id: string]: readonly string[] } = {};
  for (const { id, uses, loop } of allSteps(playbook.steps)) {
    const own = loop === undefined ? catalog.get(uses)?.results : undefined;
    results[id] = own ?? playbook.results[id] ?? [];
  }
  return results;
}

/** The set's name; a host without the variable is in no set. */
function setOf(host: InventoryHost, playbook: Playbook, expression: string, inputs: JsonObject): string | null {
  const context: ExpressionContext = {
    inputs,
    vars: host.vars,
    host: { name: host.name, address: host.address, port: host.port, transport: host.transport },
    facts: {},
    groups: host.groups,
    steps: {},
  };
  const value = orNullWhenMissing(() => evaluate(expression, context));
  if (value === null || value === '') return null;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw wrongPlan(
    playbook.positions['one_at_a_time'] ?? { file: playbook.file, line: 1, column: 1 },
    `"one_at_a_time" gives ${JSON.stringify(value)} for ${host.name}, which is not the name of a set`,
    'let it give text, or null for hosts in no set',
  );
}

function orNullWhenMissing(read: () => Json): Json {
  try {
    return read();
  } catch (error) {
    if (error instanceof FirebreakError && isMissingKey(error.cause)) return null;
    throw error;
  }
}

/** What the expression library says when a map lacks the key: the variable is simply not set on this host. */
function isMissingKey(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'no_such_key';
}

function planNumber(
  key: string,
  value: number | string,
  { playbook, inputs }: PlanRequest,
  limits: { readonly min: number; readonly max: number },
): number {
  const context = { inputs, vars: {}, host: {}, facts: {}, groups: [], steps: {} };
  const given = typeof value === 'number' ? value : interpolate(value, context);
  const number = typeof given === 'string' && /^\d{1,4}$/.test(given) ? Number(given) : given;
  if (typeof number === 'number' && Number.isInteger(number) && number >= limits.min && number <= limits.max)
    return number;
  const message = `"${key}" must be a whole number from ${limits.min} to ${limits.max}, not ${JSON.stringify(given)}`;
  throw new FirebreakError(typeof value === 'number' ? 'FB_USAGE' : 'FB_INPUT_INVALID', message, {
    remedy: typeof value === 'number' ? '' : `${playbook.file} computes it: ${value}`,
  });
}

function wrongPlan(position: Position, message: string, hint: string): FirebreakError {
  const where = `${position.file}:${position.line}:${position.column}`;
  return new FirebreakError('FB_PLAYBOOK_INVALID', `${where}: ${message}`, {
    remedy: hint,
    details: [{ ...position, message, hint, excerpt: '', width: 1 }],
  });
}
