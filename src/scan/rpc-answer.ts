/** What one call to a host's RPC service came to, as far as the network can tell. Must not know what it says about patches. */

/** How far the conversation had come. */
export type RpcStage = 'bind' | 'call';

export type RpcAnswer =
  | { readonly kind: 'hresult'; readonly hresult: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'no-name' }
  /** Not the host's doing: this machine could not connect. */
  | { readonly kind: 'not-asked'; readonly why: string }
  /** The connection stood, and nothing (or half of something) came. */
  | { readonly kind: 'silent'; readonly stage: RpcStage; readonly timeoutMs: number }
  | { readonly kind: 'lost'; readonly stage: RpcStage; readonly how: 'reset' | 'closed' }
  | { readonly kind: 'no-interface'; readonly what: string }
  | { readonly kind: 'fault'; readonly stage: RpcStage; readonly status: number }
  /** Not the protocol, or not an answer to what was asked. */
  | { readonly kind: 'odd'; readonly stage: RpcStage; readonly what: string };
