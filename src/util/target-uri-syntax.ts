/** What tells a target URI from a host pattern. Knows no scheme. */

/** True for `scheme://…`. */
export function isTargetUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}
