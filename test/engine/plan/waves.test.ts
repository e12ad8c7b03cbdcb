import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
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
