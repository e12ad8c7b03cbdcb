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

export const infection = z.strictObject({
  families: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        aliases: z.array(z.string().min(1)).optional(),
        /** It closes the hole behind itself: a fixed host may have it. */
        patches_host: z.boolean().optional(),
        indicators: z.array(indicator).min(1),
      }),
    )
    .min(1),
  /** What to do, in this order. */
  order: z.array(z.string().min(1)).default([]),
  advice: z.string().min(1),
  tools: z.array(z.strictObject({ kb: z.string().min(1), title: z.string().min(1), ...common })).default([]),
});

export const INFECTION_KEYS = [
  ...Object.keys(infection.shape),
  ...['name', 'aliases', 'patches_host', 'indicators', 'kind', 'path', 'data', 'protocol', 'port'],
];
