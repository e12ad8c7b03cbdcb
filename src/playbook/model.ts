/** A playbook as read: typed, checked, still without hosts and input values. */
import type { IncludedFile, JsonObject, PlannedGate, PlannedNode, PlannedWindow, Position } from '../domain/index.ts';
import type { Share } from '../util/index.ts';

export const INPUT_TYPES = ['string', 'integer', 'number', 'boolean', 'choice', 'duration'] as const;
export type InputType = (typeof INPUT_TYPES)[number];
export type InputValue = string | number | boolean;

export interface InputDeclaration {
  readonly name: string;
  readonly type: InputType;
  /** Null: none. A duration stays text (`30m`). */
  readonly default: InputValue | null;
  /** True when a value must be given: `required: true`, or no default and not `required: false`. */
  readonly required: boolean;
  readonly description: string;
  /** Of a choice; empty otherwise. */
  readonly options: readonly string[];
  readonly position: Position;
}

export interface WaveDeclaration {
  readonly name: string;
  /** An Ansible pattern over the hosts that the plan selected … */
  readonly hosts: string | null;
  /** … or so many of those that are in no wave yet; `rest` = all of them. The last wave repeats until none are left. */
  readonly size: Share | 'rest' | null;
  /** Before it; of a wave that repeats before each. */
  readonly gate?: PlannedGate;
  /** Over those of the playbook. */
  readonly windows?: readonly PlannedWindow[];
  readonly position: Position;
}

/** A number, or a template over the inputs that gives one. */
export type PlannedNumber = number | string;

export interface Playbook {
  readonly firebreak: 1;
  readonly name: string;
  readonly file: string;
  /** SHA-256 of the file's text, lower-case hex. */
  readonly sha256: string;
  /** Files that `include:` brought in, in order, each once. */
  readonly includes: readonly IncludedFile[];
  readonly advisory: string | null;
  readonly inputs: readonly InputDeclaration[];
  readonly hosts: string;
  /** Empty: all hosts in one wave. */
  readonly waves: readonly WaveDeclaration[];
  /** Each behind a wave. */
  readonly gates: readonly PlannedGate[];
  /** Empty: hosts are begun at any time. */
  readonly windows: readonly PlannedWindow[];
  /** A run needs a change number. */
  readonly requireChange: boolean;
  /** CEL over vars, host, groups and inputs; null = no sets. */
  readonly oneAtATime: string | null;
  readonly maxFailPercentage: PlannedNumber;
  readonly maxUnreachablePercentage: PlannedNumber;
  readonly forks: PlannedNumber;
  /** Over those of the inventory; values may hold templates. */
  readonly vars: JsonObject;
  /** Ids given, defaults applied. */
  readonly steps: readonly PlannedNode[];
  /** Fields of each step's result, by step id. */
  readonly results: { readonly [stepId: string]: readonly string[] };
  /** Places of settings that can turn out wrong only when hosts and inputs are known, by key (`hosts`, `waves`, …). */
  readonly positions: { readonly [key: string]: Position };
}

/** Values of the inputs, by name. */
export type ResolvedInputs = JsonObject;
