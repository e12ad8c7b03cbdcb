/** Which host comes in which wave. Percentages are of the hosts that the plan selected, not of the inventory. */
import { FirebreakError, type PlannedGate, type PlannedWave, type PlannedWindow } from '../../domain/index.ts';
import type { WaveDeclaration } from '../../playbook/index.ts';
import { shareOf } from '../../util/index.ts';

/** Of the playbook as a whole. */
interface Guards {
  readonly gates: readonly PlannedGate[];
  readonly windows: readonly PlannedWindow[];
}

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
  { gates, windows }: Guards = { gates: [], windows: [] },
): readonly PlannedWave[] {
  const last = declarations.at(-1);
  const always = windows.length === 0 ? {} : { windows };
  if (last === undefined) return [{ name: 'all', hosts, ...always }];
  const waves: PlannedWave[] = [];
  let left = hosts;
  let waiting: readonly PlannedGate[] = [];
  const take = (wave: WaveDeclaration, name: string, taken: readonly string[]): void => {
    if (taken.length > 0) {
      const used = new Set(taken);
      left = left.filter((host) => !used.has(host));
      const before = wave.gate === undefined ? waiting : [...waiting, wave.gate];
      const own = wave.windows === undefined ? always : { windows: wave.windows };
      waves.push({ name, hosts: taken, ...own, ...(before.length === 0 ? {} : { gate: before.reduce(bothGates) }) });
      waiting = [];
    }
    // Also behind a wave that is empty this time: what comes later is guarded all the same.
    waiting = [...waiting, ...gates.filter(({ after }) => after === name)];
  };
  for (const wave of declarations) take(wave, wave.name, portion(wave, left, hosts.length, matching));
  // Ansible's rule for serial, which holds for sizes here too: the last one repeats.
  for (let round = 2; left.length > 0 && last.size !== null; round++) {
    const name = repeatedName(last.name, declarations.length, round);
    take(last, name, portion(last, left, hosts.length, matching));
  }
  if (left.length > 0) throw leftOver(left, last);
  return waves;
}

/** Two gates in front of one wave: what either wants. */
function bothGates(one: PlannedGate, other: PlannedGate): PlannedGate {
  const approve = [one.approve, other.approve].filter((name) => name !== null);
  const timeouts = [one.timeoutMs, other.timeoutMs].filter((ms) => ms !== null);
  const goesOn = [one, other].every((gate) => gate.approve === null || gate.onTimeout === 'continue');
  return {
    after: other.after ?? one.after,
    approve: approve.length === 0 ? null : [...new Set(approve)].join(' and '),
    soakMs: Math.max(one.soakMs, other.soakMs),
    timeoutMs: timeouts.length === 0 ? null : Math.min(...timeouts),
    onTimeout: goesOn ? 'continue' : 'stop',
  };
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
