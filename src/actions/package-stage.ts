/** `package.stage`: brings a package to the host and proves its SHA-256 there. Repeating does no harm. */
import { z } from 'zod';
import { type ChangeAction, FirebreakError } from '../domain/index.ts';
import { fileNameArgument, readArgs } from './arguments.ts';
import { bringToHost, broughtFile } from './file-transfer.ts';
import { readHostFile } from './host-files.ts';
import { heldStep } from './package-hold.ts';
import { chooseFile } from './packages.ts';

const args = z.strictObject({
  /** File in the package store instead of the advisory's. */
  package: fileNameArgument.optional(),
});
const prior = z.object({ file: z.string(), path: z.string(), sha256: z.string(), bytes: z.number() });

export const packageStage: ChangeAction = {
  uses: 'package.stage',
  kind: 'change',
  summary: 'brings the package to the host, checked by its SHA-256',
  args,
  results: ['file', 'path', 'sha256', 'bytes'],
  isRepeatable: () => true,
  async probe(step, given) {
    const held = heldStep(step);
    if (held !== null) return held;
    const chosen = await chooseFile(step, readArgs(args, given, 'package.stage').package);
    const file = await step.packages.find(chosen.file);
    if (chosen.sha256 !== null && chosen.sha256 !== file.sha256) {
      const message = `${file.name} has SHA-256 ${file.sha256}, but the advisory says ${chosen.sha256}`;
      throw new FirebreakError('FB_PACKAGE_HASH', message, {
        remedy: 'the file is damaged or another one: get it anew, or correct the advisory where it is wrong',
      });
    }
    const wanted = { file: chosen.file, path: chosen.path, sha256: file.sha256, bytes: file.bytes };
    const there = await readHostFile(step, chosen.path);
    if (there.Exists && there.Sha256 === file.sha256) {
      return { state: 'satisfied', result: wanted, reason: `${chosen.path} is there already` };
    }
    return { state: 'needed', prior: wanted };
  },
  async act(step, _given, found) {
    const wanted = prior.parse(found);
    const file = await step.packages.find(wanted.file);
    await bringToHost(step, file, wanted.path);
    return { state: 'done' };
  },
  ...broughtFile,
};
