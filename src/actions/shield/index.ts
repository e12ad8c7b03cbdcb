/** Methods of shielding, by name. */
import type { AdvisoryShield } from '../../advisory/index.ts';
import { dcomShield } from './dcom.ts';
import { firewallShield } from './firewall.ts';
import { ipsecShield } from './ipsec.ts';
import type { ShieldMethod, ShieldPrior } from './model.ts';
import { registryShield } from './registry.ts';
import { rpcHttpShield } from './rpc-http.ts';
import { serviceShield } from './service.ts';

export { CIS, chooseCis } from './cis.ts';
export {
  confirmShield,
  type Restored,
  type ShieldPrior,
  type ShieldRequest,
  type ShieldState,
  shieldPriorSchema,
} from './model.ts';
export { RPC_HTTP } from './rpc-http.ts';
export { managedBy, STOP_TIMEOUT_MS } from './service.ts';

const METHODS: { readonly [method in ShieldPrior['method']]: ShieldMethod } = {
  ipsec: ipsecShield,
  firewall: firewallShield,
  registry: registryShield,
  service: serviceShield,
  dcom: dcomShield,
  'rpc-http': rpcHttpShield,
};

export function shieldMethod(method: ShieldPrior['method']): ShieldMethod {
  return METHODS[method];
}

/** The method of an advisory's shield; null when it is not there yet. */
export function methodOf(shield: AdvisoryShield): ShieldMethod | null {
  return shield.method in METHODS ? METHODS[shield.method as ShieldPrior['method']] : null;
}
