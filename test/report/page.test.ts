/** The HTML report in a real browser: without scripts, for programs that read to people, on paper. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { buildReport, renderHtml } from '../../src/report/index.ts';
import { host, plan, step } from '../engine/support/plans.ts';
import { ended, owed, source, stepped } from './support/journal.ts';

const CHROMIUM = '/usr/bin/chromium';
const hosts = [host('web01'), host('サーバー')];
const ports = (state: string) => ({ ports: [{ protocol: 'tcp', port: 445, from: '10.9.9.9', state }] });
const run = source('r1', plan([step('ports', 'ports.check'), step('verify', 'patch.verify')], { hosts }), [
  stepped('web01', 'ports', 'ports.check', ports('open')),
  owed('web01', 'o1'),
  stepped('web01', 'ports', 'ports.check', ports('filtered')),
  stepped('web01', 'verify', 'patch.verify', {
    verdict: 'vulnerable',
    fixed: false,
    evidence: { files: [{ path: 'C:\\a.dll', version: '6.1.7601' }] },
  }),
  ended('web01', 'shielded', 'Zugriff verweigert'),
  ended('サーバー', 'unreachable', 'アクセスが拒否されました'),
]);

const isHere = existsSync(CHROMIUM);
if (!isHere) process.stdout.write('left out: there is no Chromium here (Debian: chromium)\n');

(isHere ? describe : describe.skip)('the HTML report in a browser', () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'firebreak-page-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, renderHtml(buildReport([run], '2026-11-24T00:00:00.000Z')));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'], timeout: 120_000 });
    page = await browser.newPage({ javaScriptEnabled: false, viewport: { width: 400, height: 800 } });
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('loads nothing but itself', () => {
    expect(asked).toHaveLength(1);
  });

  it('has headings, named tables and links that are read out', async () => {
    const tree = await page.locator('body').ariaSnapshot();
    expect(tree).toContain('heading "test" [level=1]');
    expect(tree).toContain('region "Every host and its outcome"');
    expect(tree).toContain('columnheader "Outcome"');
    expect(tree).toMatch(/rowheader "サーバー [\d.]+"/);
    expect(tree).toContain('link "web01"');
  });

  it('leads from a host to what was found there', async () => {
    await page.getByRole('link', { name: 'web01' }).first().click();
    const section = page.locator(new URL(page.url()).hash);
    await expect(section.getByRole('heading', { level: 3 }).textContent()).resolves.toContain('web01');
    await expect(section.getByRole('row', { name: /TCP 445/ }).textContent()).resolves.toContain('open → filtered');
  });

  it('is no wider than a telephone', async () => {
    const [body] = await page.locator('body').all();
    expect((await body?.boundingBox())?.width).toBeLessThanOrEqual(400);
  });

  it('shows on paper what is folded on the screen', async () => {
    const folded = page.getByText('6.1.7601');
    expect(await folded.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await folded.isVisible()).toBe(true);
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'screen' });
  });
});
