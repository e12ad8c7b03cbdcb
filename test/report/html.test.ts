import { describe, expect, it } from '@jest/globals';
import { SaxesParser } from 'saxes';
import { buildReport, renderHtml } from '../../src/report/index.ts';
import { host, plan, step } from '../engine/support/plans.ts';
import { completed, ended, owed, source, stepped } from './support/journal.ts';

const evil = '<script>alert(1)</script>';
const error = {
  code: 'FB_PACKAGE_EXIT',
  message: 'exit code 1603',
  remedy: 'look at "the log"',
  retryable: false,
} as const;
const steps = [step('verify', 'patch.verify'), step('ports', 'ports.check'), step('blocked', 'ports.check')];
const ports = (state: string) => ({ ports: [{ protocol: 'tcp', port: 445, from: '10.9.9.9', state }] });
const run = source(
  'r1',
  plan([...steps, step('install', 'package.install')], {
    hosts: [host('web<01>'), host('サーバー')],
    playbook: { name: 'A & B', file: 'p.yaml', sha256: 'aa' },
  }),
  [
    stepped('web<01>', 'verify', 'patch.verify', {
      verdict: 'vulnerable',
      fixed: false,
      reason: `older than the fix ${evil}`,
      evidence: { build: 7601, files: [{ path: 'C:\\Prüf\\a.dll', version: '6.1' }], pending: [] },
    }),
    stepped('web<01>', 'ports', 'ports.check', ports('open')),
    owed('web<01>', 'o1'),
    stepped('web<01>', 'blocked', 'ports.check', ports('filtered')),
    stepped('web<01>', 'install', 'package.install', { exit_code: 1603 }, { outcome: 'failed', error }),
    ended('web<01>', 'failed', `step install: ${evil}`, { error, standingShields: 1 }),
    ended('サーバー', 'unreachable', 'アクセスが拒否されました – Zugriff verweigert'),
    completed,
  ],
);
const html = renderHtml(buildReport([run], '2026-11-24T00:00:00.000Z'));

/** The page as XML: every element is closed, every attribute quoted, but for the doctype and void elements. */
function elementsOf(
  page: string,
): readonly { readonly name: string; readonly attributes: Readonly<Record<string, string>> }[] {
  const found: { name: string; attributes: Readonly<Record<string, string>> }[] = [];
  const parser = new SaxesParser();
  parser.on('error', (problem) => {
    throw problem;
  });
  parser.on('opentag', ({ name, attributes }) => found.push({ name, attributes }));
  parser.write(page.replace('<!doctype html>', '').replaceAll(/<(meta|br)\b([^>]*)>/g, '<$1$2/>')).close();
  return found;
}

describe('the HTML report', () => {
  const elements = elementsOf(html);

  it.each([
    ['the playbook', 'A &amp; B'],
    ['the host', 'web&lt;01&gt;'],
    ['the remedy', 'look at &quot;the log&quot;'],
    ['the error of a step', 'exit code 1603 [FB_PACKAGE_EXIT]'],
    ['the evidence behind a verdict', 'C:\\Prüf\\a.dll'],
    ['what changed at a port', 'open → filtered'],
    ['a shield that stands', 'shield (ipsec) stands'],
    ['who started it', 'alice@ctl'],
    ['the text of a host', 'アクセスが拒否されました – Zugriff verweigert'],
    ['the plan', '<code>hash</code>'],
  ])('shows %s', (_what, text) => {
    expect(html).toContain(text);
  });

  it('needs no script and nothing from outside, and lets no host write markup', () => {
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(elements.map(({ name }) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(script|link|img|iframe|object|form)$/)]),
    );
    const values = elements.flatMap(({ attributes }) => Object.entries(attributes));
    expect(values.filter(([name]) => /^(on|src$|style$)/.test(name))).toEqual([]);
    expect(values.filter(([name, value]) => name === 'href' && !value.startsWith('#'))).toEqual([]);
    expect(html).not.toMatch(/https?:\/\/|@import|url\(/);
  });

  it('can be read by a program that reads to people', () => {
    const of = (name: string) => elements.filter((element) => element.name === name);
    expect(of('html')[0]?.attributes['lang']).toBe('en');
    expect(of('h1')).toHaveLength(1);
    expect(of('main')).toHaveLength(1);
    for (const cell of of('th')) expect(cell.attributes['scope']).toMatch(/^(row|col)$/);
    const regions = elements.filter(({ attributes }) => attributes['role'] === 'region');
    expect(regions.length).toBeGreaterThan(3);
    for (const { attributes } of regions) expect(attributes['aria-label']).not.toBe('');
  });

  it('links to what is there, and no id is there twice', () => {
    const ids = elements.flatMap(({ attributes }) => attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const links = elements.flatMap(({ attributes }) => attributes['href'] ?? []);
    expect(links.filter((link) => !ids.includes(link.slice(1)))).toEqual([]);
  });
});
