/**
 * One call over one TCP connection: connect, bind, call, close. Every stage has its own deadline, which bytes that trickle in
 * do not extend. Must not know what the answer means.
 */
import { createConnection } from 'node:net';
import { FirebreakError, type RpcTarget } from '../domain/index.ts';
import { ProtocolError, RpcClient, type RpcClientEvent, type Syntax } from '../protocol/index.ts';
import { fromSource } from '../util/index.ts';
import type { RpcAnswer, RpcStage } from './rpc-answer.ts';

export interface RpcQuestion {
  readonly interface: Syntax;
  readonly opnum: number;
  readonly stub: Uint8Array;
  /** The HRESULT in the stub of the answer. @throws ProtocolError when it is no such answer */
  readHresult(stub: Uint8Array): number;
}

/** Errors of a connection attempt that say something about the host; all others are this machine's. */
const ANSWER_BY_ERRNO: { readonly [code: string]: RpcAnswer } = {
  ECONNREFUSED: { kind: 'refused' },
  ECONNRESET: { kind: 'refused' },
  ETIMEDOUT: { kind: 'unreachable', why: 'nothing answers' },
  EHOSTUNREACH: { kind: 'unreachable', why: 'no way to the host' },
  EHOSTDOWN: { kind: 'unreachable', why: 'the host is down' },
  ENETUNREACH: { kind: 'unreachable', why: 'no route to its network' },
  ENOTFOUND: { kind: 'no-name' },
  EAI_AGAIN: { kind: 'not-asked', why: 'the name server does not answer' },
};

/** @throws FirebreakError FB_CANCELLED when the signal aborts */
export function converse(target: RpcTarget, question: RpcQuestion, signal: AbortSignal): Promise<RpcAnswer> {
  const { address, port, source, timeoutMs } = target;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled(target));
      return;
    }
    const client = new RpcClient();
    let stage: RpcStage | 'connect' = 'connect';
    const socket = createConnection({
      host: address,
      port,
      ...fromSource(source),
    });
    let timer = setTimeout(onTimeout, timeoutMs);
    const onAbort = (): void => {
      cleanUp();
      reject(cancelled(target));
    };
    function cleanUp(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
    }
    function finish(answer: RpcAnswer): void {
      cleanUp();
      resolve(answer);
    }
    function onTimeout(): void {
      if (stage === 'connect') finish({ kind: 'unreachable', why: `no answer within ${timeoutMs / 1000} s` });
      else finish({ kind: 'silent', stage, timeoutMs });
    }
    function send(next: RpcStage, bytes: Uint8Array): void {
      stage = next;
      clearTimeout(timer);
      timer = setTimeout(onTimeout, timeoutMs);
      socket.write(bytes);
    }
    function onData(data: Buffer): void {
      if (stage === 'connect') return;
      try {
        client.receive(data);
        for (let event = client.next(); event !== null; event = client.next()) {
          if (event.type === 'bound') send('call', client.call(question.opnum, question.stub));
          else {
            finish(answerOf(event, stage, question));
            return;
          }
        }
      } catch (thrown) {
        if (!(thrown instanceof ProtocolError)) throw thrown;
        finish({ kind: 'odd', stage, what: thrown.message });
      }
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => send('bind', client.bind(question.interface)));
    socket.on('data', onData);
    socket.once('end', () => finish({ kind: 'lost', stage: stage === 'connect' ? 'bind' : stage, how: 'closed' }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.message;
      if (stage !== 'connect') finish({ kind: 'lost', stage, how: code === 'ECONNRESET' ? 'reset' : 'closed' });
      else finish(ANSWER_BY_ERRNO[code] ?? { kind: 'not-asked', why: `this machine could not connect (${code})` });
    });
  });
}

function answerOf(
  event: Exclude<RpcClientEvent, { type: 'bound' }>,
  stage: RpcStage,
  question: RpcQuestion,
): RpcAnswer {
  switch (event.type) {
    case 'response':
      return { kind: 'hresult', hresult: question.readHresult(event.stub) };
    case 'fault':
      return { kind: 'fault', stage, status: event.status };
    case 'refused':
      return {
        kind: 'no-interface',
        what: event.nak
          ? `it rejected the bind (reason ${event.reason})`
          : `it has no such interface (result ${event.result}, reason ${event.reason})`,
      };
  }
}

function cancelled({ address, port }: RpcTarget): FirebreakError {
  return new FirebreakError('FB_CANCELLED', `RPC scan of ${address} TCP ${port} was cancelled`);
}
