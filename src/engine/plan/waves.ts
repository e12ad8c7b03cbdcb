/** Which host comes in which wave. Percentages are of the hosts that the plan selected, not of the inventory. */
import { FirebreakError, type PlannedWave } from '../../domain/index.ts';
import type { WaveDeclaration } from '../../playbook/index.ts';
import { shareOf } from '../../util/index.ts';

/**
 * Every host in exactly one wave; waves that would be empty are left out. Without declarations: one wave, `all`.
 * @param hosts the selected hosts, in order
 * @param matching names that a wave's pattern means
 * @throws FB_PLAYBOOK_INVALID when hosts are left that no wave takes
 */
export function assignWaves(
  hosts: readonly string[],
  declarations: readonly WaveDeclaration[],
  matching: (pattern: string) => ReadonlySet<string>,
): readonly PlannedWave[] {
  const last = declarations.at(-1);
  if (last === undefined) return [{ name: 'all', hosts }];
  const waves: PlannedWave[] = [];
  let left = hosts;
  const take = (name: string, taken: readonly string[]): void => {
    if (taken.length === 0) return;
    const used = new Set(taken);
    left = left.filter((host) => !used.has(host));
    waves.push({ name, hosts: taken });
  };
  for (const wave of declarations) take(wave.name, portion(wave, left, hosts.length, matching));
  // Ansible's rule for serial, which holds for sizes here too: the last one repeats.
  for (let round = 2; left.length > 0 && last.size !== null; round++) {
    take(repeatedName(last.name, declarations.length, round), portion(last, left, hosts.length, matching));
  }
  if (left.length > 0) throw leftOver(left, last);
  return waves;
}

function portion(
  wave: WaveDeclaration,
  left: readonly string[],
  total: number,
  matching: (pattern: string) => ReadonlySet<string>,
): readonly string[] {
  if (wave.hosts !== null) {
    const wanted = matching(wave.hosts);
    return left.filter((host) => wanted.has(host));
  }
  if (wave.size === null || wave.size === 'rest') return left;
  return left.slice(0, shareOf(wave.size, total));
}

/** `wave 3` follows `wave 2`; `rest 2` follows `rest`. */
function repeatedName(name: string, declared: number, round: number): string {
  const isNumbered = name === `wave ${declared}`;
  return isNumbered ? `wave ${declared + round - 1}` : `${name} ${round}`;
}

function leftOver(left: readonly string[], last: WaveDeclaration): FirebreakError {
  const shown = left.slice(0, 5).join(', ');
  const more = left.length > 5 ? ` and ${left.length - 5} more` : '';
  const { file, line, column } = last.position;
  const message = `${file}:${line}:${column}: the waves leave out ${shown}${more}`;
  const remedy = 'add a wave at the end: { name: rest, size: rest }';
  return new FirebreakError('FB_PLAYBOOK_INVALID', message, {
    remedy,
    details: [
      { file, line, column, message: `the waves leave out ${shown}${more}`, hint: remedy, excerpt: '', width: 1 },
    ],
  });
}
