/** The fleet as written: hosts with their settings, groups with their members. */
import type { ConnectionSettings, PlannedHost } from '../domain/index.ts';

/** A host as a plan holds it, without what a plan adds. `groups` has every group it is in, ancestors too, but not `all`. */
export type InventoryHost = Omit<PlannedHost, 'wave' | 'set'>;

export interface Inventory {
  /** What it is called in messages: the file, or several of them. */
  readonly file: string;
  /** In order of first appearance. */
  readonly hosts: readonly InventoryHost[];
  /** Group → names of its hosts, those of its children included; without `all`. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Target URI as typed → name of the host that was made of it. */
  readonly uris?: ReadonlyMap<string, string>;
}

/** Settings from the command line; they win over the file. Paths are absolute. */
export type ConnectionOverrides = {
  readonly [Setting in
    | 'transport'
    | 'auth'
    | 'port'
    | 'useTls'
    | 'allowUnencrypted'
    | 'user'
    | 'password']?: PlannedHost[Setting];
} & ConnectionSettings;
