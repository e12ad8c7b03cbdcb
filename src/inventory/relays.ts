/** Hosts behind a relay → hosts that know how their relay is reached, or what is wrong with it. */
import { FirebreakError, type RelayHost } from '../domain/index.ts';
import { didYouMean, type SourceProblem } from '../util/index.ts';
import type { InventoryHost } from './model.ts';
import type { SettingPlace } from './settings.ts';

/** Host with `transport: relay` → where its relay is named; null: on the command line. */
export type RelayPlaces = Map<string, SettingPlace | null>;

interface Mistake {
  readonly message: string;
  readonly hint: string;
}

/** @throws FB_USAGE: a mistake on the command line */
export function linkRelays(
  hosts: readonly InventoryHost[],
  places: RelayPlaces,
): { readonly hosts: readonly InventoryHost[]; readonly problems: readonly SourceProblem[] } {
  const byName = new Map(hosts.map((host) => [host.name, host] as const));
  const problems = new Map<string, SourceProblem>();
  const linked = hosts.map((host): InventoryHost => {
    if (host.transport !== 'relay') return host;
    const relay = host.connection?.relay;
    const through = relay === undefined ? undefined : byName.get(relay);
    const mistake = mistakeIn(host, relay, through, [...byName.keys()]);
    if (mistake === null && through !== undefined) return { ...host, via: asRelay(through) };
    const { message, hint } = mistake ?? { message: '', hint: '' };
    const place = places.get(host.name);
    if (place === undefined || place === null) throw new FirebreakError('FB_USAGE', message, { remedy: hint });
    // One line for what a whole group inherits.
    const key = `${place.source.file}\0${place.start}\0${message}`;
    problems.set(key, place.source.problem(place.start, place.end, message, hint));
    return host;
  });
  return { hosts: linked, problems: [...problems.values()] };
}

function mistakeIn(
  host: InventoryHost,
  relay: string | undefined,
  through: InventoryHost | undefined,
  known: readonly string[],
): Mistake | null {
  if (relay === undefined) return { message: 'transport relay needs a relay', hint: 'write relay: NAME of a host' };
  if (relay === host.name) {
    const hint = `write transport: winrm for ${relay}, or relay: for a group that it is not in`;
    return { message: `"${relay}" cannot be its own relay`, hint };
  }
  if (through === undefined) {
    const hint = didYouMean(relay, known) || 'add it to the inventory; its groups need not be those of the playbook';
    return { message: `the relay "${relay}" is not a host of the inventory`, hint };
  }
  if (through.transport === 'relay') {
    const hint = `write transport: winrm for ${relay}, or name another relay`;
    return { message: `the relay "${relay}" is itself behind a relay`, hint };
  }
  return null;
}

function asRelay(host: InventoryHost): RelayHost {
  const { name, address, transport, port, useTls, auth, allowUnencrypted, user, password, connection } = host;
  const common = { name, address, transport, port, useTls, auth, allowUnencrypted, user, password };
  return connection === undefined ? common : { ...common, connection };
}
