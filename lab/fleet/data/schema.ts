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
const pathSchema = z.string().regex(/^(%SystemRoot%|[A-Z]:)\\/, 'expected an absolute path');
/** Who listens: a service, the image name of a program, or nobody but the system itself. */
const listenerSchema = z
  .string()
  .regex(/^([A-Za-z0-9_-]+(\.exe)?)?$/, 'expected a service, a program ending in .exe, or "" for the system');
const languageSchema = z.enum(['ENU', 'JPN', 'DEU']);
const archSchema = z.enum(['x86', 'x64', 'ia64']);

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
  /** Command line of its process. */
  image: z.string().optional(),
  /** What happens when its process dies, one entry for each time: `none`, `restart/MS`, `reboot/MS`. */
  failure: z
    .array(z.string().regex(/^(none|(restart|reboot)\/\d+)$/, 'expected none, restart/MS or reboot/MS'))
    .optional(),
});

/** A program that runs from each boot on while its file (and the value that starts it) is there. */
const processSchema = z.strictObject({
  path: pathSchema,
  account: z.string().optional(),
  run: z.strictObject({ key: z.string().regex(/^HKLM\\/, 'expected a key under HKLM'), name: z.string() }).optional(),
});

const fileSchema = z.strictObject({
  version: versionSchema.optional(),
  size: z.int().min(0).optional(),
});

const troubleSchema = z.strictObject({
  kind: z.enum([
    'network-loss',
    'installer-fails',
    'installer-hangs',
    'no-return',
    'power-loss',
    'rpc-crash',
    'rpc-attack',
    'rpc-silent',
    'rpc-garbage',
    'rpc-half',
    'rpc-reset',
    'rpc-fault',
    'rpc-short',
  ]),
  /** network-loss and power-loss: right away, or when an installer starts its work. */
  when: z.enum(['now', 'installing']).optional(),
  /** Seconds after that moment. */
  after: z.number().min(0).optional(),
  /** Seconds that it lasts; absent: for good. */
  for: z.number().positive().optional(),
  /** Of rpc-attack: seconds from one to the next. */
  every: z.number().positive().optional(),
  /** Of installer-fails; an HRESULT may be written as the unsigned number that Windows shows. */
  exit_code: z.int().min(-0x80000000).max(0xffffffff).optional(),
});
export type Trouble = z.output<typeof troubleSchema>;

const osSchema = z.strictObject({
  product: z.string(),
  /** Win32_OperatingSystem.Caption */
  caption: z.string(),
  version: versionSchema,
  /** 0: a system without one (before Windows 10). */
  ubr: z.int().min(0).default(0),
  release: z.string().optional(),
  service_pack: z.int().min(0).max(9).default(0),
  system_root: z
    .string()
    .regex(/^[A-Z]:\\[^\\]+$/, 'expected a folder such as C:\\WINNT')
    .optional(),
  /** CurrentType in the registry, e.g. Uniprocessor Free. */
  current_type: z.string().optional(),
  /** ProductSuite in the registry, e.g. Terminal Server. */
  suites: z.array(z.string()).optional(),
  platform: z.enum(['at', 'nec98']).optional(),
  edition: z.string(),
  installation: z.enum(['Client', 'Server', 'Server Core']),
  /** 1 workstation, 2 domain controller, 3 server (Win32_OperatingSystem.ProductType). */
  product_type: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  language: languageSchema,
  culture: z.string().regex(/^[a-z]{2}-[A-Z]{2}$/),
  utc_offset_minutes: z.int(),
  arch: archSchema,
});
/** Without the defaults: in a profile what is absent comes from its base. */
const partialOsSchema = osSchema.extend({ ubr: z.int().min(0), service_pack: z.int().min(0).max(9) }).partial();

/** What a variant may change of its profile; maps are merged, lists are added. */
const bootSchema = z.strictObject({
  uptime_hours: z.number().min(0),
  shutdown_seconds: z.number().min(0),
  seconds: z.number().positive(),
  /** From the boot on no IPsec policy is in force for so long. */
  ipsec_gap_seconds: z.number().min(0).optional(),
});

const eventLogSchema = z.strictObject({
  /** Nothing older: cleared, or overwritten. */
  since_hours: z.number().positive().optional(),
  events: z
    .array(
      z.strictObject({
        hours_ago: z.number().min(0),
        id: z.int().min(1).max(0xffff),
        source: z.string().min(1),
        kind: z.enum(['error', 'warning', 'information']).default('error'),
        /** What the text is made of. */
        strings: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

export type EventLog = z.output<typeof eventLogSchema>;

const machineSchema = z.strictObject({
  services: z.record(serviceNameSchema, serviceSchema).optional(),
  /** port → the service that listens there; one that is not installed: refused, and silent behind a block */
  listens: z.strictObject({ tcp: portMap().optional(), udp: portMap().optional() }).optional(),
  files: z.record(pathSchema, fileSchema).optional(),
  registry: registrySchema.optional(),
  hotfixes: z
    .array(
      z.strictObject({
        id: z.string().regex(/^(KB|Q)\d+$/),
        on: z.iso.date(),
        kind: z.enum(['Update', 'Security Update', 'Hotfix']),
      }),
    )
    .optional(),
  processes: z.array(processSchema).optional(),
  /** The log System before the lab, besides the machine's starts. */
  event_log: eventLogSchema.optional(),
  /** Local accounts besides the administrator of the inventory. */
  accounts: z
    .record(
      z.string().regex(/^[^"/\\[\]:;|=,+*?<>]{1,20}$/, 'expected the name of an account'),
      z.strictObject({
        password: z.string(),
        admin: z.boolean().optional(),
        disabled: z.boolean().optional(),
        password_required: z.boolean().optional(),
        password_expires: z.boolean().optional(),
      }),
    )
    .optional(),
  /** Who is logged on, at the console or by Remote Desktop; `for`: seconds until they log off. */
  logged_on: z
    .array(
      z.strictObject({
        user: z.string(),
        remote: z.boolean().optional(),
        disconnected: z.boolean().optional(),
        for: z.number().positive().optional(),
      }),
    )
    .optional(),
  /** What of logons is audited. */
  audit_logon: z.enum(['none', 'success', 'failure', 'both']).optional(),
  /** Fixed disks and their file systems; C: is NTFS unless it is named. */
  disks: z
    .record(z.string().regex(/^[C-Z]:$/, 'expected a drive such as D:'), z.enum(['FAT', 'FAT32', 'NTFS']))
    .optional(),
});

function portMap(): z.ZodRecord<z.ZodString, typeof listenerSchema> {
  return z.record(
    z.string().refine((text) => portSchema.safeParse(Number(text)).success, 'expected a port from 1 to 65535'),
    listenerSchema,
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

const ipsecRulesSchema = z.array(
  z.strictObject({
    name: z.string(),
    action: z.enum(['permit', 'block']),
    filters: z.array(ipsecFilterSchema).min(1),
  }),
);
const ipsecPolicySchema = z.strictObject({ name: z.string(), assigned: z.boolean(), rules: ipsecRulesSchema });
export type IpsecRules = z.output<typeof ipsecRulesSchema>;

/** A package by its name, or by its KB: then the one that this machine can have. */
const packageOrKbSchema = z.union([z.string().regex(/^KB\d+$/), nameSchema]);

const variantSchema = z.strictObject({
  summary: z.string().min(1),
  ...originSchema,
  ...machineSchema.shape,
  os: z
    .strictObject({
      ubr: z.int().min(0),
      service_pack: z.int().min(0).max(9),
      product_type: osSchema.shape.product_type,
      domain: z.string(),
    })
    .partial()
    .optional(),
  /** Packages that are installed and in effect. */
  installed: z.array(packageOrKbSchema).optional(),
  /** Packages whose installer has ended and that wait for a restart. */
  awaiting_reboot: z.array(packageOrKbSchema).optional(),
  /** Packages whose files are there and nothing else: what an integrated installation leaves. */
  files_of: z.array(packageOrKbSchema).optional(),
  /** Packages whose registry keys are there and nothing else. */
  keys_of: z.array(packageOrKbSchema).optional(),
  trouble: z.array(troubleSchema).optional(),
  boot: bootSchema.partial().optional(),
  ipsec: z.array(ipsecPolicySchema).optional(),
  /** The policy that a Group Policy object assigns; it overrides the local one. */
  gpo_ipsec: z.strictObject({ name: z.string(), rules: ipsecRulesSchema }).optional(),
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
  os: partialOsSchema.optional(),
  /** Absent: none on the machine, and so no WinRM or SSH; others reach it through a relay. */
  powershell: z.strictObject({ version: versionSchema }).optional(),
  /** ADMIN$ and C$; absent: as the system has them. */
  admin_shares: z.boolean().optional(),
  ...machineSchema.shape,
  programs: z.array(z.string().regex(/^[a-z0-9]+$/)).optional(),
  /** Packages that exist for this machine. */
  accepts: z.array(nameSchema).optional(),
  boot: bootSchema.partial().optional(),
  lockout: z
    .strictObject({ threshold: z.int().min(0), window_minutes: z.int().min(1), duration_minutes: z.int().min(1) })
    .optional(),
  variants: z.record(nameSchema, variantSchema).optional(),
});
export type Profile = z.output<typeof profileSchema>;

/** A profile with its bases merged in: nothing is missing. */
export const completeProfileSchema = profileSchema.extend({
  os: osSchema,
  services: machineSchema.shape.services.unwrap(),
  listens: machineSchema.shape.listens.unwrap(),
  files: machineSchema.shape.files.unwrap(),
  registry: machineSchema.shape.registry.unwrap(),
  hotfixes: machineSchema.shape.hotfixes.unwrap(),
  programs: z.array(z.string()),
  accepts: z.array(nameSchema),
  boot: bootSchema,
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

const appliesSchema = z.strictObject({
  builds: z.array(z.int()).optional(),
  arch: z.array(archSchema).optional(),
  /** Service pack levels. */
  service_packs: z.array(z.int().min(0).max(9)).optional(),
  product_types: z.array(z.union([z.literal(1), z.literal(2), z.literal(3)])).optional(),
  /** Product suites that must be there, and those that must not. */
  suites: z.array(z.string()).optional(),
  no_suites: z.array(z.string()).optional(),
  platform: z.enum(['at', 'nec98']).optional(),
  superseded_from_ubr: z.int().optional(),
});

const hotfixSchema = z.union([
  z.string(),
  z.strictObject({ id: z.string(), service_pack_in_effect: z.string().optional(), description: z.string() }),
]);

const changesSchema = {
  /** As the list of hotfixes shows it; a text is its description. */
  hotfix: hotfixSchema.optional(),
  /** What is so as soon as the installer has ended. */
  effects: effectsSchema.omit({ ubr: true }).optional(),
  /** What becomes so at the next boot. */
  at_boot: effectsSchema.optional(),
};

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const fileNameSchema = z.string().regex(/^[A-Za-z0-9._-]+$/);

const guidSchema = z.string().regex(/^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/, 'expected a {GUID} in capitals');

/** An installer, or a tool that is no part of Windows; with `files` one for each language. */
export const packageSchema = z
  .strictObject({
    package: nameSchema,
    title: z.string().min(1),
    ...originSchema,
    file: fileNameSchema.optional(),
    /** SHA-256 of the lab's file; checked when it is made, so that data and code cannot drift apart. */
    sha256: sha256Schema.optional(),
    /** One file for each language: the packages are then PACKAGE-LANGUAGE. */
    files: z
      .array(z.strictObject({ language: languageSchema, file: fileNameSchema, sha256: sha256Schema }))
      .min(1)
      .optional(),
    kb: z.string().regex(/^(KB\d+|tool)$/),
    /** wusa: an .msu; update: update.exe until 2003; update2: from 2004 on; hotfix: NT 4; msi, msp: for msiexec; tool: a copy of `program`. */
    engine: z.enum(['wusa', 'update', 'update2', 'hotfix', 'msi', 'msp', 'tool']),
    /** Codes of the Windows Installer: of the product of an msi or msp, of an msp itself. */
    product: guidSchema.optional(),
    patch: guidSchema.optional(),
    /** Subject of whoever signed it; absent: Microsoft, empty: nobody. */
    signer: z.string().optional(),
    program: z
      .string()
      .regex(/^[a-z0-9]+$/)
      .optional(),
    /** Component store name as `dism /online /get-packages` shows it. */
    cbs: z.string().optional(),
    /** Size of the file that the lab makes: the real one is not shipped. */
    content_bytes: z.int().min(64).max(4_000_000),
    applies: appliesSchema,
    /** How long the installer works. */
    seconds: z.number().positive(),
    /** 3010 (restart needed) or 0 */
    exit_code: z.union([z.literal(0), z.literal(3010)]),
    /** Whether `at_boot` waits for the boot; absent: when the exit code is 3010. */
    reboot: z.boolean().optional(),
    /** Where the package does not fit the machine. */
    refused_exit_code: z.int().optional(),
    /** Folder and log file under the Windows folder. */
    uninstall: z.string().optional(),
    log: z.string().optional(),
    ...changesSchema,
    /** In the place of `at_boot` and its neighbours where they differ: the first that fits the machine holds. */
    branches: z.array(z.strictObject({ when: appliesSchema, ...changesSchema })).optional(),
  })
  .superRefine((of, context) => {
    const fail = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const isOne = of.file !== undefined && of.sha256 !== undefined;
    if (isOne === (of.files !== undefined)) fail('file', 'expected either file and sha256, or files');
    if ((of.program !== undefined) !== (of.engine === 'tool'))
      fail('program', 'expected with engine: tool, and only there');
    if ((of.product !== undefined) !== /^ms[ip]$/.test(of.engine))
      fail('product', 'expected with engine: msi or msp, and only there');
    if ((of.patch !== undefined) !== (of.engine === 'msp')) fail('patch', 'expected with engine: msp, and only there');
  });
type PackageFile = z.output<typeof packageSchema>;

/** A package of one file. */
export type LabPackage = Omit<PackageFile, 'file' | 'sha256' | 'files'> & {
  readonly file: string;
  readonly sha256: string;
  /** Absent: for any. */
  readonly language?: z.output<typeof languageSchema>;
};
export type Applies = z.output<typeof appliesSchema>;

/** One package for each language of the file. */
export function packagesOf({ file, sha256, files, ...rest }: PackageFile): LabPackage[] {
  if (files !== undefined) {
    return files.map(({ language, ...one }) => ({
      ...rest,
      ...one,
      language,
      package: `${rest.package}-${language.toLowerCase()}`,
    }));
  }
  return file === undefined || sha256 === undefined ? [] : [{ ...rest, file, sha256 }];
}

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
  /** true: others are reached through this one; a name: reached through that one (absent, without PowerShell: the first). */
  relay: z.union([z.literal(true), hostNameSchema]).optional(),
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
    const relays = new Set(hosts.filter(({ relay }) => relay === true).map(({ name }) => name));
    hosts.forEach(({ name, relay }, index) => {
      if (typeof relay !== 'string' || relays.has(relay)) return;
      const message = `host "${name}": "${relay}" is not marked relay: true`;
      context.addIssue({ code: 'custom', path: ['hosts', index, 'relay'], message });
    });
  });
export type FleetFile = z.output<typeof fleetSchema>;
