/** Where the lab's program, its engine and a lab's files are. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FirebreakError } from '../../domain/index.ts';
import { stateFolder } from '../paths.ts';

export interface LabProgram {
  /** The folder that has lab/, src/ and package.json. */
  readonly root: string;
  /** lab/fleet/main.ts, or its compiled form. */
  readonly main: string;
  readonly engineProject: string;
  readonly engineOut: string;
  readonly engine: string;
}

/** @throws FB_ENVIRONMENT when this installation has no lab */
export function locateLab(): LabProgram {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const main = [join(folder, 'lab', 'fleet', 'main.ts'), join(folder, 'dist', 'lab', 'fleet', 'main.js')].find(
      existsSync,
    );
    if (main !== undefined && existsSync(join(folder, 'lab', 'engine'))) {
      const engineOut = join(folder, 'lab', 'engine', 'out');
      return {
        root: folder,
        main,
        engineProject: join(folder, 'lab', 'engine', 'Engine'),
        engineOut,
        engine: join(engineOut, 'firebreak-lab-engine.dll'),
      };
    }
    if (dirname(folder) === folder) {
      throw new FirebreakError('FB_ENVIRONMENT', 'this installation has no lab', {
        remedy: 'use a clone of the repository: the lab is not part of the package',
      });
    }
  }
}

/** The folder of a lab: `--dir`, or `lab` in the state folder. */
export function labFolder(option: string | undefined): string {
  return resolve(option ?? join(stateFolder(), 'lab'));
}
