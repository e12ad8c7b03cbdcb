/** Third part of the wizard: what is to be done, and with which settings. */
import { existsSync } from 'node:fs';
import type { PlaybookChoice, Services } from '../../app/index.ts';
import { FirebreakError } from '../../domain/index.ts';
import { describeError } from '../errors.ts';
import { oneLine } from '../live/index.ts';
import type { Prompts } from '../prompts.ts';
import type { RemedyAnswers } from './answers.ts';

type Input = PlaybookChoice['inputs'][number];

const OTHER = '\u0000other';

export async function askRemedy(
  prompts: Prompts,
  services: Services,
  say: (text: string) => void,
): Promise<RemedyAnswers> {
  const chosen = await askPlaybook(prompts, services, say);
  const inputs = await askInputs(prompts, chosen.inputs, say);
  const packages = chosen.needsPackages ? await askPackages(prompts) : undefined;
  return { playbook: chosen.playbook, inputs, packages };
}

async function askPlaybook(prompts: Prompts, services: Services, say: (text: string) => void): Promise<PlaybookChoice> {
  const { describePlaybook, shippedPlaybooks } = await import('../../app/index.ts');
  const shipped = await shippedPlaybooks(services);
  for (;;) {
    const name = await prompts.choose({
      message: 'What is to be remedied?',
      choices: [
        ...shipped.map(({ playbook, title }) => ({ value: playbook, name: oneLine(`${title} [${playbook}]`) })),
        { value: OTHER, name: 'a playbook of my own …' },
      ],
    });
    const known = shipped.find(({ playbook }) => playbook === name);
    if (known !== undefined) return known;
    const check = (text: string) => (existsSync(text.trim()) ? null : 'there is no such file');
    try {
      return await describePlaybook(services, (await prompts.text({ message: 'Playbook file', check })).trim());
    } catch (thrown) {
      if (!(thrown instanceof FirebreakError)) throw thrown;
      say(describeError(thrown));
    }
  }
}

async function askInputs(
  prompts: Prompts,
  inputs: readonly Input[],
  say: (text: string) => void,
): Promise<readonly string[]> {
  const optional = inputs.filter(({ required }) => !required);
  if (optional.length > 0) {
    say(['Settings:', ...optional.map((input) => `  ${oneLine(describeInput(input))}`)].join('\n'));
  }
  const asks =
    optional.length > 0 && (await prompts.confirm({ message: 'Change any of these settings?', preset: false }));
  const given: string[] = [];
  for (const input of inputs) {
    if (!input.required && !asks) continue;
    const value = await askInput(prompts, input);
    if (value !== null) given.push(`${input.name}=${value}`);
  }
  return given;
}

function describeInput({ name, default: preset, description, options }: Input): string {
  const among = options.length === 0 ? '' : ` (${options.join(', ')})`;
  return `${name} = ${preset === null ? 'nothing' : String(preset)}${among}${description === '' ? '' : `: ${description}`}`;
}

/** Null: as it is by default. */
async function askInput(prompts: Prompts, input: Input): Promise<string | null> {
  const { inputProblem } = await import('../../app/index.ts');
  const { name, type, default: preset, description, options, required } = input;
  const message = oneLine(`${name}${description === '' ? '' : `: ${description}`}`);
  if (type === 'boolean' && preset !== null) {
    const isOn = await prompts.confirm({ message, preset: preset === true });
    return isOn === preset ? null : String(isOn);
  }
  if (type === 'choice' || type === 'boolean') {
    const values = type === 'boolean' ? ['true', 'false'] : options;
    const value = await prompts.choose({
      message,
      choices: values.map((value) => ({ value, name: oneLine(value) })),
      ...(preset === null ? {} : { preset: String(preset) }),
    });
    return value === preset ? null : value;
  }
  const check = (text: string) => (text === '' && !required ? null : inputProblem(input, text));
  const text = await prompts.text({ message, check, ...(preset === null ? {} : { preset: String(preset) }) });
  return text === '' || text === String(preset) ? null : text;
}

async function askPackages(prompts: Prompts): Promise<string> {
  const { packageFolderProblem } = await import('../../app/index.ts');
  for (let why = ''; ; ) {
    const folder = await prompts.text({
      message: `${why === '' ? '' : `${oneLine(why)}\n  `}Folder with the package files and their SHA256SUMS`,
      ...(existsSync('packages') ? { preset: 'packages' } : {}),
    });
    const problem = await packageFolderProblem(folder.trim());
    if (problem === null) return folder.trim();
    why = problem;
  }
}
