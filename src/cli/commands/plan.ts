/** `firebreak plan PLAYBOOK`: what a run would do, without a touch on any host. */
import type { Command } from 'commander';
import type { PlanPreview, PreviewNode } from '../../app/index.ts';
import type { Json, JsonObject } from '../../domain/index.ts';
import { hostCount } from '../live/index.ts';
import {
  addExceptionsOption,
  addFleetOptions,
  addInputOption,
  addTagOptions,
  chosenTags,
  connectionFlags,
  type FleetOptions,
  type InputOptions,
  parsePositiveInteger,
  type TagOptions,
  warnOnStderr,
  withServices,
} from '../options.ts';

/** Most of a written list that is shown. */
const LOOP_WIDTH = 100;

interface PlanFlags extends FleetOptions, InputOptions, TagOptions {
  readonly forks?: number;
  readonly exceptions?: string;
  readonly json?: boolean;
}

export function registerPlan(program: Command): void {
  const command = program
    .command('plan')
    .summary('show what a run would do')
    .description('Reads playbook, advisory and inventory, and shows waves, hosts and steps; connects to nothing.')
    .argument('<playbook>', 'file, or the name of a shipped one');
  addExceptionsOption(addTagOptions(addInputOption(addFleetOptions(command))))
    .option('--forks <n>', 'hosts at once', parsePositiveInteger)
    .option('--json', 'the whole plan as JSON')
    .addHelpText('after', '\nExamples:\n  $ firebreak plan smbghost -i inventory.yaml --limit servers')
    .action(async (playbook: string, flags: PlanFlags) => {
      const { loadPlan, overridesOf, previewPlan } = await import('../../app/index.ts');
      await withServices({}, async (services) => {
        const plan = await loadPlan(
          {
            playbook,
            inventory: flags.inventory,
            targetsFile: flags.targetsFile,
            limit: flags.limit,
            inputs: flags.input ?? [],
            forks: flags.forks,
            tags: chosenTags(flags),
            exceptions: flags.exceptions,
            warn: warnOnStderr,
            connection: overridesOf(connectionFlags(flags)),
            connector: services.connector,
          },
          services.actions,
        );
        if (flags.json === true) {
          process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
          return;
        }
        const preview = previewPlan(plan, services);
        process.stdout.write(`${renderPreview(preview).join('\n')}\n`);
      });
    });
}

/** The lines of `firebreak plan`. */
export function renderPreview(preview: PlanPreview & { readonly held?: string | null }): readonly string[] {
  return [
    `${preview.name} (${preview.file})`,
    `plan ${preview.hash.slice(0, 12)}, advisory ${preview.advisory ?? 'none'}, ${preview.forks} hosts at once`,
    `stops when more than ${preview.maxFailPercentage} % fail or more than ${preview.maxUnreachablePercentage} % are unreachable`,
    ...(preview.held == null ? [] : [`nothing is installed: ${preview.held}`]),
    ...(preview.requireChange ? ['needs a change number: --change NUMBER'] : []),
    '',
    'Inputs',
    ...listed(preview.inputs, '  '),
    '',
    ...(Object.keys(preview.vars).length === 0 ? [] : ['Vars', ...listed(preview.vars, '  '), '']),
    'Waves',
    ...preview.waves.flatMap((wave) => [
      `  ${wave.name}: ${hostCount(wave.hosts.length)}`,
      ...(wave.gate === null ? [] : [`    ${wave.gate}`]),
      ...wave.windows.map((window) => `    window ${window}`),
      ...(wave.opens === null ? [] : [`    ${wave.opens}`]),
      ...wave.hosts.map(
        (host) =>
          `    ${host.name}${host.via === null ? '' : ` via ${host.via}`} (${host.address})${host.set === null ? '' : `, one at a time with ${host.set}`}`,
      ),
    ]),
    '',
    ...(preview.exceptions.length === 0
      ? []
      : ['Exceptions (left as they are)', ...preview.exceptions.map(exceptionText), '']),
    ...tagLines(preview),
    'Steps (* changes the host, ? asks a person, - reads or decides)',
    ...preview.steps.flatMap((node) => describeNode(node, '  ')),
  ];
}

function loopText(loop: Json): string {
  if (typeof loop === 'string') return loop;
  const text = JSON.stringify(loop);
  return text.length > LOOP_WIDTH ? `${text.slice(0, LOOP_WIDTH)}…` : text;
}

function exceptionText({
  host,
  advisory,
  until,
  reason,
  approvedBy,
  ticket,
}: PlanPreview['exceptions'][number]): string {
  return `  ${host}: ${advisory} until ${until} – ${reason} (approved by ${approvedBy}${ticket === null ? '' : `, ${ticket}`})`;
}

function listed(values: JsonObject, indent: string): readonly string[] {
  return Object.entries(values).map(([name, value]) => `${indent}${name}: ${JSON.stringify(value)}`);
}

function tagLines({ tags: { only, skip } }: PlanPreview): readonly string[] {
  if (only.length + skip.length === 0) return [];
  const parts = [
    ...(only.length === 0 ? [] : [`only ${only.join(', ')} and always`]),
    ...(skip.length === 0 ? [] : [`not ${skip.join(', ')}`]),
  ];
  return [`Tags: ${parts.join('; ')}`, ''];
}

function describeNode(node: PreviewNode, indent: string): readonly string[] {
  const condition = node.if === null ? '' : `  if ${node.if}`;
  if (node.kind === 'step') {
    const mark = node.effect === 'change' ? '*' : node.effect === 'operator' ? '?' : '-';
    const loop = node.loop === null ? '' : `  for each of ${loopText(node.loop)}`;
    const place = `${node.on === null ? '' : `  on ${node.on}`}${node.runOnce ? '  once a wave' : ''}`;
    const tags = node.tags.length === 0 ? '' : `  [${node.tags.join(', ')}]`;
    return [
      `${indent}${mark} ${node.id}: ${node.uses} – ${node.summary}${condition}${loop}${place}${tags}`,
      ...listed(node.vars, `${indent}    vars.`),
    ];
  }
  const part = (name: string, nodes: readonly PreviewNode[]): readonly string[] =>
    nodes.length === 0
      ? []
      : [`${indent}  ${name}:`, ...nodes.flatMap((inner) => describeNode(inner, `${indent}    `))];
  return [
    `${indent}  ${node.id}${node.include === null ? '' : ` (${node.include})`}:${condition}`,
    ...listed(node.vars, `${indent}    vars.`),
    ...part('block', node.block),
    ...part('rescue', node.rescue),
    ...part('always', node.always),
  ];
}
