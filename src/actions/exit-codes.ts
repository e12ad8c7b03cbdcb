/** What the exit codes of installers mean. Success is never decided here: the verdict after the reboot decides. */

/** What an advisory says of the exit codes of a package's own installer, by code. */
export interface DeclaredCodes {
  readonly [code: string]: {
    readonly meaning: string;
    readonly reboot?: boolean | undefined;
    readonly failed?: boolean | undefined;
  };
}

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
    | 'source-missing'
    | 'not-installed'
    | 'other-version'
    | 'refused-by-policy'
    | 'permanent'
    | 'removed'
    | 'declared'
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
  [5, { meaning: 'access-denied', ...BAD, text: 'access denied (ERROR_ACCESS_DENIED)' }],
  [13, { meaning: 'failed', ...BAD, text: 'the file is damaged or of another kind (ERROR_INVALID_DATA)' }],
  [
    87,
    { meaning: 'failed', ...BAD, text: 'the installer does not know one of its switches (ERROR_INVALID_PARAMETER)' },
  ],
  // Windows Installer, as its documentation lists them.
  [1601, { meaning: 'failed', ...BAD, text: 'the Windows Installer service could not be reached' }],
  [1602, { meaning: 'cancelled', ...BAD, text: 'cancelled on the host' }],
  [1603, { meaning: 'failed', ...BAD, text: 'fatal error during installation' }],
  [
    1605,
    { meaning: 'not-installed', ...BAD, text: 'the product that it is for is not installed (ERROR_UNKNOWN_PRODUCT)' },
  ],
  [1612, { meaning: 'source-missing', ...BAD, text: 'the installation source of the product is not available' }],
  [1613, { meaning: 'prerequisite-missing', ...BAD, text: 'a newer Windows Installer is needed first' }],
  [1618, { meaning: 'busy', ...BAD, text: 'another installation is in progress' }],
  [1619, { meaning: 'source-missing', ...BAD, text: 'the package could not be opened' }],
  [1620, { meaning: 'failed', ...BAD, text: 'the file is no Windows Installer package' }],
  [1625, { meaning: 'refused-by-policy', ...BAD, text: 'a system policy forbids this installation' }],
  [1633, { meaning: 'not-applicable', ...BAD, text: 'the package is not for this kind of processor' }],
  [1635, { meaning: 'source-missing', ...BAD, text: 'the patch could not be opened' }],
  [1636, { meaning: 'failed', ...BAD, text: 'the file is no Windows Installer patch' }],
  [1637, { meaning: 'prerequisite-missing', ...BAD, text: 'a newer Windows Installer is needed for this patch' }],
  [1638, { meaning: 'other-version', ...BAD, text: 'another version of the product is installed already' }],
  [1639, { meaning: 'failed', ...BAD, text: 'the command line of the Windows Installer is wrong' }],
  [
    1642,
    { meaning: 'not-applicable', ...BAD, text: 'the product that the patch is for is missing, or of another version' },
  ],
  [1643, { meaning: 'refused-by-policy', ...BAD, text: 'a system policy forbids the patch' }],
  [1646, { meaning: 'permanent', ...BAD, text: 'the patch cannot be removed' }],
  [1647, { meaning: 'not-installed', ...BAD, text: 'the patch is not applied to this product' }],
  [1654, { meaning: 'not-applicable', ...BAD, text: 'the product does not run on this kind of processor' }],
  [0x00240007, { meaning: 'not-installed', ...BAD, text: 'not installed (WU_S_ALREADY_UNINSTALLED)' }],
  [
    0x800f0805,
    { meaning: 'failed', ...BAD, text: 'the servicing stack knows no such package (CBS_E_INVALID_PACKAGE)' },
  ],
  [0x800f0825, { meaning: 'permanent', ...BAD, text: 'the update is permanent (CBS_E_CANNOT_UNINSTALL)' }],
]);

/** Codes that say something else of a removal than of an installation. */
const REMOVALS: ReadonlyMap<number, ExitMeaning> = new Map<number, ExitMeaning>([
  [0, { meaning: 'removed', ...FINE, text: 'removed' }],
  [3010, { meaning: 'reboot-required', ...REBOOT, text: 'removed, a reboot is required' }],
  [1641, { meaning: 'reboot-started', ...REBOOT, text: 'removed, the installer has started the reboot' }],
  [0x80070bc2, { meaning: 'reboot-required', ...REBOOT, text: 'removed, a reboot is required (3010 as HRESULT)' }],
  [1605, { meaning: 'not-installed', ...FINE, text: 'the product is not installed' }],
  [1647, { meaning: 'not-installed', ...FINE, text: 'the patch is not applied to this product' }],
  [0x00240007, { meaning: 'not-installed', ...FINE, text: 'not installed (WU_S_ALREADY_UNINSTALLED)' }],
  [1603, { meaning: 'failed', ...BAD, text: 'fatal error during the removal' }],
]);

/** Codes that a wrapper has cut to 8 bits; they mean something only where the engine gives 3010 and 1641. */
const CUT_CODES: ReadonlyMap<number, number> = new Map([
  [194, 3010],
  [105, 1641],
]);

/**
 * @param exitCode - as the host reported it, signed or unsigned
 * @param declared - of the package's own installer; goes before the usual meaning
 */
export function exitMeaning(exitCode: number, declared: DeclaredCodes = {}): ExitMeaning {
  const code = exitCode >>> 0;
  const own = declared[String(code)];
  if (own !== undefined) {
    return { meaning: 'declared', isFine: own.failed !== true, rebootRequired: own.reboot === true, text: own.meaning };
  }
  const known = MEANINGS.get(code);
  if (known !== undefined) return known;
  const whole = CUT_CODES.get(code);
  const hint = whole === undefined ? '' : `; ${whole} cut to 8 bits gives ${code}`;
  return { meaning: 'failed', ...BAD, text: `unknown exit code ${describeCode(code)}${hint}` };
}

/** The same of an uninstallation. */
export function removalMeaning(exitCode: number): ExitMeaning {
  return REMOVALS.get(exitCode >>> 0) ?? exitMeaning(exitCode);
}

/** `3010`, `0x80070005` */
export function describeCode(exitCode: number): string {
  const code = exitCode >>> 0;
  return code > 0xffff ? `0x${code.toString(16).toUpperCase().padStart(8, '0')}` : String(code);
}
