/** Shields that help until the fix is in, as data. How they are put up is no business of these shapes. */
import { z } from 'zod';
import { buildNumber, confidence, keyPath } from './schema-parts.ts';

const port = z.int().min(1).max(65_535);
export const serviceName = z.string().regex(/^[A-Za-z0-9_-]+$/, 'a service by its own name, such as Spooler');
/** Roles that the role guard knows, as Get-FbFact names them. */
export const ROLES = [
  'domain-controller',
  'cluster',
  'file-server',
  'mail-server',
  'dns-server',
  'print-server',
] as const;
const common = {
  side_effects: z.string().min(1),
  /** Builds that have what the method needs; none given: any. */
  builds: z.array(buildNumber).min(1).optional(),
  /** Least service pack by build, where the method needs one. */
  min_sp: z.record(z.string().regex(/^\d+$/, 'a build number'), z.int().min(1)).optional(),
  reboot: z.boolean().optional(),
  /** Roles whose clients this shield would hurt; none given: every role that the role guard knows. */
  guards: z.array(z.enum(ROLES)).optional(),
  source: z.string().min(1),
  confidence,
};

export const shield = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('ipsec'),
    /** Two policies of the same purpose: without and with COM Internet Services. */
    variant: z.enum(['base', 'cis']).optional(),
    tcp: z.array(port).optional(),
    udp: z.array(port).optional(),
    /** Refused on a host that serves one of these. */
    refuse_if: z.array(z.enum(['http-server'])).optional(),
    ...common,
  }),
  z.strictObject({
    method: z.literal('registry'),
    key: keyPath,
    /** Where a Group Policy would set the value of that name; it overrules this one. */
    policy_key: keyPath.optional(),
    name: z.string().min(1),
    type: z.enum(['DWord', 'String']),
    value: z.union([z.int(), z.string()]),
    /** Reads the value only when it starts: it is restarted, and the shield stands once it has been. */
    restart_service: serviceName.optional(),
    ...common,
  }),
  /** Stopped and disabled. */
  z.strictObject({ method: z.literal('service'), service: serviceName, ...common }),
  /** EnableDCOM off; takes effect with the next start. */
  z.strictObject({ method: z.literal('dcom'), ...common }),
  /** The host's own firewall: these ports (XP SP2 and later); none: the whole host, where it knows no ports. */
  z.strictObject({
    method: z.literal('firewall'),
    tcp: z.array(port).optional(),
    udp: z.array(port).optional(),
    ...common,
  }),
  /** Ports that the RPC proxy forwards to, without this one. */
  z.strictObject({ method: z.literal('rpc-http'), tcp: z.array(port).min(1), ...common }),
]);

export const SHIELD_KEYS = shield.options.flatMap((option) => Object.keys(option.shape));
