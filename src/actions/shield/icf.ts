/**
 * The Internet Connection Firewall of XP and Server 2003 before Windows Firewall: it lets no single address through, so it
 * is never turned on from afar, and turning it off asks a person. What somebody has to do at the console this file says.
 */

export interface IcfFound {
  /** A Group Policy forbids it on the network of the domain. */
  readonly prohibited: boolean;
  readonly serviceStart: string | null;
  /** Connections by the names that people see there. */
  readonly connections: readonly string[];
}

const BOX = '"Protect my computer and network by limiting or preventing access to this computer from the Internet"';

/** Why no step of a run turns it on. */
export function icfProblem(found: IcfFound): string {
  const forbidden = found.prohibited ? '; besides, a Group Policy prohibits it on the network of the domain' : '';
  return (
    'its Internet Connection Firewall blocks whatever comes in on a connection and lets no single address through, ' +
    `so it would cut off its own path${forbidden}; use it at the console (properties of the connection, Advanced), or method ipsec`
  );
}

/** What to do at the console, in the words of the English system; null where a Group Policy forbids it. */
export function icfConsole(host: string, address: string, found: IcfFound): string | null {
  if (found.prohibited) return null;
  const named =
    found.connections.length === 0 ? 'each connection' : found.connections.map((name) => `"${name}"`).join(', ');
  const service =
    found.serviceStart === 'Disabled'
      ? 'In Services, set "Internet Connection Firewall (ICF) / Internet Connection Sharing (ICS)" from Disabled to Manual (and back in the end). '
      : '';
  return (
    `At the console of ${host}, as an administrator: ${service}Control Panel, Network Connections, then for ${named} and every dial-up ` +
    `connection: Properties, Advanced. Write down whether the box is ticked already, then tick ${BOX}; under Settings, Services ` +
    `nothing may be ticked. From then on nobody gets in, this Firebreak included, so ${address} must fall silent. ` +
    'Leave it so until the update is installed and the host has restarted.'
  );
}
