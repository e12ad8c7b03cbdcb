/** Signs that a host was compromised through the hole, as data. */
import { z } from 'zod';
import { confidence, keyPath } from './schema-parts.ts';

const common = { source: z.string().min(1), confidence };

const indicator = z.discriminatedUnion('kind', [
  /** A full path: the same names elsewhere may be legitimate. */
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1), ...common }),
  z.strictObject({
    kind: z.literal('registry-value'),
    key: keyPath,
    name: z.string().min(1),
    /** Left out: any data. */
    data: z.string().optional(),
    ...common,
  }),
  z.strictObject({ kind: z.literal('service'), name: z.string().min(1), ...common }),
  /** Listening on the host. Weak by itself: legitimate programs use any port. */
  z.strictObject({
    kind: z.literal('port'),
    protocol: z.enum(['tcp', 'udp']),
    port: z.int().min(1).max(65_535),
    ...common,
  }),
  /** Cannot be seen from outside the host; for people and for tools there. */
  z.strictObject({ kind: z.literal('mutex'), name: z.string().min(1), ...common }),
]);

/** A program that removes what the signs show; `infection.clean` runs it as a job of the host. */
const tool = z.strictObject({
  kb: z.string().min(1),
  title: z.string().min(1),
  /**
   * Name in the package store; `{ input: … }`: not established or different each month, the playbook names the file. Left
   * out: for people, `infection.clean` does not run it.
   */
  file: z
    .union([
      z.string().regex(/^[^/\\:*?"<>|]+$/, 'a file name without a folder'),
      z.strictObject({ input: z.string().min(1) }),
    ])
    .optional(),
  /** Instead of the usual /Q, which keeps it from asking. */
  args: z.array(z.string().min(1)).optional(),
  /** By exit code; what is not listed says nothing, and the signs alone decide. */
  exit_codes: z
    .record(
      z.string().regex(/^\d+$/, 'an exit code'),
      z.strictObject({
        meaning: z.string().min(1),
        reboot: z.boolean().optional(),
        /** Something is left for people to do. */
        manual: z.boolean().optional(),
        /** It did not do its work. */
        failed: z.boolean().optional(),
      }),
    )
    .default({}),
  ...common,
});

export const infection = z.strictObject({
  families: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        aliases: z.array(z.string().min(1)).optional(),
        /** It closes the hole behind itself: a fixed host may have it. */
        patches_host: z.boolean().optional(),
        /** It opens no other way in: a removal tool may do where nothing else came through the hole. */
        leaves_no_back_door: z.boolean().optional(),
        indicators: z.array(indicator).min(1),
      }),
    )
    .min(1),
  /** What to do, in this order. */
  order: z.array(z.string().min(1)).default([]),
  advice: z.string().min(1),
  tools: z.array(tool).default([]),
});

export const INFECTION_KEYS = [
  ...Object.keys(infection.shape),
  ...Object.keys(tool.shape),
  ...['meaning', 'reboot', 'manual', 'failed', 'leaves_no_back_door'],
  ...['name', 'aliases', 'patches_host', 'indicators', 'kind', 'path', 'data', 'protocol', 'port'],
];
