/** Builds the lab's engine when it is not there; the .NET SDK is the one thing that cannot be brought along. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { FirebreakError } from '../../domain/index.ts';
import type { LabProgram } from './locate.ts';

const SDK_MAJOR = 10;
/** Lines of a failed build that are shown. */
const SHOWN_LINES = 15;

/** @throws FB_ENVIRONMENT: no .NET SDK, or the build failed */
export async function ensureEngine(lab: LabProgram, onProgress: (text: string) => void): Promise<void> {
  if (existsSync(lab.engine)) return;
  await requireSdk();
  onProgress('building the lab engine (once, about a minute)');
  const build = await runProgram('dotnet', [
    'build',
    lab.engineProject,
    '-c',
    'Release',
    '-o',
    lab.engineOut,
    '--nologo',
  ]);
  if (build.code !== 0 || !existsSync(lab.engine)) {
    const output = build.output.trim().split('\n').slice(-SHOWN_LINES).join('\n');
    throw new FirebreakError('FB_ENVIRONMENT', `the lab engine cannot be built:\n${output}`, {
      remedy: `dotnet build ${lab.engineProject} -c Release -o ${lab.engineOut}`,
    });
  }
}

/** @throws FB_ENVIRONMENT */
async function requireSdk(): Promise<void> {
  const version = await runProgram('dotnet', ['--version']).catch(() => null);
  if (version !== null && version.code === 0 && Number.parseInt(version.output, 10) >= SDK_MAJOR) return;
  throw new FirebreakError('FB_ENVIRONMENT', `the lab needs the .NET SDK ${SDK_MAJOR}, which is not on this machine`, {
    remedy: `install it (Debian: dotnet-sdk-${SDK_MAJOR}.0, Windows: winget install Microsoft.DotNet.SDK.${SDK_MAJOR}) and run the same command again`,
  });
}

function runProgram(
  file: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DOTNET_NOLOGO: '1', DOTNET_CLI_TELEMETRY_OPTOUT: '1' },
    });
    let output = '';
    const take = (text: string): void => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
