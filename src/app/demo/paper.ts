/**
 * What each case of the white paper's fleet must end as, and why: one table for the demo, the tests and docs/coverage.md.
 * The product does not read it while it works.
 */
import type { Expectation } from './expectations.ts';

export interface PaperCase {
  /** Pattern of the profile's name. */
  readonly profile: RegExp;
  /** The same for people. */
  readonly systems: string;
  readonly variant: string;
  readonly expected: Expectation;
  readonly why: string;
  readonly source: string;
}

const REMEDIATED: Expectation = { outcome: 'remediated', installs: 1, reboots: 1, shields: 0 };
const COMPLIANT: Expectation = { outcome: 'compliant', installs: 0, reboots: 0, shields: 0 };
const COMPROMISED: Expectation = { outcome: 'compromised', installs: 0, reboots: 0, shields: 0 };
const UNREACHABLE: Expectation = { outcome: 'unreachable', installs: 0, reboots: 0, shields: 0 };
const ASKED: Expectation = { outcome: 'needs-operator', installs: 0, reboots: 0, shields: 0 };
const UNTOUCHED: Expectation = { outcome: 'failed', installs: 0, reboots: 0, shields: 0 };
const SHIELDED: Expectation = { outcome: 'failed', installs: 1, reboots: 0, shields: 1 };

const ANY = /^(nt4|windows-2000|windows-xp|windows-2003)-/;
const IPSEC = /^windows-(2000|xp|2003)-/;

/** The first that fits a machine decides. */
export const PAPER_CASES: readonly PaperCase[] = [
  {
    profile: /^windows-me$/,
    systems: 'Me',
    variant: 'not-affected',
    expected: UNREACHABLE,
    why: 'not affected; but it has no administrative share and no remote registry, so nothing can be read of it: never called safe unread',
    source: 'MS03-039',
  },
  {
    profile: /^nt4-/,
    systems: 'NT 4.0',
    variant: 'vulnerable',
    expected: REMEDIATED,
    why: 'patched without a shield: NT 4.0 has no IPsec',
    source: 'MS03-039, KB824146',
  },
  {
    profile: /-nec98$/,
    systems: '2000 on PC-98',
    variant: 'vulnerable',
    expected: { outcome: 'failed', installs: 0, reboots: 0, shields: 1 },
    why: 'the package of ordinary PCs: its installer refuses the machine, the shield stays. With the variable `machine: pc98` the run stops before that; the file is then for the playbook to name',
    source: 'KB824146 (names of the PC-98 packages are not established)',
  },
  {
    profile: IPSEC,
    systems: '2000, XP, 2003',
    variant: 'vulnerable',
    expected: REMEDIATED,
    why: 'shield, one installer start, one restart, shield down, policies as before',
    source: 'MS03-039, KB824146',
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'patched',
    expected: COMPLIANT,
    why: 'every file that decides is at its floor',
    source: 'KB824146',
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'slipstreamed',
    expected: COMPLIANT,
    why: 'files right, no key: the absence of a key shows nothing',
    source: "Microsoft's articles on integrated hotfixes",
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'key-without-files',
    expected: ASKED,
    why: 'key there, files old: a conflict, which a person judges; nothing is touched',
    source: 'what a restored file or a forged key leaves',
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'only-823980',
    expected: REMEDIATED,
    why: 'MS03-026 alone leaves the three holes of MS03-039 open',
    source: 'MS03-039',
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'superseded-828741',
    expected: COMPLIANT,
    why: 'MS04-012 contains the fix; nothing says KB824146',
    source: 'MS04-012, KB828741',
  },
  {
    profile: ANY,
    systems: '2000 SP4',
    variant: 'rollup',
    expected: COMPLIANT,
    why: 'Update Rollup 1 contains the fix',
    source: 'KB891861',
  },
  {
    profile: ANY,
    systems: 'XP, 2003',
    variant: 'service-pack',
    expected: COMPLIANT,
    why: 'the service pack contains the fix',
    source: 'MS03-039',
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'installed-not-rebooted',
    expected: { outcome: 'remediated', installs: 0, reboots: 1, shields: 0 },
    why: 'the old files run until the restart; nothing is installed twice',
    source: 'KB824146 (a restart is required)',
  },
  {
    profile: IPSEC,
    systems: '2000, XP, 2003',
    variant: 'prior-ipsec',
    expected: REMEDIATED,
    why: "the admin's policy is suspended while the shield stands, and comes back byte for byte",
    source: 'white paper, IPsec policies',
  },
  {
    profile: IPSEC,
    systems: '2000, XP, 2003',
    variant: 'gpo-ipsec',
    expected: REMEDIATED,
    why: 'a policy of the domain overrides local ones: no shield is put up, the host is patched all the same',
    source: 'white paper, IPsec policies',
  },
  {
    profile: ANY,
    systems: '2000, 2003',
    variant: 'serves-http',
    expected: REMEDIATED,
    why: 'the shield leaves TCP 80 and 443 open; with `cis: with` it is refused and nothing is installed',
    source: 'white paper, COM Internet Services',
  },
  {
    profile: ANY,
    systems: '2000 Server, NT 4.0 Server',
    variant: 'cis',
    expected: REMEDIATED,
    why: 'COM Internet Services beside a web server: the shield leaves TCP 80 and 443 open and says so',
    source: 'white paper, COM Internet Services',
  },
  {
    profile: ANY,
    systems: '2003',
    variant: 'rpc-over-http',
    expected: REMEDIATED,
    why: 'as COM Internet Services',
    source: 'white paper, RPC over HTTP',
  },
  {
    profile: IPSEC,
    systems: '2000, XP, 2003',
    variant: 'trusts-domain',
    expected: REMEDIATED,
    why: 'an assigned policy that protects from nobody: named as such, suspended, restored',
    source: 'white paper, worthless policies',
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'dcom-disabled',
    expected: REMEDIATED,
    why: 'without DCOM the files are as old as before',
    source: 'MS03-039, workarounds',
  },
  {
    profile: IPSEC,
    systems: '2000, XP',
    variant: 'infected-blaster',
    expected: COMPROMISED,
    why: 'a worm is there: patching would not make the host trustworthy',
    source: 'Microsoft and CERT on Blaster',
  },
  {
    profile: IPSEC,
    systems: '2000, XP',
    variant: 'infected-welchia',
    expected: COMPROMISED,
    why: 'the worm has installed the fix itself: a patched host is asked, too',
    source: 'Microsoft on Nachi',
  },
  {
    profile: IPSEC,
    systems: '2000, XP, 2003',
    variant: 'installer-fails',
    expected: SHIELDED,
    why: 'still vulnerable: the shield stays, no second start',
    source: 'exit code 1603',
  },
  {
    profile: IPSEC,
    systems: '2000, XP, 2003',
    variant: 'installer-hangs',
    expected: SHIELDED,
    why: 'still vulnerable: the shield stays, no second start',
    source: 'a message box that nobody sees',
  },
  {
    profile: IPSEC,
    systems: '2000, XP, 2003',
    variant: 'network-loss',
    expected: REMEDIATED,
    why: 'the installer goes on by itself and is found again',
    source: 'a driver or switch touched in mid-install',
  },
  {
    profile: IPSEC,
    systems: '2000, XP, 2003',
    variant: 'no-return',
    expected: { outcome: 'unreachable', installs: 1, reboots: 1, shields: 1 },
    why: 'it went down and never came back: its shield is still owed',
    source: 'the case every admin fears',
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'smb-closed',
    expected: UNREACHABLE,
    why: 'no way in without shares and remote registry',
    source: 'a usual way to harden a machine',
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'unreachable',
    expected: UNREACHABLE,
    why: 'every port is silent',
    source: 'a cable',
  },
];

const DCOM_OFF: Expectation = { outcome: 'remediated', installs: 1, reboots: 2, shields: 0 };

/** The same with `protection=dcom`. The first that fits a machine decides. */
export const DCOM_CASES: readonly PaperCase[] = [
  {
    profile: /^windows-2000-professional-sp2$/,
    systems: '2000 SP2',
    variant: 'vulnerable',
    expected: UNTOUCHED,
    why: 'refused: DCOM cannot be switched off before SP3, and nothing is installed without the protection that was asked for by name',
    source: 'KB825750',
  },
  {
    profile: ANY,
    systems: 'NT 4.0, 2000 from SP3 on, XP, 2003',
    variant: 'vulnerable',
    expected: DCOM_OFF,
    why: 'off, restart, installer, restart, EnableDCOM as before; DCOM itself works again from the next restart on',
    source: 'KB825750',
  },
  {
    profile: ANY,
    systems: 'all from 2000 SP3 on and NT 4.0',
    variant: 'dcom-disabled',
    expected: DCOM_OFF,
    why: 'off before, nobody knows since when: the restart proves it; it stays off',
    source: 'KB825750',
  },
  {
    profile: ANY,
    systems: 'all from 2000 SP3 on and NT 4.0',
    variant: 'installer-fails',
    expected: { outcome: 'failed', installs: 1, reboots: 1, shields: 1 },
    why: 'still vulnerable: DCOM stays off',
    source: 'exit code 1603',
  },
  {
    profile: ANY,
    systems: 'all',
    variant: 'patched',
    expected: COMPLIANT,
    why: 'nothing to protect: DCOM is never switched off',
    source: 'KB824146',
  },
];

export function paperCaseOf(profile: string, variant: string, cases = PAPER_CASES): PaperCase | undefined {
  return cases.find((item) => item.profile.test(profile) && item.variant === variant);
}
