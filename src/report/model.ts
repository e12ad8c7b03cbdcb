/**
 * A report as data: what `firebreak report --format json` writes and what the other formats are made of. The schema is the
 * documentation: fields are added, never renamed. Must not know how a report is shown.
 */
import { z } from 'zod';
import { HOST_OUTCOMES, type JsonObject } from '../domain/index.ts';

const time = z.string().meta({ description: 'ISO 8601, UTC' });
const json = (z.record(z.string(), z.json()) as z.ZodType<JsonObject>).meta({ description: 'as the action gave it' });

const errorSchema = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().meta({ description: 'what to do next; may be empty' }),
  retryable: z.boolean(),
  relay: z.string().optional().meta({ description: 'the relay that is to blame, not the host' }),
});

const decisionSchema = z
  .object({
    at: time,
    what: z.string().meta({ description: 'started, resumed, answered, approved …' }),
    by: z.string().meta({ description: 'user@machine' }),
    host: z.string().nullable(),
    text: z.string().meta({ description: 'the question, or what was decided on' }),
    answer: z.string().nullable(),
    via: z
      .string()
      .nullable()
      .meta({ description: 'terminal, command, default (--yes), carried (from an earlier run)' }),
  })
  .meta({ description: 'one thing that a person did' });
export type ReportDecision = z.infer<typeof decisionSchema>;

const runSchema = z.object({
  run: z.string(),
  name: z.string(),
  subject: z.string().meta({ description: 'advisory id; without one the name of the playbook' }),
  playbook: z.object({ file: z.string(), sha256: z.string() }),
  planHash: z.string(),
  change: z.string().nullable().meta({ description: 'number of the change; null: none was given' }),
  inputs: json,
  parent: z.string().nullable().meta({ description: 'the run that this one is a rerun of' }),
  check: z.boolean().meta({ description: 'true: nothing was changed' }),
  state: z.string().meta({ description: 'open, paused, waiting, completed, stopped, aborted' }),
  reason: z.string(),
  by: z.string(),
  version: z.string(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  resumes: z.int(),
  hosts: z.int(),
  decisions: z.array(decisionSchema).meta({ description: 'in the order in which they were made' }),
});
export type ReportRun = z.infer<typeof runSchema>;

const stepSchema = z.object({
  id: z.string(),
  uses: z.string(),
  outcome: z.string().meta({ description: 'its outcome; running or waiting without one' }),
  reason: z.string(),
  error: errorSchema.nullable(),
  attempts: z.int(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  durationMs: z.number(),
  result: json,
});
export type ReportStep = z.infer<typeof stepSchema>;

const portCheckSchema = z.object({
  run: z.string(),
  step: z.string(),
  at: time,
  when: z
    .enum(['before', 'shielded', 'after'])
    .meta({ description: 'before a shield stood, while one did, after it was gone' }),
  expect: z.string(),
  proven: z.boolean().nullable().meta({ description: 'null: cannot be proved from here' }),
  reason: z.string(),
});
export type ReportPortCheck = z.infer<typeof portCheckSchema>;

const portSchema = z.object({
  protocol: z.string(),
  port: z.int(),
  from: z.string().meta({ description: 'controller, or the address of the vantage' }),
  states: z.array(z.string().nullable()).meta({ description: 'one for each of portChecks; null: not probed then' }),
  differs: z.boolean().meta({ description: 'it was not the same each time' }),
});
export type ReportPort = z.infer<typeof portSchema>;

const verdictSchema = z.object({
  run: z.string(),
  step: z.string(),
  at: time,
  verdict: z.string(),
  fixed: z.boolean(),
  reason: z.string(),
  evidence: json.meta({ description: 'what was read, by source' }),
});
export type ReportVerdict = z.infer<typeof verdictSchema>;

const owedSchema = z.object({
  run: z.string(),
  obligation: z.string(),
  kind: z.enum(['undo', 'always']).meta({ description: 'undo: a shield that stands; always: the rest of a block' }),
  step: z.string(),
  method: z.string().meta({ description: 'of a shield; empty when it is not known' }),
  since: time,
});
export type ReportOwed = z.infer<typeof owedSchema>;

const questionSchema = z.object({
  run: z.string(),
  step: z.string(),
  question: z.string(),
  askedAt: time,
  state: z.string().meta({ description: 'open, answered (not yet taken), closed' }),
  answer: z.string().nullable(),
  by: z.string().nullable(),
  via: z.string().nullable(),
  answeredAt: time.nullable(),
});
export type ReportQuestion = z.infer<typeof questionSchema>;

const hostSchema = z.object({
  name: z.string(),
  address: z.string(),
  subject: z.string(),
  wave: z.string(),
  groups: z.array(z.string()),
  run: z.string().meta({ description: 'the run that the outcome is of' }),
  outcome: z
    .enum([...HOST_OUTCOMES, 'running', 'waiting'])
    .meta({ description: 'running and waiting: no outcome yet' }),
  isFine: z.boolean().meta({ description: 'nobody has to look at it' }),
  reason: z.string(),
  error: errorSchema.nullable(),
  exception: z
    .object({
      reason: z.string(),
      approvedBy: z.string(),
      until: z.string(),
      advisory: z.string(),
      ticket: z.string().nullable(),
    })
    .nullable()
    .meta({ description: 'why the host was left alone, for outcome excepted' }),
  outOfSupportSince: z
    .string()
    .nullable()
    .meta({ description: 'day on which the vendor stopped to mend the system, patched or not; null: not said of it' }),
  standingShields: z.int(),
  owed: z.array(owedSchema).meta({ description: 'shields that stand, and what else is still owed to the host' }),
  verdicts: z.array(verdictSchema).meta({ description: 'in the order in which they were read' }),
  questions: z.array(questionSchema),
  portChecks: z.array(portCheckSchema),
  ports: z.array(portSchema),
  installs: z.int(),
  reboots: z.int(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  durationMs: z.number(),
  steps: z.array(stepSchema).meta({ description: "of the outcome's run, in the order of the plan" }),
  earlier: z
    .array(z.object({ run: z.string(), outcome: z.string(), reason: z.string(), at: time.nullable() }))
    .meta({ description: 'outcomes in the other runs of this report, oldest first' }),
});
export type ReportHost = z.infer<typeof hostSchema>;

const reportSchema = z.object({
  report: z.literal(1).meta({ description: 'version of this schema' }),
  generatedAt: time,
  runs: z.array(runSchema).meta({ description: 'oldest first' }),
  tally: z.record(z.string(), z.int()).meta({ description: 'hosts by outcome' }),
  isFine: z.boolean().meta({ description: 'every host is' }),
  hosts: z.array(hostSchema).meta({ description: 'each host once for each subject, with its latest outcome' }),
});
export type Report = z.infer<typeof reportSchema>;

/** JSON Schema of `--format json`. */
export function reportJsonSchema(): JsonObject {
  const schema = z.toJSONSchema(reportSchema) as JsonObject;
  return { ...schema, title: 'Firebreak report' };
}
