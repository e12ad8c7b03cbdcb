/**
 * From the answers of a host to what they say about KB824146 and KB823980 (pure). The only answers that stand for a patch
 * are those that were seen of patched hosts; being denied is none of them, and what is not understood is left to a person.
 */
import type { RpcScan } from '../domain/index.ts';
import type { RpcAnswer, RpcStage } from './rpc-answer.ts';

const E_ACCESSDENIED = 0x80070005;
const E_INVALIDARG = 0x80070057;
const RPC_E_INVALID_OBJREF = 0x8001011d;
const CO_E_BAD_PATH = 0x80080004;
/** RPC_S_CALL_FAILED as an HRESULT: the call broke, whatever the host has. */
const CALL_FAILED = 0x800706be;

const NAMES: { readonly [hresult: number]: string } = {
  [E_ACCESSDENIED]: 'access denied',
  [E_INVALIDARG]: 'invalid argument',
  [RPC_E_INVALID_OBJREF]: 'invalid object reference',
  [CO_E_BAD_PATH]: 'bad path',
  [CALL_FAILED]: 'the call failed',
};

/** As users read it: `0x8001011D`. */
function formatHresult(hresult: number): string {
  return `0x${(hresult >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

/** True when the answer says that KB824146 is missing: then KB823980 may be asked for. */
export function missesUpdate(answer: RpcAnswer): boolean {
  return classifyRpc(answer, null).category === 'unpatched';
}

/**
 * @param first answer to RemoteGetClassObject
 * @param second answer to RemoteActivation; null when it was not asked
 */
export function classifyRpc(first: RpcAnswer, second: RpcAnswer | null): RpcScan {
  const none = { patched: null, answers: false, hresult: null, activationHresult: null } as const;
  switch (first.kind) {
    case 'hresult':
      return classifyHresult(first.hresult, second);
    case 'refused':
      return { ...none, category: 'refused', reason: 'the port refuses connections: no RPC service listens there' };
    case 'unreachable':
      return { ...none, category: 'unreachable', reason: `the port cannot be reached: ${first.why}` };
    case 'no-name':
      return { ...none, answers: null, category: 'invalid-address', reason: 'its name cannot be resolved' };
    case 'not-asked':
      return { ...none, answers: null, category: 'needs-investigation', reason: first.why };
    default:
      return { ...none, answers: true, category: 'needs-investigation', reason: describe(first) };
  }
}

function classifyHresult(code: number, second: RpcAnswer | null): RpcScan {
  const hresult = formatHresult(code);
  const seen = `it answered ${named(code)}`;
  const one = { answers: true, hresult, activationHresult: null } as const;
  switch (code >>> 0) {
    case RPC_E_INVALID_OBJREF:
    case E_INVALIDARG:
      return { ...one, category: 'patched', patched: true, reason: `${seen}, as hosts with KB824146 do` };
    case E_ACCESSDENIED:
      return {
        ...one,
        category: 'denied',
        patched: null,
        reason: `${seen}: DCOM is off, or the system lets nobody in without a logon (XP SP2, Server 2003 SP1 and later); it may have KB824146 or not`,
      };
    case CALL_FAILED:
      return { ...one, category: 'needs-investigation', patched: null, reason: seen };
    default:
      return { ...classifyOlder(second, `${seen}: KB824146 is missing`), hresult, answers: true, patched: false };
  }
}

/** Has a host without KB824146 at least KB823980? */
function classifyOlder(
  second: RpcAnswer | null,
  seen: string,
): Pick<RpcScan, 'category' | 'reason' | 'activationHresult'> {
  if (second === null)
    return {
      category: 'unpatched',
      activationHresult: null,
      reason: `${seen}; whether KB823980 is in was not asked`,
    };
  if (second.kind !== 'hresult' || second.hresult >>> 0 === CALL_FAILED) {
    const why = second.kind === 'hresult' ? `it answered ${named(second.hresult)}` : describe(second);
    return {
      category: 'unpatched',
      activationHresult: second.kind === 'hresult' ? formatHresult(second.hresult) : null,
      reason: `${seen}; whether KB823980 is in cannot be told: ${why}`,
    };
  }
  const isOlderIn = [CO_E_BAD_PATH, E_ACCESSDENIED].includes(second.hresult >>> 0);
  return {
    category: isOlderIn ? 'only-823980' : 'unpatched',
    activationHresult: formatHresult(second.hresult),
    reason: `${seen}; ${isOlderIn ? 'KB823980 is in' : 'so is KB823980'} (${named(second.hresult)} to RemoteActivation)`,
  };
}

function named(hresult: number): string {
  const name = NAMES[hresult >>> 0];
  return name === undefined ? formatHresult(hresult) : `${formatHresult(hresult)} (${name})`;
}

function describe(answer: RpcAnswer): string {
  switch (answer.kind) {
    case 'hresult':
      return `it answered ${named(answer.hresult)}`;
    case 'refused':
      return 'the port refused the connection';
    case 'unreachable':
    case 'not-asked':
      return answer.why;
    case 'no-name':
      return 'its name cannot be resolved';
    case 'silent':
      return `it took the connection and did not answer ${toWhat(answer.stage)} within ${answer.timeoutMs / 1000} s`;
    case 'lost':
      return `it ${answer.how === 'reset' ? 'reset' : 'closed'} the connection instead of answering ${toWhat(answer.stage)}`;
    case 'no-interface':
      return `it speaks RPC, but ${answer.what}`;
    case 'fault':
      return `it answered ${toWhat(answer.stage)} with the RPC fault ${formatHresult(answer.status)}`;
    case 'odd':
      return `what it answered ${toWhat(answer.stage)} is no such answer: ${answer.what}`;
  }
}

function toWhat(stage: RpcStage): string {
  return stage === 'bind' ? 'the bind' : 'the call';
}
