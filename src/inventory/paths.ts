/** Relative paths of an inventory start at its folder, so that a resume elsewhere finds them too. */
import { resolve } from 'node:path';

/** `~` is the user's home, as in every tool that names keys. */
export function absolutePath(file: string, folder: string): string {
  const home = process.env['HOME'] ?? process.env['USERPROFILE'];
  if (/^~[/\\]/.test(file) && home !== undefined) return resolve(home, file.slice(2));
  return resolve(folder, file);
}
