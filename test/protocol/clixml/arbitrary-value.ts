/** Random PowerShell values for property tests, in the form in which decoding gives them back. */
import fc from 'fast-check';
import { PsObject, PsPrimitive, type PsValue } from '../../../src/protocol/index.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('_', 'x', 'X', '0', '5', 'F', '\n', '\r', '\ud83d', '\ude00', '<', '&', '\u0085', '\u0000'),
  }),
);
const primitive = fc.oneof(
  fc.integer({ min: 0, max: 65535 }).map((n) => new PsPrimitive('C', String(n))),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => new PsPrimitive('Db', String(n))),
  fc.constantFrom(new PsPrimitive('Db', 'NaN'), new PsPrimitive('Sg', '-INF'), new PsPrimitive('D', '1.10')),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => new PsPrimitive('U64', String(n))),
  fc
    .constantFrom('TS', 'DT', 'G', 'URI', 'Version', 'XD', 'SBK', 'SS', 'Future')
    .chain((tag) => text.map((value) => new PsPrimitive(tag, value))),
);
const leaf: fc.Arbitrary<PsValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  text,
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.uint8Array({ maxLength: 40 }),
  primitive,
);

export const arbitraryValue: fc.Arbitrary<PsValue> = fc.letrec<{ value: PsValue }>((tie) => {
  const value = tie('value');
  const properties = fc.array(fc.tuple(text, value), { maxLength: 3 }).map((entries) => new Map(entries));
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc
        .record(
          {
            typeNames: fc.array(text, { maxLength: 2 }),
            text,
            value: leaf,
            listTag: fc.constantFrom('LST', 'STK', 'QUE', 'IE' as const),
            items: fc.array(value, { maxLength: 3 }),
            entries: fc.array(fc.tuple(value, value), { maxLength: 3 }),
            adapted: properties,
            extended: properties,
          },
          { requiredKeys: [] },
        )
        // without items the kind of list is not written
        .map((parts) => new PsObject(parts.items === undefined ? { ...parts, listTag: 'LST' } : parts)),
    ),
  };
}).value;
