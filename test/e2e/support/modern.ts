/** What each machine of lab/fleets/modern.yaml must end as, and what it must look like then; docs/coverage.md has the table. */

interface Expected {
  readonly outcome: string;
  /** Counted by the machine itself. */
  readonly installs: number;
  readonly reboots: number;
  readonly shields: number;
}

export interface ModernMachine extends Expected {
  readonly why: string;
  /** What stood before the installer began; none: nothing. */
  readonly by?: 'ipsec' | 'registry' | 'service';
  /** What a shield has touched: services as state and start mode, values by key and name (null: absent). */
  readonly left?: { readonly [name: string]: string | number | null };
}

const remediated: Expected = { outcome: 'remediated', installs: 1, reboots: 1, shields: 0 };
const compliant: Expected = { outcome: 'compliant', installs: 0, reboots: 0, shields: 0 };
const notApplicable: Expected = { outcome: 'not-applicable', installs: 0, reboots: 0, shields: 0 };
const failed: Expected = { outcome: 'failed', installs: 1, reboots: 0, shields: 1 };
/** Unattended; with the answer yes it goes on. */
const asked: ModernMachine = {
  outcome: 'needs-operator',
  installs: 0,
  reboots: 0,
  shields: 0,
  why: 'listed, but read as older: a conflict, which a person judges; nothing is touched',
};

const NLA = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\\UserAuthentication';
const DNS = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\DNS\\Parameters\\TcpReceivePacketSize';
export const SMB1 = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\LanmanServer\\Parameters\\SMB1';
/** Values that a shield writes. */
export const SHIELD_VALUES = [NLA, DNS, SMB1].map((path) => path.slice(path.lastIndexOf('\\') + 1));
const restored = { Spooler: 'running automatic', Fax: 'running manual' };

/** Playbook → host → what is demanded. */
export const MODERN: { readonly [playbook: string]: { readonly [host: string]: ModernMachine } } = {
  'ms17-010': {
    'smb-w7-01': {
      ...remediated,
      by: 'ipsec',
      why: 'TCP 139 and 445 shielded, KB4012212, one restart, policies as before',
    },
    'smb-w7-02': { ...compliant, why: 'srv.sys is at its floor' },
    'smb-w7-03': { ...compliant, why: 'the rollup of two years later holds the fix; no list names it' },
    'smb-w7-04': {
      ...remediated,
      by: 'ipsec',
      why: 'a later security-only update does not hold the fix: its presence shows nothing',
    },
    'smb-w7-05': {
      ...compliant,
      outcome: 'remediated',
      reboots: 1,
      why: 'the old driver runs until the restart; nothing is installed twice',
    },
    'smb-w7-06': { ...failed, by: 'ipsec', why: 'still vulnerable: the shield stays' },
    'smb-w7-07': asked,
    'smb-r2-01': {
      ...remediated,
      left: { [SMB1]: 0 },
      by: 'ipsec',
      why: 'SMB 1 was off, which is no fix, and stays off',
    },
    'smb-16-01': { ...remediated, by: 'ipsec', why: 'by the revision of the build' },
    'smb-16-02': { ...compliant, why: 'the first fixed revision' },
    'smb-16-03': { ...compliant, why: 'a later cumulative update' },
    'smb-03-01': { ...remediated, by: 'ipsec', why: 'through a relay: IPsec by netsh, an installer of that time' },
    'smb-03-02': { ...compliant, why: 'srv.sys is at its floor' },
    'smb-xp-01': { ...remediated, by: 'ipsec', why: 'through a relay: IPsec by ipseccmd, an installer of that time' },
    'smb-19-01': { ...notApplicable, why: 'released after the fix' },
  },
  bluekeep: {
    'rdp-w7-01': {
      ...remediated,
      left: { [NLA]: 0 },
      by: 'registry',
      why: 'Network Level Authentication is demanded until the restart, then as before',
    },
    'rdp-w7-02': { ...compliant, why: 'termdd.sys is at its floor' },
    'rdp-w7-03': { ...compliant, why: 'the monthly rollup holds the same file' },
    'rdp-w7-04': {
      ...remediated,
      left: { [NLA]: 0 },
      by: 'ipsec',
      why: 'a policy overrules the value, so TCP 3389 is shielded instead',
    },
    'rdp-w7-05': asked,
    'rdp-r2-01': { ...remediated, left: { [NLA]: 0 }, by: 'registry', why: 'on PowerShell 2.0' },
    'rdp-r2-02': { ...failed, left: { [NLA]: 1 }, by: 'registry', why: 'still vulnerable: the value stays' },
    'rdp-03-01': {
      ...remediated,
      by: 'ipsec',
      why: 'knows no Network Level Authentication: TCP 3389 is shielded, through a relay',
    },
    'rdp-03-02': { ...compliant, why: 'termdd.sys is at its floor' },
    'rdp-xp-01': { ...remediated, by: 'ipsec', why: 'as Server 2003, IPsec by ipseccmd' },
    'rdp-16-01': { ...notApplicable, why: 'not in this system' },
  },
  sigred: {
    'dns-19-01': {
      ...remediated,
      left: { [DNS]: null, DNS: 'running automatic' },
      by: 'registry',
      why: 'answers limited, DNS restarted; after the fix the value goes and DNS is restarted again',
    },
    'dns-19-02': { ...compliant, why: 'the first fixed revision' },
    'dns-19-03': { ...compliant, why: 'a later cumulative update' },
    'dns-19-04': { ...remediated, left: { [DNS]: 65_280 }, why: 'the value was there before, so it stays' },
    'dns-19-05': {
      ...failed,
      left: { [DNS]: 65_280, DNS: 'running automatic' },
      by: 'registry',
      why: 'still vulnerable: the value stays',
    },
    'dns-19-06': asked,
    'dc-19-01': {
      ...remediated,
      left: { [DNS]: null },
      by: 'registry',
      why: 'a domain controller is no reason to leave out this shield',
    },
    'dns-16-01': { ...remediated, left: { [DNS]: null }, by: 'registry', why: 'as on Server 2019' },
    'dns-r2-01': {
      ...failed,
      reboots: 1,
      left: { [DNS]: 65_280 },
      by: 'registry',
      why: 'shielded and installed, but no version of dns.exe is established: never called fixed',
    },
    'app-19-01': { ...notApplicable, why: 'no DNS Server role' },
  },
  printnightmare: {
    'pc-2004-01': {
      ...remediated,
      left: restored,
      by: 'service',
      why: 'the spooler, and Fax that needs it, stand still until the fix is in',
    },
    'pc-2004-02': { ...compliant, left: restored, why: 'the first fixed revision' },
    'pc-2004-03': {
      ...compliant,
      left: restored,
      why: 'from August 2021 on drivers are for administrators unless told otherwise',
    },
    'pc-2004-04': {
      ...remediated,
      left: { Spooler: 'stopped disabled' },
      why: 'the spooler was off before and stays off',
    },
    'pc-2004-05': {
      ...compliant,
      outcome: 'failed',
      left: restored,
      why: 'patched and open all the same: users may install drivers; reported, nothing touched',
    },
    'pc-2004-06': {
      ...failed,
      left: { Spooler: 'stopped disabled', Fax: 'stopped manual' },
      by: 'service',
      why: 'still vulnerable: the spooler stays off',
    },
    'pc-2004-07': { ...asked, left: restored },
    'print-16-01': {
      ...remediated,
      left: { Spooler: 'running automatic' },
      why: 'a print server gets no shield unless told so, and is patched all the same',
    },
  },
};
