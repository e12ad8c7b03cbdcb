/**
 * Endpoints that do not run everything (JEA, constrained language): what refused a call, told by the error's id, and what
 * to do about it. Must not know sessions.
 */
import { FirebreakError, type LanguageMode, type PowerShellError } from '../domain/index.ts';

/** FullyQualifiedErrorId → language mode. The ids are the same in every language of Windows. */
const REFUSALS: readonly (readonly [RegExp, LanguageMode])[] = [
  [/^ScriptsNotAllowed\b/, 'NoLanguage'],
  [/^(?:NotSupportedInNoLanguage|NoLanguage)/, 'NoLanguage'],
  [/ConstrainedLanguage/, 'ConstrainedLanguage'],
  [/(?:RestrictedLanguage|InDataSection)/, 'RestrictedLanguage'],
];

function errorIn(thrown: unknown): PowerShellError | undefined {
  if (!(thrown instanceof FirebreakError) || thrown.code !== 'FB_INVOKE_FAILED') return undefined;
  const details = thrown.details as { readonly error?: PowerShellError } | undefined;
  return details?.error;
}

/** The language mode that refused a call; undefined when it failed for another reason. */
export function refusedBy(thrown: unknown): LanguageMode | undefined {
  const id = errorIn(thrown)?.fullyQualifiedErrorId;
  return id === undefined ? undefined : REFUSALS.find(([pattern]) => pattern.test(id))?.[1];
}

export function isUnknownCommand(thrown: unknown): boolean {
  const id = errorIn(thrown)?.fullyQualifiedErrorId ?? '';
  return /^(?:CommandNotFoundException|CouldNotAutoLoadModule|CouldNotAutoloadMatchingModule)\b/.test(id);
}

/** Our modules cannot be made there, and the host has none of its own. */
export function languageRefused(label: string, mode: LanguageMode, module: string, cause: unknown): FirebreakError {
  return new FirebreakError(
    'FB_SESSION_LANGUAGE',
    `${label}: the endpoint runs in ${mode} and does not have the module ${module}`,
    {
      remedy: `install ps-modules/${module} (signed, where policy asks for it) in the host's PSModulePath and let the endpoint's role capability show its functions; or use an unrestricted configuration`,
      cause,
    },
  );
}

export function scriptRefused(label: string, mode: LanguageMode, cause: unknown): FirebreakError {
  return new FirebreakError('FB_SESSION_LANGUAGE', `${label}: the endpoint runs in ${mode} and takes no scripts`, {
    remedy:
      'use an unrestricted endpoint of the host (configuration: Microsoft.PowerShell), or functions that it shows',
    cause,
  });
}
