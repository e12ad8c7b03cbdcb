import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeClixml,
  enumValue,
  hashtable,
  listOf,
  ProtocolError,
  PsObject,
  PsPrimitive,
  type PsValue,
  toJson,
} from '../../../src/protocol/index.ts';
import { arbitraryValue } from './arbitrary-value.ts';

describe('toJson', () => {
  it.each<[PsValue, unknown]>([
    [null, null],
    ['x', 'x'],
    [9007199254740991n, 9007199254740991],
    [9007199254740992n, '9007199254740992'],
    [new PsPrimitive('U64', '18446744073709551615'), '18446744073709551615'],
    [new PsPrimitive('By', '7'), 7],
    [
      new PsObject({
        typeNames: ['System.Numerics.BigInteger', 'System.Object'],
        text: '1208925819614629174706176',
        adapted: new Map([['IsEven', true]]),
      }),
      '1208925819614629174706176',
    ],
    [new PsPrimitive('D', '1.10'), '1.10'],
    [new PsPrimitive('Db', '1.5'), 1.5],
    [new PsPrimitive('Db', 'NaN'), 'NaN'],
    [new PsPrimitive('Db', '-0'), 0],
    [new PsPrimitive('Sg', 'INF'), 'Infinity'],
    [new PsPrimitive('Db', '-INF'), '-Infinity'],
    [new PsPrimitive('DT', '2008-04-11T10:42:32.2731993-07:00'), '2008-04-11T10:42:32.2731993-07:00'],
    [new PsPrimitive('TS', 'PT9.02S'), 'PT9.02S'],
    [new PsPrimitive('C', '228'), 'ä'],
    [new PsPrimitive('SS', 'AAAA'), '•••'],
    [new Uint8Array([1, 2, 3]), 'AQID'],
    [enumValue('System.ConsoleColor', 'Red', 12), 'Red'],
    [listOf([1, 'a']), [1, 'a']],
    [new PsObject({ items: [1], listTag: 'QUE' }), [1]],
    [hashtable([[1, 'one']]), { $type: 'System.Collections.Hashtable', '1': 'one' }],
    [
      new PsObject({ typeNames: ['A', 'B'], adapted: new Map([['p', 1]]), extended: new Map([['q', 2]]) }),
      { $type: 'A', p: 1, q: 2 },
    ],
    [new PsObject({ extended: new Map([['p', 1]]) }), { p: 1 }],
    [
      new PsObject({ typeNames: ['A'], adapted: new Map([['p', 'net']]), extended: new Map([['p', 'added']]) }),
      { $type: 'A', p: 'added' },
    ],
    [
      hashtable([
        [new PsPrimitive('G', '00000000-0000-0000-0000-000000000000'), 1],
        [null, 2],
        [listOf([1]), 3],
      ]),
      { $type: 'System.Collections.Hashtable', '00000000-0000-0000-0000-000000000000': 1, null: 2, '[1]': 3 },
    ],
    // a line of Get-Content: a string with note properties
    [new PsObject({ value: 'line', extended: new Map([['PSPath', 'x']]) }), 'line'],
    [new PsObject({ typeNames: ['System.RuntimeType'], text: 'System.String' }), 'System.String'],
    [new PsObject({ typeNames: ['Empty'], text: '' }), { $type: 'Empty' }],
  ])('%p', (value, expected) => {
    expect(toJson(value)).toEqual(expected);
  });

  it('leaves types out when asked to', () => {
    const value = new PsObject({ typeNames: ['A'], extended: new Map([['t', hashtable([['k', 1]])]]) });
    expect(toJson(value, { types: false })).toEqual({ t: { k: 1 } });
  });

  it('keeps a property that is called __proto__ an ordinary one', () => {
    const plain = toJson(new PsObject({ extended: new Map([['__proto__', 'x']]) }), { types: false });
    expect(JSON.stringify(plain)).toBe('{"__proto__":"x"}');
  });

  it('marks an object that contains itself', () => {
    const value = decodeClixml('<Obj RefId="0"><TN RefId="0"><T>A</T></TN><MS><Ref N="me" RefId="0"/></MS></Obj>');
    expect(toJson(value)).toEqual({ $type: 'A', me: { $type: 'A', $cycle: true } });
  });

  it('refuses references that would unfold without end', () => {
    let bomb: PsValue = 'x';
    for (let level = 0; level < 40; level += 1) bomb = listOf([bomb, bomb]);
    expect(() => toJson(bomb)).toThrow(ProtocolError);
  });

  it('gives something that JSON carries unchanged, whatever the value', () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const plain = toJson(value);
        expect(JSON.stringify(JSON.parse(JSON.stringify(plain)))).toBe(JSON.stringify(plain));
        expect(JSON.stringify(plain)).not.toContain('undefined:');
      }),
    );
  });
});
