/** An advisory for people. Prints nothing itself. */
import type { showAdvisory } from '../../app/index.ts';
import { renderTable } from '../live/index.ts';

type Advisory = Awaited<ReturnType<typeof showAdvisory>>;
type Entry = Advisory['affects'][number];
type Floors = NonNullable<Entry['files']>;

/** Title, systems, what shows the fix, packages, shields, signs of infection. */
export function advisoryText(advisory: Advisory): string {
  const head = [`${advisory.advisory}: ${advisory.title}`];
  if (advisory.summary !== undefined) head.push(advisory.summary);
  if (advisory.hold !== undefined) {
    const { reason, until } = advisory.hold;
    head.push(
      `Held: no run installs its fix ${until === undefined ? 'for the time being' : `before ${until}`}: ${reason}`,
    );
  }
  if (advisory.if_service !== undefined) head.push(`Only where the service ${advisory.if_service} is installed.`);
  for (const { title, remedy, confidence } of advisory.conditions) {
    head.push(`Open in spite of the fix where ${title}: ${remedy} (${confidence}).`);
  }
  if (advisory.replaces.length > 0) head.push(`Replaces ${advisory.replaces.join(', ')}.`);
  if (advisory.replaced_by !== undefined) head.push(`Replaced by ${advisory.replaced_by.join(', ')}.`);
  const systems = renderTable([
    ['SYSTEM', 'STATUS', 'SUPPORT ENDED', 'CONFIDENCE', 'PACKAGE'],
    ...advisory.affects.map((entry) => [
      entry.os,
      entry.status,
      entry.support_ended ?? '-',
      entry.confidence,
      Object.entries(entry.package ?? {})
        .map(([arch, id]) => `${arch}: ${id}`)
        .join(', ') || '-',
    ]),
  ]);
  const parts = [
    head.join('\n'),
    systems,
    ...advisory.affects.flatMap(proofOf),
    packagesOf(advisory),
    shieldsOf(advisory),
  ];
  return [...parts, infectionOf(advisory)].filter((part) => part !== '').join('\n\n');
}

/** What shows the fix on one system, each fact with its confidence. */
function proofOf(entry: Entry): string[] {
  const lines = [
    ...(entry.ubr === undefined ? [] : [`build revision ${entry.ubr} or later`]),
    ...floorLines(entry.files),
    ...(entry.registry ?? []).map((item) =>
      typeof item === 'string' ? `key ${item} (${entry.confidence})` : `key ${item.key} (${item.confidence})`,
    ),
    ...(entry.fixes ?? []).map((fix) => `contained in ${fix.title ?? fix.kb} (${fix.confidence})`),
    ...(entry.earlier ?? []).map((update) => `not enough: ${update.title ?? update.kb}`),
    ...(entry.note === undefined ? [] : [entry.note]),
  ];
  return lines.length === 0 ? [] : [[`${entry.os}:`, ...lines.map((line) => `  ${line}`)].join('\n')];
}

function floorLines(files: Floors | undefined): string[] {
  return Object.entries(files ?? {}).flatMap(([path, given]) =>
    (Array.isArray(given) ? given : [given]).map((floor) => {
      const branch = floor.branch === undefined ? '' : ` [${floor.branch}]`;
      if (floor.version === undefined) return `${path}${branch}: no version established`;
      const silent = floor.tells === false ? ', does not tell it from an earlier update' : '';
      return `${path}${branch} ${floor.version} or later (${floor.confidence}${silent})`;
    }),
  );
}

function packagesOf({ packages }: Advisory): string {
  const rows = Object.entries(packages).map(([id, data]) => [
    id,
    data.engine,
    data.confidence,
    typeof data.file === 'string' ? data.file : data.file.input,
  ]);
  return rows.length === 0 ? '' : renderTable([['PACKAGE', 'ENGINE', 'CONFIDENCE', 'FILE'], ...rows]);
}

function shieldsOf({ shields }: Advisory): string {
  const rows = shields.map((shield) => [
    shield.method === 'ipsec' && shield.variant !== undefined ? `${shield.method} (${shield.variant})` : shield.method,
    shield.method === 'ipsec' || shield.method === 'firewall' ? portsOf(shield.tcp, shield.udp) : '-',
    shield.side_effects,
  ]);
  return rows.length === 0 ? '' : renderTable([['SHIELD', 'PORTS', 'SIDE EFFECTS'], ...rows]);
}

function portsOf(tcp: readonly number[] | undefined, udp: readonly number[] | undefined): string {
  const parts = [
    ...(tcp === undefined ? [] : [`TCP ${tcp.join(',')}`]),
    ...(udp === undefined ? [] : [`UDP ${udp.join(',')}`]),
  ];
  return parts.join('; ') || '-';
}

function infectionOf({ infection }: Advisory): string {
  if (infection === undefined) return '';
  const families = infection.families.map(({ name, aliases, patches_host }) => {
    const also = aliases === undefined ? '' : ` (${aliases.join(', ')})`;
    return `${name}${also}${patches_host === true ? ', which patches the host itself' : ''}`;
  });
  return `Signs of infection are known of: ${families.join('; ')}.\n${infection.advice}`;
}
