/** What the host said of itself → checks. Pure. */
import type { PlannedHost } from '../../domain/index.ts';
import { type Check, failed, ok, skipped, warning } from './model.ts';

/** What Get-FbDiagnosis gives. */
export interface Diagnosis {
  readonly User: string | null;
  /** Null when the host does not tell. */
  readonly IsAdministrator: boolean | null;
  readonly SystemDrive: string;
  readonly FreeDiskBytes: number | null;
  /** ISO 8601, UTC. */
  readonly Time: string;
  readonly PendingReboot: readonly string[];
  readonly PendingReadable: boolean;
}

const GB = 1_073_741_824;
/** A cumulative update wants this much. */
const ENOUGH_BYTES = 5 * GB;
const TOO_LITTLE_BYTES = GB;
/** What Kerberos allows by default. */
const KERBEROS_SKEW_S = 300;
const ODD_SKEW_S = 120;

/** @param now the controller's clock when the host read its own, milliseconds since 1970 */
export function judgeDiagnosis(host: PlannedHost, diagnosis: Diagnosis, now: number): readonly Check[] {
  return [rights(host, diagnosis), disk(diagnosis), clock(host, diagnosis, now), reboot(diagnosis)];
}

function rights(host: PlannedHost, { User, IsAdministrator }: Diagnosis): Check {
  const who = User ?? host.user ?? 'the user';
  if (IsAdministrator === true) return ok('rights', `${who} is an administrator`);
  if (IsAdministrator === null) return skipped('rights', 'the host does not tell');
  const isLocal = host.user !== null && !/[\\@]/.test(host.user);
  return failed(
    'rights',
    `${who} is no administrator in this session`,
    isLocal
      ? 'UAC takes the rights of local accounts away over the network'
      : 'the account is not in the group Administrators',
    isLocal
      ? 'on the host: reg add HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System /v LocalAccountTokenFilterPolicy /t REG_DWORD /d 1 /f'
      : `on the host: net localgroup Administrators "${who}" /add`,
  );
}

function disk({ SystemDrive, FreeDiskBytes }: Diagnosis): Check {
  if (FreeDiskBytes === null) return skipped('disk', 'the host does not tell');
  const finding = `${(FreeDiskBytes / GB).toFixed(1)} GB free on ${SystemDrive}`;
  const remedy = 'on the host: Dism /Online /Cleanup-Image /StartComponentCleanup; cleanmgr';
  if (FreeDiskBytes < TOO_LITTLE_BYTES) return failed('disk', finding, 'no update can be installed', remedy);
  if (FreeDiskBytes < ENOUGH_BYTES) return warning('disk', finding, 'a cumulative update may not fit', remedy);
  return ok('disk', finding);
}

function clock(host: PlannedHost, { Time }: Diagnosis, now: number): Check {
  const seconds = Math.round((Date.parse(Time) - now) / 1000);
  const apart = Math.abs(seconds);
  if (Number.isNaN(apart)) return skipped('clock', 'the host does not tell');
  const finding = apart <= 2 ? 'as here' : `${apart} s ${seconds > 0 ? 'ahead' : 'behind'}`;
  const remedy = 'on the host: w32tm /resync /force; and check the clock here';
  const needsKerberos = host.transport === 'winrm' && host.auth === 'kerberos';
  if (apart > KERBEROS_SKEW_S) {
    const cause = 'Kerberos refuses clocks that differ by more than 5 minutes';
    return needsKerberos ? failed('clock', finding, cause, remedy) : warning('clock', finding, cause, remedy);
  }
  if (apart > ODD_SKEW_S) return warning('clock', finding, 'the host or this machine has lost its time source', remedy);
  return ok('clock', finding);
}

function reboot({ PendingReboot, PendingReadable }: Diagnosis): Check {
  if (PendingReboot.length > 0)
    return warning(
      'reboot',
      `pending: ${PendingReboot.join(', ')}`,
      'an installation or renaming waits for it',
      'Restart-Computer, or let the run do it (host.reboot)',
    );
  if (!PendingReadable) return skipped('reboot', 'the keys that tell cannot be read');
  return ok('reboot', 'none pending');
}
