/** What the exit codes of installers mean. Success is never decided here: the verdict after the reboot decides. */

export interface ExitMeaning {
  readonly meaning:
    | 'installed'
    | 'reboot-required'
    | 'reboot-started'
    | 'already-installed'
    | 'not-applicable'
    | 'prerequisite-missing'
    | 'busy'
    | 'cancelled'
    | 'access-denied'
    | 'failed';
  /** False: the step fails. */
  readonly isFine: boolean;
  readonly rebootRequired: boolean;
  /** One line for people. */
  readonly text: string;
}

const FINE = { isFine: true, rebootRequired: false } as const;
const REBOOT = { isFine: true, rebootRequired: true } as const;
const BAD = { isFine: false, rebootRequired: false } as const;

/** By unsigned 32-bit code. */
const MEANINGS: ReadonlyMap<number, ExitMeaning> = new Map<number, ExitMeaning>([
  [0, { meaning: 'installed', ...FINE, text: 'installed' }],
  [3010, { meaning: 'reboot-required', ...REBOOT, text: 'installed, a reboot is required' }],
  [1641, { meaning: 'reboot-started', ...REBOOT, text: 'installed, the installer has started the reboot' }],
  [
    0x00240005,
    { meaning: 'reboot-required', ...REBOOT, text: 'installed, a reboot is required (WU_S_REBOOT_REQUIRED)' },
  ],
  [0x80070bc2, { meaning: 'reboot-required', ...REBOOT, text: 'installed, a reboot is required (3010 as HRESULT)' }],
  [0x00240006, { meaning: 'already-installed', ...FINE, text: 'already installed (WU_S_ALREADY_INSTALLED)' }],
  [0x80240017, { meaning: 'not-applicable', ...FINE, text: 'not applicable to this system (WU_E_NOT_APPLICABLE)' }],
  [0x800f081e, { meaning: 'not-applicable', ...FINE, text: 'not applicable to this system (CBS_E_NOT_APPLICABLE)' }],
  [0x80240016, { meaning: 'busy', ...BAD, text: 'another installation is in progress (WU_E_INSTALL_NOT_ALLOWED)' }],
  [0x80070422, { meaning: 'failed', ...BAD, text: 'the Windows Update service (wuauserv) is disabled' }],
  [
    0x8024402c,
    { meaning: 'failed', ...BAD, text: 'the update server could not be found (WU_E_PT_WINHTTP_NAME_NOT_RESOLVED)' },
  ],
  [0x800f0823, { meaning: 'prerequisite-missing', ...BAD, text: 'a newer servicing stack is needed first' }],
  [
    0x800f0922,
    { meaning: 'failed', ...BAD, text: 'the servicing stack could not complete it (CBS_E_INSTALLERS_FAILED)' },
  ],
  [0x80070005, { meaning: 'access-denied', ...BAD, text: 'access denied' }],
  [1618, { meaning: 'busy', ...BAD, text: 'another installation is in progress' }],
  [1602, { meaning: 'cancelled', ...BAD, text: 'cancelled on the host' }],
  [1603, { meaning: 'failed', ...BAD, text: 'fatal error during installation' }],
]);

/** Codes that a wrapper has cut to 8 bits; they mean something only where the engine gives 3010 and 1641. */
const CUT_CODES: ReadonlyMap<number, number> = new Map([
  [194, 3010],
  [105, 1641],
]);

/** @param exitCode - as the host reported it, signed or unsigned */
export function exitMeaning(exitCode: number): ExitMeaning {
  const code = exitCode >>> 0;
  const known = MEANINGS.get(code);
  if (known !== undefined) return known;
  const whole = CUT_CODES.get(code);
  const hint = whole === undefined ? '' : `; ${whole} cut to 8 bits gives ${code}`;
  return { meaning: 'failed', ...BAD, text: `unknown exit code ${describeCode(code)}${hint}` };
}

/** `3010`, `0x80070005` */
export function describeCode(exitCode: number): string {
  const code = exitCode >>> 0;
  return code > 0xffff ? `0x${code.toString(16).toUpperCase().padStart(8, '0')}` : String(code);
}
