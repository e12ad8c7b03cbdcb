/** What a host's settings say to the checks. Pure: reads no host. A setting that could not be read is `unknown`, never `ok`. */
import type { Check, Settings } from './assess-schema.ts';
import { everybodyMayChange } from './assess-shares.ts';

export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly state: 'ok' | 'weak' | 'unknown' | 'not-applicable';
  readonly severity: Check['severity'];
  /** What was read. */
  readonly found: string;
  /** Empty unless weak. */
  readonly advice: string;
  readonly source: string;
  readonly confidence: Check['confidence'];
}

type Judged = Pick<CheckResult, 'state' | 'found'>;
type Of<Kind extends Check['kind']> = Extract<Check, { readonly kind: Kind }>;
type Value = Settings['values'][number];

const NOT_ON_CONTROLLERS: ReadonlySet<Check['kind']> = new Set([
  'account',
  'accounts',
  'administrators',
  'weak-passwords',
]);

/** Values, in pairs of key and name, that the checks need. */
export function valuesOf(checks: readonly Check[]): readonly { readonly key: string; readonly name: string }[] {
  const wanted = checks.flatMap((check) => {
    if (check.kind !== 'registry') return [];
    const { key, name, policy_key: policy, when } = check;
    return [
      { key, name },
      ...(policy === undefined ? [] : [{ key: policy, name }]),
      ...(when === undefined ? [] : [{ key: when.key, name: when.name }]),
    ];
  });
  return [...new Map(wanted.map((each) => [`${each.key}\\${each.name}`, each])).values()];
}

export function judgeChecks(checks: readonly Check[], settings: Settings): readonly CheckResult[] {
  return checks.map((check) => {
    const { id, title, severity, source, confidence } = check;
    const judged = elsewhere(check, settings) ?? judge(check, settings);
    const advice = judged.state === 'weak' ? check.advice : '';
    return { id, title, severity, ...judged, advice, source, confidence };
  });
}

function elsewhere({ kind, versions }: Check, { version, isController }: Settings): Judged | null {
  if (isController && NOT_ON_CONTROLLERS.has(kind)) {
    return {
      state: 'not-applicable',
      found: 'a domain controller has no local accounts; those of the domain are not looked at',
    };
  }
  if (versions === undefined) return null;
  if (version === null) return { state: 'unknown', found: 'the version of the system could not be read' };
  const isIn =
    (versions.from === undefined || compare(version, versions.from) >= 0) &&
    (versions.below === undefined || compare(version, versions.below) < 0);
  return isIn ? null : { state: 'not-applicable', found: `not on version ${version}` };
}

function compare(one: string, other: string): number {
  const [a = 0, b = 0, c = 0] = one.split('.').map(Number);
  const [d = 0, e = 0, f = 0] = other.split('.').map(Number);
  return a - d || b - e || c - f;
}

function judge(check: Check, settings: Settings): Judged {
  switch (check.kind) {
    case 'registry':
      return judgeRegistry(check, settings);
    case 'service': {
      const service = settings.services.find(({ name }) => name === check.name);
      if (service === undefined || service.exists === null) return unreadable(`service ${check.name}`, '');
      if (!service.exists) return { state: 'ok', found: `there is no service ${check.name}` };
      if (service.state === null) return unreadable(`the state of ${check.name}`, '');
      return { state: service.state === 'Stopped' ? 'ok' : 'weak', found: `${check.name}: ${service.state}` };
    }
    case 'file': {
      const file = settings.files.find(({ path }) => path === check.path);
      if (file === undefined || file.exists === null) return unreadable(check.path, '');
      return { state: file.exists ? 'weak' : 'ok', found: `${check.path} is ${file.exists ? '' : 'not '}there` };
    }
    case 'account':
      return judgeAccount(check, settings);
    case 'accounts':
      return judgeAccounts(check, settings);
    case 'administrators': {
      const { administrators: found } = settings;
      if (found?.readable !== true) return unreadable('the group of the administrators', found?.error ?? '');
      const { members } = found;
      return { state: members.length <= check.at_most ? 'ok' : 'weak', found: `${members.length}: ${listed(members)}` };
    }
    case 'password-policy':
      return judgePolicy(check, settings);
    case 'audit': {
      const { audit } = settings;
      if (audit?.readable !== true || audit.logon === null) return unreadable('what is audited', audit?.error ?? '');
      const { logon } = audit;
      const isOk = check.wanted.every((word) => (logon & (word === 'success' ? 1 : 2)) !== 0);
      const words = ['neither successes nor failures', 'successes', 'failures', 'successes and failures'];
      return { state: isOk ? 'ok' : 'weak', found: `of logons ${words[logon] ?? logon} are audited` };
    }
    case 'filesystem': {
      const { disks } = settings;
      if (disks?.readable !== true || disks.all.length === 0) return unreadable('the disks', disks?.error ?? '');
      const found = listed(disks.all.map(({ name, fileSystem }) => `${name} ${fileSystem ?? 'unknown'}`));
      const isWeak = disks.all.some(({ fileSystem }) => fileSystem !== null && !check.good.includes(fileSystem));
      // A volume without a file system that Windows knows, or one that is locked by encryption.
      const isUnknown = disks.all.some(({ fileSystem }) => fileSystem === null);
      return { state: isWeak ? 'weak' : isUnknown ? 'unknown' : 'ok', found };
    }
    case 'shares':
      return judgeShares(settings);
    case 'ipsec': {
      const { ipsec } = settings;
      if (ipsec === null) return unreadable('IPsec policy', '');
      if (ipsec.assigned === null && !ipsec.byPolicy)
        return { state: 'not-applicable', found: 'no IPsec policy is assigned' };
      if (ipsec.weakness !== '') return { state: 'weak', found: `${ipsec.assigned}: ${ipsec.weakness}` };
      if (ipsec.byPolicy)
        return { state: 'unknown', found: 'Group Policy assigns it, its filters are not on the host' };
      return { state: 'ok', found: `${ipsec.assigned}` };
    }
    case 'weak-passwords':
      return judgeTries(settings);
  }
}

function judgeAccount(check: Of<'account'>, { accounts }: Settings): Judged {
  if (accounts?.readable !== true) return unreadable('local accounts', accounts?.error ?? '');
  const account = accounts.all.find(({ rid }) => rid === check.rid);
  if (account === undefined) return { state: 'ok', found: `there is no account S-…-${check.rid}` };
  if (account.disabled === null) return unreadable(`whether ${account.name} is disabled`, '');
  return {
    state: account.disabled ? 'ok' : 'weak',
    found: `${account.name} is ${account.disabled ? '' : 'not '}disabled`,
  };
}

function judgeAccounts(check: Of<'accounts'>, { accounts }: Settings): Judged {
  if (accounts?.readable !== true) return unreadable('local accounts', accounts?.error ?? '');
  const active = accounts.all.filter(({ rid, disabled }) => disabled !== true && !check.except.includes(rid));
  const without = active.filter((account) => account[check.flag] === false).map(({ name }) => name);
  if (without.length > 0) return { state: 'weak', found: listed(without) };
  const untold = active.filter((account) => account[check.flag] === null).map(({ name }) => name);
  if (untold.length > 0) return unreadable(`the flags of ${listed(untold)}`, '');
  return { state: 'ok', found: `${active.length} accounts` };
}

function judgePolicy(check: Of<'password-policy'>, { passwords }: Settings): Judged {
  if (passwords?.readable !== true) return unreadable('password policy', passwords?.error ?? '');
  const value = passwords[check.field];
  if (check.field === 'max_age_days') {
    const isOk = value !== null && value <= (check.at_most ?? Number.POSITIVE_INFINITY);
    return { state: isOk ? 'ok' : 'weak', found: `max_age_days is ${value ?? 'unlimited'}` };
  }
  if (value === null) return unreadable('password policy', passwords.error);
  return { state: value >= (check.at_least ?? 1) ? 'ok' : 'weak', found: `${check.field} is ${value}` };
}

function judgeShares({ shares, version }: Settings): Judged {
  if (shares?.readable !== true) return unreadable('the shares', shares?.error ?? '');
  if (shares.all.length === 0) return { state: 'ok', found: 'nobody made a share' };
  // Without a descriptor of its own a share has the default: full control for everybody until 2000, reading since XP.
  const isOld = version !== null && compare(version, '5.1') < 0;
  const states = shares.all.map((share) => ({
    name: `${share.name} (${share.path})`,
    isOpen: share.descriptor === null ? (version === null ? null : isOld) : everybodyMayChange(share.descriptor),
  }));
  const open = states.filter(({ isOpen }) => isOpen === true).map(({ name }) => name);
  if (open.length > 0) return { state: 'weak', found: `everybody may change ${listed(open)}` };
  const untold = states.filter(({ isOpen }) => isOpen === null).map(({ name }) => name);
  if (untold.length > 0) return unreadable(`the permissions of ${listed(untold)}`, '');
  return { state: 'ok', found: listed(states.map(({ name }) => name)) };
}

const MEANING: { readonly [kind: string]: string } = {
  blank: 'no password',
  user: 'its own name',
  computer: 'the name of the computer',
  password: '"password"',
  admin: '"admin"',
};

function judgeTries({ tries }: Settings): Judged {
  if (tries === null)
    return { state: 'not-applicable', found: 'not asked for; firebreak assess --passwords tries them' };
  if (!tries.readable) return { state: 'unknown', found: `none was tried: ${tries.error}` };
  const weak = tries.accounts.filter(({ state }) => state === 'weak');
  const partly = tries.accounts.filter(({ state }) => state === 'partly');
  // Who cannot log on, and who asks, needs no try.
  const untried = tries.accounts.filter(({ state, reason }) => state === 'skipped' && !isPlain(reason));
  const open = [...partly, ...untried].map(({ name, tried, reason }) => `${name}: ${tried} tried, ${reason}`);
  const found = [
    ...weak.map(({ name, kind }) => `${name} has ${MEANING[kind ?? ''] ?? 'a weak password'}`),
    ...(open.length === 0 ? [] : [`not decided: ${listed(open)}`]),
  ];
  if (weak.length > 0) return { state: 'weak', found: found.join('; ') };
  if (open.length > 0) return { state: 'unknown', found: found.join('; ') };
  const tried = tries.accounts.filter(({ state }) => state === 'ok').length;
  return { state: 'ok', found: `${tried} of ${tries.accounts.length} accounts tried, none has a weak password` };
}

function isPlain(reason: string): boolean {
  return reason === 'disabled' || reason === 'this logon is its own';
}

function judgeRegistry(check: Of<'registry'>, settings: Settings): Judged {
  const under = (key: string, name: string): readonly Value[] =>
    settings.values.filter((value) => value.wanted === key && value.name === name);
  if (check.when !== undefined) {
    const { key, name, is } = check.when;
    const condition = under(key, name);
    if (condition.some(({ present }) => present === null) || (condition.length === 0 && !isSeveral(key)))
      return unreadable(`${key}\\${name}`, condition[0]?.error ?? '');
    const held = condition.find(({ present, data }) => present === true && (is === undefined || data === String(is)));
    if (held === undefined) {
      const [first] = condition;
      return { state: 'not-applicable', found: `${name} is ${first?.present === true ? first.data : 'absent'}` };
    }
  }
  const values = under(check.key, check.name);
  if (isSeveral(check.key)) return judgeSeveral(check, values);
  const policy = check.policy_key === undefined ? undefined : under(check.policy_key, check.name)[0];
  if (check.policy_key !== undefined && (policy === undefined || policy.present === null)) {
    return unreadable(`${check.policy_key}\\${check.name}`, policy?.error ?? '');
  }
  const value = policy?.present === true ? policy : values[0];
  if (value === undefined || value.present === null)
    return unreadable(`${check.key}\\${check.name}`, value?.error ?? '');
  if (!value.present) {
    return { state: check.absent === 'good' ? 'ok' : check.absent, found: `${nameOf(check)} is absent` };
  }
  const where = value === policy ? ' (by Group Policy)' : '';
  return {
    state: isGood(check, value) ? 'ok' : 'weak',
    found: `${nameOf(check)} is ${value.data ?? 'present'}${where}`,
  };
}

/** Of the keys that have the value each is judged; one is enough for weak. */
function judgeSeveral(check: Of<'registry'>, values: readonly Value[]): Judged {
  const broken = values.find(({ present }) => present === null);
  const there = values.filter(({ present }) => present === true);
  const told = (of: readonly Value[]): string => listed(of.map(({ key, data }) => `${key}: ${data ?? 'present'}`));
  const weak = there.filter((value) => !isGood(check, value));
  if (weak.length > 0) return { state: 'weak', found: `${nameOf(check)} in ${told(weak)}` };
  if (broken !== undefined) return unreadable(`${broken.key}\\${check.name}`, broken.error);
  if (there.length === 0) return { state: 'not-applicable', found: `nothing has ${nameOf(check)}` };
  return { state: 'ok', found: told(there) };
}

function isSeveral(key: string): boolean {
  return key.split('\\').includes('*');
}

function isGood(check: Of<'registry'>, { data }: Value): boolean {
  if (check.bad !== undefined) return !check.bad.some((bad) => String(bad).toLowerCase() === data?.toLowerCase());
  return check.at_least === undefined
    ? (check.good ?? []).some((good) => String(good) === data)
    : data !== null && /^\d+$/.test(data) && Number(data) >= check.at_least;
}

function nameOf({ key, name }: Of<'registry'>): string {
  return name === '' ? key : name;
}

const MOST_NAMES = 8;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return [...names.slice(0, MOST_NAMES), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function unreadable(what: string, error: string): Judged {
  return { state: 'unknown', found: `${what} could not be read${error === '' ? '' : `: ${error}`}` };
}
