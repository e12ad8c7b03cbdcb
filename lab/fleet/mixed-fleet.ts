/** A fleet of any size for `--hosts N`: mostly healthy machines of all profiles, some patched, some affected by nothing. */
import type { Catalog, FleetFile, FleetHost } from './data/index.ts';

/** Of ten hosts: what a fleet looks like before the work begins. */
const MIX: readonly {
  readonly profile: string;
  readonly variant: string;
  readonly name: string;
  readonly group: string;
}[] = [
  { profile: 'windows-10-1903-enu', variant: 'vulnerable', name: 'pc', group: 'workstations' },
  { profile: 'windows-server-1903', variant: 'vulnerable', name: 'srv', group: 'servers' },
  { profile: 'windows-10-1903-jpn', variant: 'vulnerable', name: 'pc', group: 'workstations' },
  { profile: 'windows-10-1903-enu', variant: 'patched', name: 'pc', group: 'workstations' },
  { profile: 'windows-server-2019', variant: 'not-affected', name: 'srv', group: 'servers' },
  { profile: 'windows-10-1903-jpn', variant: 'vulnerable', name: 'pc', group: 'workstations' },
  { profile: 'windows-10-1903-enu', variant: 'vulnerable', name: 'pc', group: 'workstations' },
  { profile: 'windows-server-1903', variant: 'prior-ipsec', name: 'srv', group: 'servers' },
  { profile: 'windows-10-1903-enu', variant: 'patched-not-rebooted', name: 'pc', group: 'workstations' },
  { profile: 'windows-10-1903-enu', variant: 'compression-disabled', name: 'pc', group: 'workstations' },
];

export function mixedFleet(count: number, catalog: Catalog): FleetFile {
  const known = MIX.filter(({ profile, variant }) => variant in (catalog.profiles.get(profile)?.variants ?? {}));
  const hosts: FleetHost[] = Array.from({ length: count }, (_, index) => {
    const kind = known[index % known.length]!;
    return {
      name: `${kind.name}-${String(index + 1).padStart(4, '0')}`,
      profile: kind.profile,
      variant: kind.variant,
      groups: index === 0 ? [kind.group, 'pilot'] : [kind.group],
      vars: {},
      allow_unencrypted: true,
      ssh: false,
      https: false,
      cbt: 'relaxed',
    };
  });
  return { title: `${count} mixed hosts`, hosts };
}
