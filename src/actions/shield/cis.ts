/**
 * The two policies for one hole: without and with the ports of COM Internet Services (CIS) and RPC over HTTP. Says which
 * of an advisory's IPsec shields a host can take. Must not know how a policy is written.
 */
import { z } from 'zod';
import type { AdvisoryShield } from '../../advisory/index.ts';
import type { StepContext } from '../../domain/index.ts';
import { callHost } from '../host-call.ts';

export const CIS = ['auto', 'with', 'without'] as const;
type Cis = (typeof CIS)[number];

const httpSchema = z.object({
  /** Null: it cannot be told. */
  Serves: z.boolean().nullable(),
  /** CIS or RPC over HTTP are installed; null: it cannot be told. */
  RpcProxy: z.boolean().nullable(),
  Reason: z.string(),
});

/** The shields that come into question, best first; and what people should know of the choice. */
interface CisChoice {
  readonly shields: readonly AdvisoryShield[];
  readonly notes: readonly string[];
}

/**
 * `auto` takes the policy with CIS only where CIS is installed and nothing serves HTTP; elsewhere the one without. The
 * host is asked only when the advisory has both.
 *
 * @throws FirebreakError those of callHost
 */
export async function chooseCis(step: StepContext, shields: readonly AdvisoryShield[], cis: Cis): Promise<CisChoice> {
  const isCis = (shield: AdvisoryShield): boolean => shield.method === 'ipsec' && shield.variant === 'cis';
  const without = shields.filter((shield) => !isCis(shield));
  if (without.length === shields.length || cis === 'without') return { shields: without, notes: [] };
  const withCis = shields.filter((shield) => shield.method !== 'ipsec' || isCis(shield));
  if (cis === 'with') return { shields: withCis, notes: [] };
  const http = await readHttp(step);
  if (http.RpcProxy === false) return { shields: without, notes: [] };
  if (http.RpcProxy === true && http.Serves === false) return { shields: withCis, notes: [] };
  const why = http.Serves === true ? `it serves HTTP (${http.Reason})` : `${http.Reason || 'it cannot be told'}`;
  const note =
    http.RpcProxy === true
      ? `CIS or RPC over HTTP is installed, but TCP 80 and 443 stay open: ${why}; switch CIS off where it is not needed (KB825819)`
      : 'whether CIS or RPC over HTTP is installed cannot be told, so TCP 80 and 443 stay open';
  return { shields: without, notes: [note] };
}

/**
 * Why this shield must not be put up on this host: it would cut a web server's clients off, or us. Null when it may.
 *
 * @throws FirebreakError those of callHost
 */
export async function cisProblem(step: StepContext, shield: AdvisoryShield): Promise<string | null> {
  if (shield.method !== 'ipsec') return null;
  const tcp = shield.tcp ?? [];
  const { transport, port } = step.host;
  if (transport === 'winrm' && step.host.connection?.relay === undefined && tcp.includes(port)) {
    return `it would close TCP ${port}, by which the host is managed`;
  }
  if (shield.variant !== 'cis' && shield.refuse_if?.includes('http-server') !== true) return null;
  const http = await readHttp(step);
  if (http.Serves === false) return null;
  if (http.Serves === null) return `it cannot be told whether the host serves HTTP: ${http.Reason}`;
  return `the policy with CIS would cut off the clients of a web server: ${http.Reason}`;
}

function readHttp(step: StepContext): Promise<z.infer<typeof httpSchema>> {
  return callHost(step, { module: 'Shield', function: 'Get-FbHttpServer', result: httpSchema });
}
