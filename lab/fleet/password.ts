/** Passwords for the machines' administrators. */
import { randomBytes } from 'node:crypto';

/** No more than 14 characters: Windows NT 4 takes no longer ones. */
export function randomPassword(): string {
  return randomBytes(9).toString('base64url');
}
