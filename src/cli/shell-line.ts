/** Words as a command line to type. Must not know which command it is. */

/** As a shell takes it: POSIX quotes, on Windows those of cmd and PowerShell. */
export function shellLine(words: readonly string[], isWindows = process.platform === 'win32'): string {
  return words.map((word) => quote(word, isWindows)).join(' ');
}

function quote(word: string, isWindows: boolean): string {
  if (/^[\w@%+=:,./-]+$/.test(word) && !(isWindows && word.includes('%'))) return word;
  return isWindows ? `"${word.replaceAll('"', '""')}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
