import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PlannedGate } from '../../../src/domain/index.ts';
import { assignWaves } from '../../../src/engine/plan/waves.ts';
import type { WaveDeclaration } from '../../../src/playbook/index.ts';

const position = { file: 'f', line: 1, column: 1 };
const size = fc.oneof(
  fc.record({ count: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
  fc.constant('rest' as const),
);
const declaration = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c'),
    hosts: fc.constantFrom(null, 'even', 'odd'),
    size,
  })
  .map(
    ({ name, hosts, size: given }): WaveDeclaration => ({ name, hosts, size: hosts === null ? given : null, position }),
  );

describe('waves', () => {
  it('hold every host exactly once when the last one has a size', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(declaration, { maxLength: 4 }), size, (count, first, last) => {
        const hosts = Array.from({ length: count }, (_, index) => `h${index}`);
        const matching = (pattern: string): ReadonlySet<string> =>
          new Set(hosts.filter((_, index) => (index % 2 === 0) === (pattern === 'even')));
        const waves = assignWaves(hosts, [...first, { name: 'last', hosts: null, size: last, position }], matching);
        expect(waves.flatMap((wave) => wave.hosts).sort()).toEqual([...hosts].sort());
        expect(waves.every((wave) => wave.hosts.length > 0)).toBe(true);
      }),
    );
  });
});

describe('gates', () => {
  const gate = (after: string | null, rest: Partial<PlannedGate> = {}): PlannedGate => ({
    after,
    approve: 'ops',
    soakMs: 0,
    timeoutMs: null,
    onTimeout: 'stop',
    ...rest,
  });
  const hosts = ['h0', 'h1', 'h2', 'h3', 'h4'];
  const waves: readonly WaveDeclaration[] = [
    { name: 'canary', hosts: 'canary', size: null, position },
    { name: 'pilot', hosts: 'pilot', size: null, position },
    { name: 'rest', hosts: null, size: { count: 2 }, position },
  ];
  const assign = (
    members: { readonly [pattern: string]: readonly string[] },
    gates: readonly PlannedGate[],
    declared = waves,
  ) =>
    assignWaves(hosts, declared, (pattern) => new Set(members[pattern] ?? []), { gates, windows: [] }).map(
      ({ name, gate: before }) => [name, before?.after ?? null, before?.approve ?? null],
    );

  it('stand before the wave that comes after the one they name', () => {
    const members = { canary: ['h0'], pilot: ['h1'] };
    expect(assign(members, [gate('canary')])).toEqual([
      ['canary', null, null],
      ['pilot', 'canary', 'ops'],
      ['rest', null, null],
      ['rest 2', null, null],
    ]);
    expect(assign(members, [gate('rest')])[3]).toEqual(['rest 2', 'rest', 'ops']);
  });

  it('guard what comes later also when the wave that they name is empty', () => {
    expect(assign({ pilot: ['h1'] }, [gate('canary')])[0]).toEqual(['pilot', 'canary', 'ops']);
    expect(assign({}, [gate('canary')])[0]).toEqual(['rest', 'canary', 'ops']);
  });

  it('that meet before one wave want what either wants', () => {
    const both = [gate('canary', { soakMs: 5, timeoutMs: 9 }), gate('pilot', { approve: 'lead', soakMs: 3 })];
    const [first] = assignWaves(hosts, waves, () => new Set(), { gates: both, windows: [] });
    expect(first?.gate).toEqual(gate('pilot', { approve: 'ops and lead', soakMs: 5, timeoutMs: 9 }));
    const soaks = gate('canary', { approve: null, soakMs: 60 });
    const late = gate('pilot', { timeoutMs: 7, onTimeout: 'continue' });
    const [other] = assignWaves(hosts, waves, () => new Set(), { gates: [soaks, late], windows: [] });
    expect(other?.gate).toEqual(gate('pilot', { soakMs: 60, timeoutMs: 7, onTimeout: 'continue' }));
  });

  it('of a wave that repeats stand before each of its repetitions', () => {
    const declared = waves.map((wave) => (wave.name === 'rest' ? { ...wave, gate: gate(null) } : wave));
    expect(assign({ canary: ['h0'] }, [], declared)).toEqual([
      ['canary', null, null],
      ['rest', null, 'ops'],
      ['rest 2', null, 'ops'],
    ]);
  });
});
