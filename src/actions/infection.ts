/** The signs of an infection on a host, and what they say. Reads only; shared by `infection.check` and `infection.clean`. */
import { z } from 'zod';
import type { Advisory } from '../advisory/index.ts';
import { FirebreakError, type StepContext } from '../domain/index.ts';
import { planAdvisory } from './evidence.ts';
import { callHost } from './host-call.ts';

export type Infection = NonNullable<Advisory['infection']>;
type Family = Infection['families'][number];
type Indicator = Family['indicators'][number];
type Kind<K extends Indicator['kind']> = Extract<Indicator, { readonly kind: K }>;

const recordSchema = z.object({
  Families: z.array(z.string()),
  At: z.string(),
  Run: z.string(),
  Judgement: z.string(),
  By: z.string(),
});
/** What `infection.clean` has left on the host: it stays there until the host is rebuilt. */
export type InfectionRecord = z.infer<typeof recordSchema>;

const signsSchema = z.object({
  Files: z.array(
    z.object({
      Path: z.string(),
      Present: z.boolean().nullable(),
      Found: z.array(z.string()),
      Running: z.boolean(),
      Error: z.string(),
    }),
  ),
  Values: z.array(
    z.object({
      Key: z.string(),
      Name: z.string(),
      Present: z.boolean().nullable(),
      Data: z.string(),
      Error: z.string(),
    }),
  ),
  Services: z.array(z.object({ Name: z.string(), Present: z.boolean().nullable(), Image: z.string() })),
  Ports: z
    .object({ Readable: z.boolean(), Tcp: z.array(z.int()), Udp: z.array(z.int()), Error: z.string() })
    .nullable(),
  Record: recordSchema.nullish(),
});
export type Signs = z.infer<typeof signsSchema>;

/** One sign that was looked for. */
interface Seen {
  /** Null: it could not be read. */
  readonly present: boolean | null;
  readonly text: string;
}

interface Finding {
  readonly family: string;
  readonly kind: Indicator['kind'] | 'record';
  readonly evidence: string;
  readonly confidence: Indicator['confidence'];
  readonly source: string;
}

export interface InfectionState {
  readonly signs: Signs;
  /** True: compromised; null: not known to be clean. */
  readonly found: boolean | null;
  readonly names: readonly string[];
  readonly findings: readonly Finding[];
  readonly weak: readonly Finding[];
  readonly unreadable: readonly string[];
  /** Left by a cleaning that nobody has judged to be enough; null: none, or judged. */
  readonly unjudged: InfectionRecord | null;
  readonly reason: string;
}

/** @throws FirebreakError those of callHost */
export async function readInfection(step: StepContext, infection: Infection): Promise<InfectionState> {
  const signs = await readSigns(step, infection);
  const findings: Finding[] = [];
  const weak: Finding[] = [];
  const unreadable = new Set<string>();
  for (const family of infection.families) {
    for (const indicator of family.indicators) {
      const seen = look(signs, indicator);
      if (seen === null) continue;
      if (seen.present === null) unreadable.add(seen.text);
      if (seen.present !== true) continue;
      const { kind, confidence, source } = indicator;
      // Any program may use a port: by itself that is a reason to look, no finding.
      (kind === 'port' ? weak : findings).push({
        family: family.name,
        kind,
        evidence: seen.text,
        confidence,
        source,
      });
    }
  }
  const record = signs.Record ?? null;
  const unjudged = record !== null && record.Judgement === '' ? record : null;
  for (const family of unjudged?.Families ?? []) {
    const evidence = `cleaned at ${unjudged?.At} by run ${unjudged?.Run}, and nobody has judged that to be enough`;
    findings.push({ family, kind: 'record', evidence, confidence: 'H', source: 'infection.clean' });
  }
  const names = [...new Set(findings.map((finding) => finding.family))];
  return {
    signs,
    found: names.length > 0 ? true : unreadable.size > 0 || weak.length > 0 ? null : false,
    names,
    findings,
    weak,
    unreadable: [...unreadable],
    unjudged,
    reason: reasonOf(infection, names, findings, weak, [...unreadable]),
  };
}

export function findingJson(finding: Finding): { readonly [field in keyof Finding]: string } {
  return { ...finding };
}

/** @throws FirebreakError FB_USAGE when the advisory lists no signs */
export function planInfection(step: StepContext): Infection {
  const advisory = planAdvisory(step);
  if (advisory.infection !== undefined) return advisory.infection;
  throw new FirebreakError('FB_USAGE', `step ${step.stepId}: ${advisory.advisory} lists no signs of an infection`, {
    remedy: 'add `infection:` to the advisory, or leave the step out',
  });
}

function readSigns(step: StepContext, infection: Infection): Promise<Signs> {
  const all = infection.families.flatMap((family) => family.indicators);
  const of = <K extends Indicator['kind']>(kind: K): Kind<K>[] =>
    all.filter((indicator): indicator is Kind<K> => indicator.kind === kind);
  const values = of('registry-value');
  const parameters = {
    File: [...new Set(of('file').map((indicator) => indicator.path))],
    ValueKey: values.map((indicator) => indicator.key),
    ValueName: values.map((indicator) => indicator.name),
    Service: [...new Set(of('service').map((indicator) => indicator.name))],
    Port: of('port').length > 0,
  };
  const call = { module: 'Infection', function: 'Get-FbInfection', parameters, result: signsSchema } as const;
  return callHost(step, { ...call, timeoutMs: 180_000 });
}

/** What the host shows of one sign; null when nobody can see it from outside. */
function look(signs: Signs, indicator: Indicator): Seen | null {
  switch (indicator.kind) {
    case 'mutex':
      return null;
    case 'file': {
      const file = signs.Files.find((item) => item.Path === indicator.path);
      const why = file?.Error === undefined || file.Error === '' ? '' : `: ${file.Error}`;
      if (file === undefined || file.Present === null) return { present: null, text: `file ${indicator.path}${why}` };
      return { present: file.Present, text: `file ${file.Found.join(', ')}${file.Running ? ' (running)' : ''}` };
    }
    case 'registry-value': {
      const value = signs.Values.find((item) => item.Key === indicator.key && item.Name === indicator.name);
      const name = `registry value ${indicator.key}\\${indicator.name}`;
      if (value === undefined || value.Present === null) return { present: null, text: name };
      const isIt = value.Present && (indicator.data === undefined || isProgram(value.Data, indicator.data));
      return { present: isIt, text: `${name} = ${value.Data}` };
    }
    case 'service': {
      const service = signs.Services.find((item) => item.Name === indicator.name);
      if (service === undefined || service.Present === null) {
        return { present: null, text: `service ${indicator.name}` };
      }
      return { present: service.Present, text: `service ${service.Name} (${service.Image || 'no program'})` };
    }
    case 'port': {
      const name = `${indicator.protocol.toUpperCase()} ${indicator.port}`;
      if (signs.Ports?.Readable !== true)
        return { present: null, text: `listening ports: ${signs.Ports?.Error ?? ''}` };
      const open = indicator.protocol === 'tcp' ? signs.Ports.Tcp : signs.Ports.Udp;
      return { present: open.includes(indicator.port), text: `listening on ${name}` };
    }
  }
}

/** Whether the data of a value starts this program, with or without a folder before its name. */
function isProgram(data: string, program: string): boolean {
  const said = data.trim().replaceAll('"', '').toLowerCase();
  const wanted = program.toLowerCase();
  return said === wanted || said.endsWith(`\\${wanted}`);
}

function reasonOf(
  infection: Infection,
  names: readonly string[],
  findings: readonly Finding[],
  weak: readonly Finding[],
  unreadable: readonly string[],
): string {
  const seen = [...new Set(findings.map((finding) => finding.evidence))].join('; ');
  if (names.length > 0) {
    const closes = infection.families.some((family) => family.patches_host === true && names.includes(family.name));
    const patched = closes ? '; it installs the fix itself, so a fixed host may have it' : '';
    return `${names.join(', ')}: ${seen}${patched}`;
  }
  const ports = [...new Set(weak.map((finding) => finding.evidence))].join(', ');
  const missing = unreadable.join('; ');
  if (missing !== '') return `not known to be clean, unreadable: ${missing}${ports === '' ? '' : `; ${ports}`}`;
  if (ports !== '') return `not known to be clean: ${ports}, which a worm does, and other programs may do too`;
  return 'none of the signs is there';
}
