/** Paths of the host as SFTP writes them. */

/** `C:\x\y` → `/C:/x/y` (OpenSSH on Windows), `/x/y` as it is; null for what has no place in SFTP (UNC, relative, `..`). */
export function toSftpPath(path: string): string | null {
  const slashed = path.replaceAll('\\', '/');
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(slashed) || slashed.includes('\0') || slashed.endsWith('/')) return null;
  if (/^[A-Za-z]:\/+[^/]/.test(slashed)) return `/${slashed.replace(/\/{2,}/g, '/')}`;
  return path.startsWith('/') && !path.startsWith('//') && !path.includes('\\') ? path : null;
}
