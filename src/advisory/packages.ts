/** Which package file a system needs. Pure: whether it is there is the package store's business. */
import type { Advisory, AdvisoryPackage } from './schema.ts';
import type { AffectedSystem } from './schema-affected.ts';

/** LCID of the installation, four hexadecimal digits, → the three letters in the names of package files. */
const LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '0401': 'ARA',
    '0404': 'CHT',
    '0405': 'CSY',
    '0406': 'DAN',
    '0407': 'DEU',
    '0408': 'ELL',
    '0409': 'ENU',
    '040a': 'ESN',
    '040b': 'FIN',
    '040c': 'FRA',
    '040d': 'HEB',
    '040e': 'HUN',
    '0410': 'ITA',
    '0411': 'JPN',
    '0412': 'KOR',
    '0413': 'NLD',
    '0414': 'NOR',
    '0415': 'PLK',
    '0416': 'PTB',
    '0419': 'RUS',
    '041d': 'SVE',
    '041f': 'TRK',
    '0804': 'CHS',
    '0816': 'PTG',
    '0c0a': 'ESN',
  }),
);

/** LCIDs (lower case) whose packages have these three letters; empty: no such language. */
export function languageIdsOf(letters: string): readonly string[] {
  return [...LANGUAGES].flatMap(([lcid, known]) => (known === letters ? [lcid] : []));
}

/** The three letters of every language. */
export function languageLetters(): readonly string[] {
  return [...new Set(LANGUAGES.values())];
}

export interface PackageQuestion {
  readonly entry: AffectedSystem;
  readonly arch: string | null;
  /** LCID of the installation: `0411`. */
  readonly language: string | null;
  /** NEC PC-98; cannot be probed, the inventory says so. */
  readonly isPc98?: boolean;
  /** A file of that purpose that the playbook names, in place of the advisory's name. */
  readonly file?: string | undefined;
}

/** The package's data and the file name for this language, or why there is none. */
export function packageFor(
  advisory: Advisory,
  { entry, arch, language, isPc98 = false, file }: PackageQuestion,
): { readonly data: AdvisoryPackage; readonly file: string } | { readonly problem: string } {
  const machine = isPc98 ? `${arch}-pc98` : arch;
  const id = Object.entries(entry.package ?? {}).find(([name]) => name === machine)?.[1];
  const data = id === undefined ? undefined : advisory.packages[id];
  if (data === undefined) {
    return { problem: `${advisory.advisory} names no package for ${entry.os} (${machine ?? 'architecture unknown'})` };
  }
  if (file !== undefined) return { data, file };
  if (typeof data.file !== 'string') return { problem: data.file.input };
  if (!data.file.includes('{language}')) return { data, file: data.file };
  const letters = LANGUAGES.get(language?.toLowerCase() ?? '');
  if (letters === undefined) {
    return { problem: `the package must match the language of the host, which is ${language ?? 'unreadable'}` };
  }
  return { data, file: data.file.replaceAll('{language}', letters) };
}
