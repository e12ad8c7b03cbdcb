/**
 * Checks of a host's security configuration as data, and the settings that they are judged by. Shapes only: what a
 * setting means is said in assess-checks.ts, how it is read in assess-settings.ts.
 */
import { z } from 'zod';

const versionNumber = z.string().regex(/^\d+\.\d+(\.\d+)?$/, 'a version is written 6.1, or 10.0.22621');
const keyPath = z.string().regex(/^HKLM\\/, 'a key starts with HKLM\\');
const datum = z.union([z.number(), z.string()]);

const common = {
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'an id consists of a-z, 0-9 and -'),
  /** What should be so. */
  title: z.string().min(1),
  /** Systems that it is meant for; left out: all. `below` is not included. */
  versions: z.strictObject({ from: versionNumber.optional(), below: versionNumber.optional() }).optional(),
  severity: z.enum(['high', 'medium', 'low']),
  advice: z.string().min(1),
  source: z.string().min(1),
  confidence: z.enum(['H', 'M', 'm']),
};

/** What is tried as a password, in this order; none of them is a secret. */
export const PASSWORD_KINDS = ['blank', 'user', 'password', 'computer', 'admin'] as const;

export const checkSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('registry'),
    /** One part may be `*`: every key that is there, of which each that has the value is judged. */
    key: keyPath,
    name: z.string(),
    /** Where a policy keeps the same value: present there, it decides. */
    policy_key: keyPath.optional(),
    /** Data that are as they should be; a number or a text. */
    good: z.array(datum).optional(),
    at_least: z.number().optional(),
    /** Data that are weak, and everything else is not. */
    bad: z.array(datum).optional(),
    /** What no value means on these systems. */
    absent: z.enum(['good', 'weak', 'unknown', 'not-applicable']),
    /** Only where another value is this; `there`: whatever it is; else the check does not apply. */
    when: z
      .strictObject({ key: keyPath, name: z.string(), is: datum.optional(), there: z.literal(true).optional() })
      .refine(({ is, there }) => (is === undefined) !== (there === undefined), 'say either is: or there: true')
      .optional(),
    ...common,
  }),
  /** Weak where the service runs. */
  z.strictObject({ kind: z.literal('service'), name: z.string().min(1), ...common }),
  /** Weak where the file or folder is. */
  z.strictObject({ kind: z.literal('file'), path: z.string().regex(/^(%[A-Za-z]+%|[A-Z]:)\\/), ...common }),
  /** A well-known local account, by the last number of its SID, is disabled. */
  z.strictObject({ kind: z.literal('account'), rid: z.int().min(500).max(999), ...common }),
  /** Every local account that is not disabled has the flag; `except`: last numbers of SIDs. */
  z.strictObject({
    kind: z.literal('accounts'),
    flag: z.enum(['password_required', 'password_expires']),
    except: z.array(z.int()).default([]),
    ...common,
  }),
  z.strictObject({ kind: z.literal('administrators'), at_most: z.int().min(1), ...common }),
  z.strictObject({
    kind: z.literal('password-policy'),
    field: z.enum(['min_length', 'history', 'lockout_threshold', 'max_age_days']),
    /** Of max_age_days: not more than this. */
    at_least: z.int().min(1).optional(),
    at_most: z.int().min(1).optional(),
    ...common,
  }),
  /** Logons are audited. */
  z.strictObject({ kind: z.literal('audit'), wanted: z.array(z.enum(['success', 'failure'])).min(1), ...common }),
  /** Every fixed disk has one of these file systems. */
  z.strictObject({ kind: z.literal('filesystem'), good: z.array(z.string().min(1)).min(1), ...common }),
  /** No share that somebody made lets everybody change its files. */
  z.strictObject({ kind: z.literal('shares'), ...common }),
  /** An assigned IPsec policy is one of the two kinds that protect nobody. */
  z.strictObject({ kind: z.literal('ipsec'), ...common }),
  /** What came of the tries, where they were asked for. */
  z.strictObject({ kind: z.literal('weak-passwords'), ...common }),
]);
export type Check = z.infer<typeof checkSchema>;

interface Read {
  readonly readable: boolean;
  readonly error: string;
}

export interface LocalAccount {
  readonly name: string;
  readonly rid: number;
  /** Null: not told. */
  readonly disabled: boolean | null;
  readonly password_required: boolean | null;
  readonly password_expires: boolean | null;
}

export interface Share {
  readonly name: string;
  readonly path: string;
  /** Security descriptor in base64; null: none of its own. */
  readonly descriptor: string | null;
}

/** One account and what came of trying weak passwords on it. */
export interface TriedAccount {
  readonly name: string;
  readonly rid: number;
  readonly state: 'weak' | 'ok' | 'partly' | 'skipped';
  readonly kind: string | null;
  readonly tried: number;
  /** Why not, or not all. */
  readonly reason: string;
}

/** Null: not asked for. */
export interface Settings {
  /** `10.0.18362`; null: unknown. */
  readonly version: string | null;
  readonly isController: boolean;
  readonly values: readonly {
    /** The key of the check, where that stands for several. */
    readonly wanted: string;
    readonly key: string;
    readonly name: string;
    /** Null: it could not be read. */
    readonly present: boolean | null;
    /** Null for what is never shown. */
    readonly data: string | null;
    readonly error: string;
  }[];
  readonly services: readonly {
    readonly name: string;
    readonly exists: boolean | null;
    readonly state: string | null;
  }[];
  readonly files: readonly { readonly path: string; readonly exists: boolean | null }[];
  readonly accounts: (Read & { readonly all: readonly LocalAccount[] }) | null;
  readonly administrators: (Read & { readonly members: readonly string[] }) | null;
  /** 0 nothing, 1 success, 2 failure, 3 both. */
  readonly audit: (Read & { readonly logon: number | null }) | null;
  readonly disks:
    | (Read & { readonly all: readonly { readonly name: string; readonly fileSystem: string | null }[] })
    | null;
  readonly passwords:
    | (Read & {
        readonly min_length: number | null;
        readonly history: number | null;
        readonly lockout_threshold: number | null;
        /** Null: never. */
        readonly max_age_days: number | null;
      })
    | null;
  readonly shares: (Read & { readonly all: readonly Share[] }) | null;
  /** Null: not asked for, or it could not be read. */
  readonly ipsec: { readonly assigned: string | null; readonly byPolicy: boolean; readonly weakness: string } | null;
  readonly tries: (Read & { readonly accounts: readonly TriedAccount[] }) | null;
}
