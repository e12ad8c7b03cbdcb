/** Methods of shielding, by name. */
import { ipsecShield } from './ipsec.ts';
import type { ShieldMethod, ShieldPrior } from './model.ts';
import { registryShield } from './registry.ts';

export {
  confirmShield,
  type Restored,
  type ShieldPrior,
  type ShieldRequest,
  type ShieldState,
  shieldPriorSchema,
} from './model.ts';

const METHODS: { readonly [method in ShieldPrior['method']]: ShieldMethod } = {
  ipsec: ipsecShield,
  registry: registryShield,
};

export function shieldMethod(method: ShieldPrior['method']): ShieldMethod {
  return METHODS[method];
}
