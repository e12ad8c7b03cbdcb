/** What each answer of a host says about KB824146 and KB823980: the tables. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RpcCategory } from '../../src/domain/index.ts';
import { classifyRpc, missesUpdate } from '../../src/scan/classify-rpc.ts';
import type { RpcAnswer } from '../../src/scan/rpc-answer.ts';

const hresult = (code: number): RpcAnswer => ({ kind: 'hresult', hresult: code });
const DENIED = 0x80070005;
const CALL_FAILED = 0x800706be;

const withoutConnection: readonly (readonly [RpcAnswer, RpcCategory, boolean | null])[] = [
  [{ kind: 'refused' }, 'refused', false],
  [{ kind: 'unreachable', why: 'no answer within 2 s' }, 'unreachable', false],
  [{ kind: 'no-name' }, 'invalid-address', null],
  [{ kind: 'not-asked', why: 'this machine could not connect (EMFILE)' }, 'needs-investigation', null],
];
const odd: readonly (readonly [RpcAnswer, RpcCategory, true])[] = [
  [{ kind: 'silent', stage: 'bind', timeoutMs: 2000 }, 'needs-investigation', true],
  [{ kind: 'silent', stage: 'call', timeoutMs: 2000 }, 'needs-investigation', true],
  [{ kind: 'lost', stage: 'call', how: 'reset' }, 'needs-investigation', true],
  [{ kind: 'lost', stage: 'bind', how: 'closed' }, 'needs-investigation', true],
  [{ kind: 'no-interface', what: 'it has no such interface (result 2, reason 1)' }, 'needs-investigation', true],
  // Access denied as a fault comes from the RPC runtime, before anything that a patch has changed.
  [{ kind: 'fault', stage: 'call', status: 5 }, 'needs-investigation', true],
  [{ kind: 'fault', stage: 'bind', status: 0x1c010003 }, 'needs-investigation', true],
  [{ kind: 'odd', stage: 'call', what: 'the answer has 12 bytes instead of 16' }, 'needs-investigation', true],
];
const withoutHresult = [...withoutConnection, ...odd];

describe('the answer to RemoteGetClassObject', () => {
  it.each([
    [0x8001011d, 'patched', true],
    [0x80070057, 'patched', true],
    [DENIED, 'denied', null],
    [CALL_FAILED, 'needs-investigation', null],
    [0x80004005, 'unpatched', false],
    [0x80010110, 'unpatched', false],
    [0x80040154, 'unpatched', false],
    [0, 'unpatched', false],
  ] as const)('%i means %s', (code, category, patched) => {
    const scan = classifyRpc(hresult(code), null);
    expect(scan).toMatchObject({ category, patched, answers: true, activationHresult: null });
    expect(scan.hresult).toBe(`0x${code.toString(16).toUpperCase().padStart(8, '0')}`);
    expect(scan.reason).toContain(scan.hresult);
  });

  it.each(withoutHresult)('%j means %s', (answer, category, answers) => {
    expect(classifyRpc(answer, null)).toMatchObject({ category, answers, patched: null, hresult: null });
  });

  it('is the same whether the code is read as signed or unsigned', () => {
    for (const code of [0x8001011d, 0x80070057, DENIED, CALL_FAILED]) {
      expect(classifyRpc(hresult(code | 0), null)).toEqual(classifyRpc(hresult(code), null));
    }
  });

  it('counts as patched for two codes alone, and denied never', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 0xffffffff }), (one, two) => {
        const { category, patched } = classifyRpc(hresult(one), hresult(two));
        expect(patched === true).toBe([0x8001011d, 0x80070057].includes(one));
        expect(category === 'patched').toBe(patched === true);
        expect(classifyRpc(hresult(DENIED), hresult(two))).toMatchObject({ category: 'denied', patched: null });
      }),
    );
  });
});

describe('the answer to RemoteActivation', () => {
  const missing = hresult(0x80004005);

  it.each([
    [0x80080004, 'only-823980', 'KB823980 is in'],
    [DENIED, 'only-823980', 'KB823980 is in'],
    [0x80040154, 'unpatched', 'so is KB823980'],
    [0, 'unpatched', 'so is KB823980'],
    [CALL_FAILED, 'unpatched', 'cannot be told'],
  ] as const)('%i of a host without KB824146 means %s', (code, category, reason) => {
    expect(classifyRpc(missing, hresult(code))).toMatchObject({
      category,
      patched: false,
      hresult: '0x80004005',
      activationHresult: `0x${code.toString(16).toUpperCase().padStart(8, '0')}`,
      reason: expect.stringContaining(reason),
    });
  });

  it.each(withoutHresult)('%j leaves a host without KB824146 unpatched', (answer) => {
    expect(classifyRpc(missing, answer)).toMatchObject({
      category: 'unpatched',
      patched: false,
      activationHresult: null,
      reason: expect.stringContaining('whether KB823980 is in cannot be told'),
    });
  });

  // KB823980scan reported hosts with KB824146 as missing KB823980.
  it('never makes a host with KB824146 one that misses KB823980', () => {
    const second = fc.oneof(
      fc.integer({ min: 0, max: 0xffffffff }).map(hresult),
      fc.constantFrom(...withoutHresult.map(([answer]) => answer)),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.constantFrom(0x8001011d, 0x80070057), second, (code, other) => {
        const scan = classifyRpc(hresult(code), other);
        expect(scan.category).toBe('patched');
        expect(scan.reason).not.toContain('823980');
        expect(missesUpdate(hresult(code))).toBe(false);
      }),
    );
  });

  it('is asked for after an answer that says that KB824146 is missing, and after no other', () => {
    expect(missesUpdate(missing)).toBe(true);
    for (const answer of [hresult(DENIED), hresult(CALL_FAILED), ...withoutHresult.map(([one]) => one)]) {
      expect(missesUpdate(answer)).toBe(false);
    }
  });
});
