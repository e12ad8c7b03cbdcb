/** Ansible's host patterns as syntax: `all:!db*`, `web*,pilot`, `servers:&tokyo`. Which names exist is not known here. */

export interface PatternTerm {
  /** `add` is a plain term, `and` has a `&` before it, `not` a `!`. */
  readonly kind: 'add' | 'and' | 'not';
  /** Without `&` and `!`. */
  readonly name: string;
  /** Matches a name; for a term with `*` or `?` several. */
  readonly matches: (name: string) => boolean;
  readonly hasWildcard: boolean;
}

export type PatternParse =
  | { readonly ok: true; readonly terms: readonly PatternTerm[] }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;
const WILDCARD = /^[\p{L}\p{N}_.*?-]+$/u;
const MAX_TERMS = 20_000;

export function parsePattern(text: string): PatternParse {
  const pieces = text.split(/[:,\s]+/).filter((piece) => piece !== '');
  if (text.includes('://'))
    return refuse('target URIs cannot stand in a pattern here', 'name hosts and groups of the inventory');
  if (pieces.length === 0) return refuse('the host pattern is empty', 'write "all" for every host');
  if (pieces.length > MAX_TERMS) return refuse(`the host pattern has more than ${MAX_TERMS} terms`, '');
  const terms: PatternTerm[] = [];
  for (const piece of pieces) {
    const kind = piece.startsWith('!') ? 'not' : piece.startsWith('&') ? 'and' : 'add';
    const name = kind === 'add' ? piece : piece.slice(1);
    const hasWildcard = /[*?]/.test(name);
    if (name.startsWith('~')) {
      return refuse(`"${piece}": regular expressions are not supported in host patterns`, 'use * and ?, or a group');
    }
    if (/[[\]]/.test(name)) {
      return refuse(
        `"${piece}": ranges and subscripts are not supported in host patterns`,
        'name the hosts, or use * and ?',
      );
    }
    if (name.includes('${{')) return refuse('a host pattern cannot hold a template', 'use --limit');
    if (!(hasWildcard ? WILDCARD : NAME).test(name))
      return refuse(`"${piece}" is not a host pattern`, 'for example all:!pilot or web*');
    const matches = hasWildcard ? wildcard(name) : (candidate: string): boolean => candidate === name;
    terms.push({ kind, name, matches, hasWildcard });
  }
  return { ok: true, terms };
}

function refuse(message: string, hint: string): PatternParse {
  return { ok: false, message, hint };
}

/** `*` any text, `?` one character. Linear: it never backtracks further than the last `*`. */
function wildcard(pattern: string): (name: string) => boolean {
  return (name) => {
    let p = 0;
    let n = 0;
    let star = -1;
    let mark = 0;
    while (n < name.length) {
      if (p < pattern.length && (pattern[p] === '?' || (pattern[p] === name[n] && pattern[p] !== '*'))) {
        p++;
        n++;
      } else if (pattern[p] === '*') {
        star = p++;
        mark = n;
      } else if (star >= 0) {
        p = star + 1;
        n = ++mark;
      } else {
        return false;
      }
    }
    while (pattern[p] === '*') p++;
    return p === pattern.length;
  };
}
