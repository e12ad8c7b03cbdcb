/**
 * What a port shield has to change in the Windows Firewall of XP SP2 and 2003 SP1, which blocks everything and lets in by
 * exceptions: for each port, for programs, for remote administration. Reads no host and writes none.
 */
import { plainAddress } from '../../util/index.ts';

/** One setting of a profile, as the host's module reads it. */
interface Setting {
  readonly profile: string;
  /** Firewall, NoExceptions, RemoteAdmin, `445:TCP`, `Program:path`; of policies also FileAndPrint, RemoteDesktop, PortMerge. */
  readonly item: string;
  readonly text: string;
}

export interface ExceptionsWanted {
  readonly id: string;
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  readonly exempt: readonly string[];
  readonly turnOn: boolean;
  /** TCP ports by which the host is managed, and whether that also takes remote administration (RPC). */
  readonly management: { readonly tcp: readonly number[]; readonly rpc: boolean };
}

export interface ExceptionsFound {
  readonly isRunning: boolean;
  /** Texts of profile, item and value, by tabulators. */
  readonly local: readonly string[];
  readonly policy: readonly string[];
}

export type ExceptionsPlan =
  | {
      readonly state: 'free';
      /** Texts of profile, item, prior and wanted, by tabulators, in the order in which they are made. */
      readonly changes: readonly string[];
      /** Profiles that are turned on. */
      readonly turnsOn: readonly string[];
      readonly exempt: readonly string[];
      readonly notes: readonly string[];
    }
  | { readonly state: 'shut' }
  | { readonly state: 'impossible'; readonly reason: string };

const PROFILES = ['Domain', 'Standard'];
/** Ports that the exceptions of a Group Policy open besides those that it lists. */
const POLICY_PORTS: { readonly [item: string]: readonly string[] } = {
  RemoteAdmin: ['135:TCP', '445:TCP'],
  FileAndPrint: ['137:UDP', '138:UDP', '139:TCP', '445:TCP'],
  RemoteDesktop: ['3389:TCP'],
};

/** The port's name first: what follows is scope, mode and title. */
const PORT = /^(\d+:(?:TCP|UDP)):([^:]*):([^:]*):(.*)$/i;

/**
 * Narrows the exceptions of the ports to the exempt. A profile that is off is turned on only where that is asked for,
 * after the exempt and the way by which the host is managed have got exceptions.
 */
export function planExceptions(found: ExceptionsFound, wanted: ExceptionsWanted): ExceptionsPlan {
  const exempt = [...new Set(wanted.exempt.map(plainAddress))].filter((address) => !address.includes(':'));
  if (exempt.length === 0) {
    return impossible('its exceptions name IPv4 addresses alone, and the host is reached by IPv6');
  }
  const local = found.local.map(settingOf);
  const policy = found.policy.map(settingOf);
  const ports = [...wanted.tcp.map((port) => `${port}:TCP`), ...wanted.udp.map((port) => `${port}:UDP`)];
  const changes: string[] = [];
  const switches: string[] = [];
  for (const profile of PROFILES) {
    const at = { profile, local: of(local, profile), policy: of(policy, profile) };
    const isOn = found.isRunning && (at.policy.get('Firewall') ?? at.local.get('Firewall') ?? 'On') === 'On';
    const problem = problemOf(at, isOn, found.isRunning, wanted, ports);
    if (problem !== null) return impossible(problem);
    if (isOn && (at.local.get('NoExceptions') ?? at.policy.get('NoExceptions')) === 'On') continue;
    changes.push(...changesOf(at, isOn, ports, exempt, wanted));
    if (!isOn && at.policy.get('Firewall') === undefined) {
      switches.push([profile, 'Firewall', at.local.get('Firewall') ?? '', 'On'].join('\t'));
    }
  }
  if (changes.length + switches.length === 0) return { state: 'shut' };
  const turnsOn = switches.map((change) => change.split('\t')[0] ?? '');
  const notes: string[] = [];
  if (turnsOn.length > 0) {
    const others = 'which lets in only whom an exception names; exceptions that are there besides stay';
    notes.push(`it turns the firewall on in the profile ${turnsOn.join(', ')}, ${others}`);
  }
  if (exempt.length < wanted.exempt.length && wanted.exempt.some((address) => plainAddress(address).includes(':'))) {
    notes.push('its exceptions name IPv4 addresses alone: exempt IPv6 addresses are not let through');
  }
  notes.push('an exception of a single connection is not seen there: ports.check from a vantage proves what is shut');
  return { state: 'free', changes: [...changes, ...switches], turnsOn, exempt, notes };
}

interface ProfileSettings {
  readonly profile: string;
  readonly local: ReadonlyMap<string, string>;
  readonly policy: ReadonlyMap<string, string>;
}

/** Why nothing local could shut these ports here, or only together with us; null when it can. */
function problemOf(
  { profile, local, policy }: ProfileSettings,
  isOn: boolean,
  isRunning: boolean,
  wanted: ExceptionsWanted,
  ports: readonly string[],
): string | null {
  const here = `in the profile ${profile}`;
  if (policy.get('Firewall') === 'Off') return `a Group Policy keeps the firewall off ${here}`;
  for (const [item, text] of policy) {
    if (ports.includes(item) && isEnabled(text)) return `a Group Policy opens ${item} ${here} (${text})`;
    const opened = text === 'On' ? ports.filter((port) => POLICY_PORTS[item]?.includes(port)) : [];
    if (opened.length > 0) return `a Group Policy opens ${opened.join(', ')} ${here} (exception ${item})`;
  }
  const host = [...local].find(
    ([item, text]) => /^Program:.*\\(?:svchost|lsass|services)\.exe$/i.test(item) && /:Enabled:[^:]*$/i.test(text),
  );
  if (host !== undefined) {
    return `an exception for ${host[0].slice('Program:'.length)} ${here} opens whatever port its services listen on; remove it first`;
  }
  if (isOn) return null;
  if (!wanted.turnOn) {
    const why = isRunning ? `off ${here}` : 'off, its service SharedAccess does not run';
    return `the firewall is ${why}; turning it on blocks whatever no exception allows, so it is turned on only where turn_on_firewall says so`;
  }
  if (policy.get('Firewall') === 'On') {
    return `a Group Policy turns the firewall on ${here} as soon as its service runs, before anybody is let in`;
  }
  if ((local.get('NoExceptions') ?? policy.get('NoExceptions')) === 'On') {
    return `it allows no exceptions ${here}, so turning it on would cut its own path`;
  }
  if (policy.get('PortMerge') === 'Off') {
    return `a Group Policy ignores local exceptions of ports ${here}, so turning it on would cut its own path`;
  }
  return null;
}

function changesOf(
  { profile, local }: ProfileSettings,
  isOn: boolean,
  ports: readonly string[],
  exempt: readonly string[],
  wanted: ExceptionsWanted,
): string[] {
  const changes: string[] = [];
  const scope = exempt.join(',');
  const change = (item: string, prior: string, text: string): void => {
    if (prior !== text) changes.push([profile, item, prior, text].join('\t'));
  };
  for (const port of ports) {
    const prior = local.get(port) ?? '';
    // What nobody is let in by stays so, unless everything that the exempt need is shut in a moment.
    if (isOn && !isEnabled(prior)) continue;
    change(port, prior, `${port}:${scope}:Enabled:${PORT.exec(prior)?.[4] ?? `Firebreak-${wanted.id}`}`);
  }
  for (const number of isOn ? [] : wanted.management.tcp) {
    const port = `${number}:TCP`;
    if (ports.includes(port)) continue;
    const prior = local.get(port) ?? '';
    const [, , before = '', , title = `Firebreak-${wanted.id}`] = PORT.exec(prior) ?? [];
    const kept = isEnabled(prior) ? before : '';
    if (kept === '*') continue;
    change(port, prior, `${port}:${[kept, scope].filter((part) => part !== '').join(',')}:Enabled:${title}`);
  }
  const admin = local.get('RemoteAdmin') ?? '';
  const isAdmin = admin.startsWith('Enabled:');
  const isListed = ports.some((port) => POLICY_PORTS['RemoteAdmin']?.includes(port));
  const needed = !isOn && wanted.management.rpc;
  if (isAdmin ? isListed : needed) change('RemoteAdmin', admin, `Enabled:${scope}`);
  else if (isAdmin && needed && admin !== 'Enabled:*') change('RemoteAdmin', admin, `${admin},${scope}`);
  return changes;
}

function isEnabled(text: string): boolean {
  return PORT.exec(text)?.[3]?.toLowerCase() === 'enabled';
}

function settingOf(line: string): Setting {
  const [profile = '', item = '', ...text] = line.split('\t');
  return { profile, item, text: text.join('\t') };
}

function of(settings: readonly Setting[], profile: string): ReadonlyMap<string, string> {
  return new Map(settings.filter((each) => each.profile === profile).map(({ item, text }) => [item, text]));
}

function impossible(reason: string): ExceptionsPlan {
  return { state: 'impossible', reason };
}
