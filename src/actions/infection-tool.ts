/** The removal tool of an advisory: which file it is, where it lies on the host, and what its exit codes say. */
import type { AdvisoryInfection } from '../advisory/index.ts';
import { FirebreakError, type StepContext } from '../domain/index.ts';
import { readFacts } from './facts.ts';

type Tool = AdvisoryInfection['tools'][number];

export interface RemovalTool {
  readonly kb: string;
  readonly file: string;
  /** Full path on the host. */
  readonly path: string;
  /** Instead of the usual ones; null = the usual ones. */
  readonly switches: readonly string[] | null;
}

export interface ToolEnding {
  readonly meaning: string;
  readonly rebootRequired: boolean;
  /** Something is left for people to do. */
  readonly manual: boolean;
  readonly failed: boolean;
}

/**
 * @param file - in the package store; the advisory's where left out
 * @throws FirebreakError FB_STEP_REFUSED when the advisory knows no such tool
 */
export async function chooseTool(
  step: StepContext,
  infection: AdvisoryInfection,
  file: string | undefined,
): Promise<RemovalTool> {
  const found =
    file === undefined
      ? infection.tools.find((tool) => typeof tool.file === 'string')
      : infection.tools.find((tool) => isOf(tool, file));
  const name = file ?? (typeof found?.file === 'string' ? found.file : undefined);
  if (found === undefined || name === undefined) throw noTool(infection, file);
  const { DataFolder: folder } = await readFacts(step);
  return { kb: found.kb, file: name, path: `${folder}\\packages\\${name}`, switches: found.args ?? null };
}

/** Its own name, or one that carries the number of its article. */
function isOf(tool: Tool, file: string): boolean {
  if (tool.file === undefined) return false;
  const number = /\d+/.exec(tool.kb)?.[0] ?? tool.kb;
  return typeof tool.file === 'string' ? tool.file === file : new RegExp(`(KB|Q)${number}(?!\\d)`, 'i').test(file);
}

function noTool(infection: AdvisoryInfection, file: string | undefined): FirebreakError {
  const known = infection.tools
    .filter((tool) => tool.file !== undefined)
    .map((tool) => `${tool.kb} (${tool.title})`)
    .join(', ');
  const message =
    file === undefined
      ? 'which removal tool to run is not said'
      : `${file} is none of the removal tools that the advisory knows`;
  const remedy =
    known === ''
      ? 'the advisory names no removal tool: add one under `infection: tools:`, or rebuild the host'
      : `put the file into the package store and name it with \`with: { package: … }\`; known: ${known}, the number in the name of the file`;
  return new FirebreakError('FB_STEP_REFUSED', message, { remedy });
}

/** What the exit code says; the signs on the host decide. */
export function toolEnding(infection: AdvisoryInfection, kb: string, exitCode: number): ToolEnding {
  const code = exitCode >>> 0;
  const known = infection.tools.find((tool) => tool.kb === kb)?.exit_codes[String(code)];
  return {
    meaning: known?.meaning ?? `exit code ${code}`,
    rebootRequired: known?.reboot === true || code === 3010 || code === 1641,
    manual: known?.manual === true,
    failed: known?.failed === true,
  };
}
