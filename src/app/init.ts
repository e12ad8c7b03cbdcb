/** `firebreak init`: an inventory and a playbook to start from. Overwrites nothing. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FirebreakError } from '../domain/index.ts';
import { playbookOf, showAdvisory } from './advisory.ts';
import { findAdvisory, readText, shippedFolder } from './files.ts';

export interface InitOptions {
  readonly folder: string;
  /** Id of a shipped advisory, or a file; absent: a playbook for a minimum build. */
  readonly advisory: string | undefined;
}

export interface Initialized {
  readonly folder: string;
  readonly inventory: string;
  readonly playbook: string;
  readonly packages: string;
}

interface InitFile {
  readonly name: string;
  readonly text: string;
}

/** @throws FB_USAGE (a file is there already), FB_ENVIRONMENT (it cannot be written), FB_FILE_MISSING, FB_ADVISORY_INVALID */
export async function initFolder({ folder, advisory }: InitOptions): Promise<Initialized> {
  const [playbook, ...more] = await playbookFor(advisory);
  const files = [{ name: 'inventory.yaml', text: await template('inventory.yaml') }, playbook, ...more];
  const there = files.filter(({ name }) => existsSync(join(folder, name)));
  if (there.length > 0) {
    throw new FirebreakError('FB_USAGE', `${there.map(({ name }) => join(folder, name)).join(', ')}: already there`, {
      remedy: 'name another folder: firebreak init FOLDER',
    });
  }
  const packages = join(folder, 'packages');
  try {
    await mkdir(packages, { recursive: true });
    for (const { name, text } of files) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text, { flag: 'wx' });
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new FirebreakError('FB_ENVIRONMENT', `the folder ${folder} cannot be written (${code})`, {
      remedy: 'name another folder: firebreak init FOLDER',
      cause,
    });
  }
  return { folder, inventory: join(folder, 'inventory.yaml'), playbook: join(folder, playbook.name), packages };
}

/** The playbook, and what it needs beside itself. */
async function playbookFor(advisory: string | undefined): Promise<readonly [InitFile, ...InitFile[]]> {
  if (advisory === undefined) return [await copyOf(join(shippedFolder(), 'baseline.yaml'))];
  const { advisory: id, playbook } = await showAdvisory(advisory);
  if (playbook !== undefined) return [await copyOf(await playbookOf(advisory))];
  const text = await readText(findAdvisory(advisory, null), 'advisory');
  return [
    { name: `${id}.yaml`, text: (await template('advisory.yaml')).replaceAll('ADVISORY', id) },
    { name: join('advisories', `${id}.yaml`), text },
  ];
}

async function copyOf(file: string): Promise<InitFile> {
  return { name: basename(file), text: await readText(file, 'playbook') };
}

function template(name: string): Promise<string> {
  return readText(join(shippedFolder(), 'templates', name), 'template');
}
