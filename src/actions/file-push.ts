/** `file.push`: a file of the controller to the host, proved by its SHA-256. Repeating does no harm. */
import { z } from 'zod';
import { type ChangeAction, FirebreakError } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { bringToHost, broughtFile } from './file-transfer.ts';
import { readHostFile } from './host-files.ts';

const args = z.strictObject({
  /** File on this machine; a relative name counts from the playbook's folder. */
  source: z.string().min(1),
  /** Full path on the host; missing folders are made. */
  path: z.string().min(1),
});
const prior = z.object({ source: z.string(), path: z.string(), sha256: z.string(), bytes: z.number() });

export const filePush: ChangeAction = {
  uses: 'file.push',
  kind: 'change',
  elsewhere: true,
  summary: 'brings a file of this machine to the host, checked by its SHA-256',
  args,
  results: ['source', 'path', 'sha256', 'bytes'],
  isRepeatable: () => true,
  async probe(step, given) {
    const { source, path } = readArgs(args, given, 'file.push');
    const { sha256, bytes } = await step.files.find(source);
    const wanted = { source, path, sha256, bytes };
    const there = await readHostFile(step, path);
    if (there.Exists && there.Sha256 === sha256) {
      return { state: 'satisfied', result: wanted, reason: `${path} is there already` };
    }
    return { state: 'needed', prior: wanted };
  },
  async act(step, _given, found) {
    const wanted = prior.parse(found);
    const file = await step.files.find(wanted.source);
    if (file.sha256 !== wanted.sha256) {
      throw new FirebreakError('FB_TRANSFER_HASH', `${wanted.source} has changed since the step began`, {
        remedy: 'firebreak rerun takes the file as it is now',
        retryable: false,
      });
    }
    await bringToHost(step, file, wanted.path);
    return { state: 'done' };
  },
  ...broughtFile,
};
