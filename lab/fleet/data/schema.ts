/**
 * The shapes of lab/profiles, lab/packages and lab/fleets: what a machine, an installer and a fleet are, as data with a
 * source and a confidence. Must not know how the engine models a machine (resolve.ts translates).
 */
import { z } from 'zod';

const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and hyphens');
const hostNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,14}$/, 'expected a NetBIOS name: at most 15 of a-z, 0-9, -');
const versionSchema = z.string().regex(/^\d+(\.\d+){2,3}$/, 'expected a version such as 10.0.18362.719');
const portSchema = z.int().min(1).max(65535);
const serviceNameSchema = z.string().regex(/^[A-Za-z0-9_-]+$/, 'expected a service name');

/** H: documented by the vendor; M: several independent sources; L: one source or recalled; made-up: the lab's own. */
const confidenceSchema = z.enum(['H', 'M', 'L', 'made-up']);
const originSchema = { source: z.string().min(1), confidence: confidenceSchema };

const registryValueSchema = z.union([
  z.string(),
  z.int().min(0).max(0xffffffff),
  z.strictObject({ type: z.literal('REG_SZ'), value: z.string() }),
  z.strictObject({ type: z.literal('REG_EXPAND_SZ'), value: z.string() }),
  z.strictObject({ type: z.literal('REG_DWORD'), value: z.int().min(0).max(0xffffffff) }),
  z.strictObject({ type: z.literal('REG_QWORD'), value: z.int().min(0) }),
  z.strictObject({ type: z.literal('REG_MULTI_SZ'), value: z.array(z.string()) }),
  z.strictObject({ type: z.literal('REG_BINARY'), value: z.string().regex(/^([0-9a-f]{2})*$/, 'expected hex bytes') }),
]);

/** key → value name → value; the name `(default)` is the key's default value; null takes a value of the base away. */
const registrySchema = z.record(
  z.string().regex(/^HK(LM|CU)\\/, 'expected a key under HKLM or HKCU'),
  z.record(z.string(), registryValueSchema.nullable()),
);

const serviceSchema = z.strictObject({
  display: z.string().optional(),
  state: z.enum(['running', 'stopped']),
  start: z.enum(['boot', 'system', 'automatic', 'manual', 'disabled']).optional(),
  account: z.string().optional(),
  depends: z.array(serviceNameSchema).optional(),
});

const fileSchema = z.strictObject({
  version: versionSchema.optional(),
  size: z.int().min(0).optional(),
});

const troubleSchema = z.strictObject({
  kind: z.enum(['network-loss', 'installer-fails', 'installer-hangs', 'no-return', 'power-loss']),
  /** network-loss and power-loss: right away, or when an installer starts its work. */
  when: z.enum(['now', 'installing']).optional(),
  /** Seconds after that moment. */
  after: z.number().min(0).optional(),
  /** Seconds that it lasts; absent: for good. */
  for: z.number().positive().optional(),
  /** Of installer-fails; an HRESULT may be written as the unsigned number that Windows shows. */
  exit_code: z.int().min(-0x80000000).max(0xffffffff).optional(),
});
export type Trouble = z.output<typeof troubleSchema>;

const osSchema = z.strictObject({
  product: z.string(),
  /** Win32_OperatingSystem.Caption */
  caption: z.string(),
  version: versionSchema,
  ubr: z.int().min(0),
  release: z.string(),
  edition: z.string(),
  installation: z.enum(['Client', 'Server', 'Server Core']),
  /** 1 workstation, 2 domain controller, 3 server (Win32_OperatingSystem.ProductType). */
  product_type: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  language: z.enum(['ENU', 'JPN']),
  culture: z.string().regex(/^[a-z]{2}-[A-Z]{2}$/),
  utc_offset_minutes: z.int(),
  arch: z.literal('x64'),
});

/** What a variant may change of its profile; maps are merged, lists are added. */
const machineSchema = z.strictObject({
  services: z.record(serviceNameSchema, serviceSchema).optional(),
  /** port → the service that listens there */
  listens: z.strictObject({ tcp: portMap().optional(), udp: portMap().optional() }).optional(),
  files: z.record(z.string().regex(/^(%SystemRoot%|[A-Z]:)\\/, 'expected an absolute path'), fileSchema).optional(),
  registry: registrySchema.optional(),
  hotfixes: z
    .array(
      z.strictObject({
        id: z.string().regex(/^KB\d+$/),
        on: z.iso.date(),
        kind: z.enum(['Update', 'Security Update']),
      }),
    )
    .optional(),
});

function portMap(): z.ZodRecord<z.ZodString, typeof serviceNameSchema> {
  return z.record(
    z.string().refine((text) => portSchema.safeParse(Number(text)).success, 'expected a port from 1 to 65535'),
    serviceNameSchema,
  );
}

/** In the words of netsh: `any`, `me`, an address or address/prefix; port 0 = any. */
const ipsecFilterSchema = z.strictObject({
  src: z.string().default('any'),
  dst: z.string().default('me'),
  protocol: z.enum(['tcp', 'udp', 'any']),
  src_port: z.int().min(0).max(65535).default(0),
  dst_port: z.int().min(0).max(65535).default(0),
  mirrored: z.boolean().default(true),
});

const ipsecPolicySchema = z.strictObject({
  name: z.string(),
  assigned: z.boolean(),
  rules: z.array(
    z.strictObject({
      name: z.string(),
      action: z.enum(['permit', 'block']),
      filters: z.array(ipsecFilterSchema).min(1),
    }),
  ),
});

const variantSchema = z.strictObject({
  summary: z.string().min(1),
  ...originSchema,
  ...machineSchema.shape,
  os: z
    .strictObject({ ubr: osSchema.shape.ubr, product_type: osSchema.shape.product_type, domain: z.string() })
    .partial()
    .optional(),
  /** Packages that are installed and in effect. */
  installed: z.array(nameSchema).optional(),
  /** Packages whose installer has ended and that wait for a restart. */
  awaiting_reboot: z.array(nameSchema).optional(),
  trouble: z.array(troubleSchema).optional(),
  ipsec: z.array(ipsecPolicySchema).optional(),
});
export type Variant = z.output<typeof variantSchema>;

export const profileSchema = z.strictObject({
  profile: nameSchema,
  title: z.string().min(1),
  ...originSchema,
  /** Another profile that this one starts from. */
  base: nameSchema.optional(),
  /** True when it is only a base and no machine. */
  abstract: z.literal(true).optional(),
  /** The variant of a host that names none. */
  default: nameSchema.optional(),
  os: osSchema.partial().optional(),
  powershell: z.strictObject({ version: versionSchema }).optional(),
  ...machineSchema.shape,
  programs: z.array(z.string().regex(/^[a-z0-9]+$/)).optional(),
  /** Packages that exist for this machine. */
  accepts: z.array(nameSchema).optional(),
  boot: z
    .strictObject({
      uptime_hours: z.number().min(0),
      shutdown_seconds: z.number().min(0),
      seconds: z.number().positive(),
    })
    .optional(),
  lockout: z
    .strictObject({ threshold: z.int().min(0), window_minutes: z.int().min(1), duration_minutes: z.int().min(1) })
    .optional(),
  variants: z.record(nameSchema, variantSchema).optional(),
});
export type Profile = z.output<typeof profileSchema>;

/** A profile with its bases merged in: nothing is missing. */
export const completeProfileSchema = profileSchema.extend({
  os: osSchema,
  powershell: z.strictObject({ version: versionSchema }),
  services: machineSchema.shape.services.unwrap(),
  listens: machineSchema.shape.listens.unwrap(),
  files: machineSchema.shape.files.unwrap(),
  registry: machineSchema.shape.registry.unwrap(),
  hotfixes: machineSchema.shape.hotfixes.unwrap(),
  programs: z.array(z.string()).min(1),
  accepts: z.array(nameSchema),
  boot: profileSchema.shape.boot.unwrap(),
  lockout: profileSchema.shape.lockout.unwrap(),
  default: nameSchema,
  variants: z.record(nameSchema, variantSchema),
});
export type CompleteProfile = z.output<typeof completeProfileSchema>;

const effectsSchema = z.strictObject({
  ubr: z.int().optional(),
  files: z.record(z.string(), fileSchema).optional(),
  registry: registrySchema.optional(),
});

export const packageSchema = z.strictObject({
  package: nameSchema,
  title: z.string().min(1),
  ...originSchema,
  file: z.string().regex(/^[A-Za-z0-9._-]+$/),
  kb: z.string().regex(/^KB\d+$/),
  engine: z.enum(['wusa']),
  /** Component store name as `dism /online /get-packages` shows it. */
  cbs: z.string(),
  /** Size of the file that the lab makes: the real one is not shipped. */
  content_bytes: z.int().min(64).max(4_000_000),
  /** SHA-256 of the lab's file; checked when it is made, so that data and code cannot drift apart. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  applies: z.strictObject({ builds: z.array(z.int()), arch: z.array(z.literal('x64')), superseded_from_ubr: z.int() }),
  /** How long the installer works. */
  seconds: z.number().positive(),
  /** 3010 (restart needed) or 0 */
  exit_code: z.union([z.literal(0), z.literal(3010)]),
  /** As the list of hotfixes shows it. */
  hotfix: z.string(),
  /** What is so as soon as the installer has ended. */
  effects: effectsSchema.omit({ ubr: true }).optional(),
  /** What becomes so at the next boot. */
  at_boot: effectsSchema,
});
export type LabPackage = z.output<typeof packageSchema>;

/** A JEA or otherwise limited endpoint. */
const configurationSchema = z.strictObject({
  language: z.enum(['FullLanguage', 'ConstrainedLanguage', 'RestrictedLanguage', 'NoLanguage']).default('FullLanguage'),
  /** What clients see, by name; absent: everything. */
  commands: z.array(z.string().regex(/^[A-Za-z][\w-]*$/, 'expected the name of a command')).optional(),
  /** Folders of script modules (as of ps-modules), from the fleet file's folder, in the order of loading. */
  modules: z.array(z.string().min(1)).default([]),
});
export type SessionConfigurations = Readonly<Record<string, z.output<typeof configurationSchema>>>;

const hostSchema = z.strictObject({
  name: hostNameSchema,
  profile: nameSchema,
  variant: nameSchema.optional(),
  groups: z.array(z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected a group name: a-z, 0-9, _')).default([]),
  vars: z.record(z.string(), z.json()).default({}),
  /** false: as Windows is by default, no Basic over HTTP and no body in the clear. */
  allow_unencrypted: z.boolean().default(true),
  /** true: OpenSSH with the subsystem powershell; exec: without it, as where there is only Windows PowerShell. */
  ssh: z.union([z.boolean(), z.literal('exec')]).default(false),
  /** true: HTTPS on 5986 too, with a certificate of the lab's authority; the inventory then names that. */
  https: z.boolean().default(false),
  /** CbtHardeningLevel of the WinRM service. */
  cbt: z.enum(['none', 'relaxed', 'strict']).default('relaxed'),
  /** Session configurations by name, besides PowerShell's own. */
  configurations: z
    .record(z.string().regex(/^[A-Za-z][\w.-]*$/, 'expected the name of a configuration'), configurationSchema)
    .optional(),
});
export type FleetHost = z.output<typeof hostSchema>;

export const fleetSchema = z
  .strictObject({
    title: z.string().optional(),
    hosts: z.array(hostSchema).min(1),
    /** Machines accept Kerberos with the keys of this key table (from the fleet file's folder) and users of this realm. */
    kerberos: z.strictObject({ keytab: z.string().min(1), realm: z.string().min(1) }).optional(),
  })
  .superRefine(({ hosts }, context) => {
    const seen = new Set<string>();
    hosts.forEach(({ name }, index) => {
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: ['hosts', index, 'name'], message: `host "${name}" is there twice` });
      seen.add(name);
    });
  });
export type FleetFile = z.output<typeof fleetSchema>;
