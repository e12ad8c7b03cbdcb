/**
 * A second opinion on what the lab emulates: the product's modules on Microsoft's PowerShell engine of Windows, with its
 * own providers, on a machine that is Wine; the scripts that hosts run alone in Wine's cmd.exe; a real installer.
 * Left out, with a line that says so, where Wine is not installed (Debian: wine, wine64); CI installs it.
 */
import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { hasWine } from '../windows/support/wine.ts';
import { kitTests } from './kit.ts';
import { programTests } from './programs.ts';
import { registryTests } from './registry.ts';
import { WinePowerShell } from './support/wine-powershell.ts';
import { targetTests } from './target.ts';

jest.setTimeout(600_000);

if (hasWine()) {
  const wine = new WinePowerShell();
  // the first time it also builds the programs for Windows
  beforeAll(() => wine.start(), 900_000);
  afterAll(() => wine.end());
  describe('the registry', () => registryTests(wine));
  describe('programs', () => programTests(wine));
  describe('a target', () => targetTests(wine));
  kitTests();
} else {
  process.stderr.write('Wine is not installed: no second opinion on registry, files and scripts\n');
  it.skip('Wine is not installed', () => undefined);
}
