import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { SaxesParser } from 'saxes';
import { buildReport, renderJunit } from '../../src/report/index.ts';
import { host, plan, step } from '../engine/support/plans.ts';
import { ended, source, stepped } from './support/journal.ts';

const hosts = ['ok', 'left', 'lost', 'broken', 'behind', 'open'].map((name, index) => {
  return host(name, { wave: index < 3 ? 0 : 1 });
});
const waves = [
  { name: 'canary', hosts: ['ok', 'left', 'lost'] },
  { name: 'rest', hosts: ['broken', 'behind', 'open'] },
];
const error = {
  code: 'FB_PACKAGE_EXIT',
  message: 'exit code 1603',
  remedy: 'look at the log',
  retryable: false,
} as const;
const run = source('r1', plan([step('install', 'package.install')], { hosts, waves, advisory: { advisory: 'a.b' } }), [
  ended('ok', 'remediated'),
  ended('left', 'skipped', 'leased by <another> run'),
  ended('lost', 'unreachable'),
  stepped('broken', 'install', 'package.install', {}, { outcome: 'failed', error }),
  ended('broken', 'failed', 'Zugriff verweigert \u0000\u001b[31m ]]> アクセス', { error }),
  ended('behind', 'shielded'),
]);
const xml = renderJunit(buildReport([run], '2026-11-24T00:00:00.000Z'));

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

function parse(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (problem) => {
    throw problem;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (more) => {
    open.at(-1)!.text += more;
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  return root.children[0]!;
}

const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  testsuites: ['testsuite'],
  testsuite: ['properties', 'testcase', 'system-out', 'system-err'],
  properties: ['property'],
  testcase: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
};
/** Attributes that junit-10.xsd has; `*`: required. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  testsuites: ['name', 'time', 'tests', 'failures', 'errors', 'skipped'],
  testsuite: ['*name', '*tests', '*failures', '*errors', 'skipped', 'time', 'timestamp', 'package', 'hostname', 'id'],
  property: ['*name', '*value'],
  testcase: ['*name', 'classname', 'time', 'group', 'file', 'line'],
  failure: ['type', 'message'],
  error: ['type', 'message'],
  skipped: ['type', 'message'],
};

function checkShape(element: Element): void {
  const allowed = CHILDREN[element.name] ?? [];
  const order = element.children.map((child) => allowed.indexOf(child.name));
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  const known = (ATTRIBUTES[element.name] ?? []).map((name) => name.replace('*', ''));
  expect(Object.keys(element.attributes).filter((name) => !known.includes(name))).toEqual([]);
  const required = (ATTRIBUTES[element.name] ?? []).filter((name) => name.startsWith('*'));
  for (const name of required) expect(element.attributes).toHaveProperty([name.slice(1)]);
  element.children.forEach(checkShape);
}

describe('the JUnit report', () => {
  const root = parse(xml);

  it('has the children and attributes of the schema, in its order', () => {
    checkShape(root);
  });

  it('has a suite for each wave, a case a host, and counts that agree', () => {
    expect(root.children.map(({ attributes }) => attributes)).toMatchObject([
      { name: 'test / canary', tests: '3', failures: '0', errors: '1', skipped: '1', timestamp: '2026-11-23T04:00:00' },
      { name: 'test / rest', tests: '3', failures: '2', errors: '1', skipped: '0' },
    ]);
    expect(root.attributes).toMatchObject({ tests: '6', failures: '2', errors: '2', skipped: '1' });
    for (const suite of root.children) {
      const cases = suite.children.filter(({ name }) => name === 'testcase');
      const count = (name: string) =>
        String(cases.filter(({ children }) => children.some((child) => child.name === name)).length);
      expect(String(cases.length)).toBe(suite.attributes['tests']);
      expect(count('failure')).toBe(suite.attributes['failures']);
      expect(count('error')).toBe(suite.attributes['errors']);
      expect(count('skipped')).toBe(suite.attributes['skipped']);
    }
  });

  it('fails a host that is only shielded, and one that has no outcome is an error', () => {
    const cases = root.children.flatMap(({ children }) => children).filter(({ name }) => name === 'testcase');
    const kinds = cases.map((one) => [one.attributes['name'], one.children[0]?.name]);
    expect(Object.fromEntries(kinds)).toEqual({
      ok: 'system-out',
      left: 'skipped',
      lost: 'error',
      broken: 'failure',
      behind: 'failure',
      open: 'error',
    });
    expect(cases[0]?.attributes['classname']).toBe('firebreak.a_b');
  });

  it('says why, what to do and what was done, in the host’s own words', () => {
    const failed = root.children[1]?.children.find(({ attributes }) => attributes['name'] === 'broken');
    expect(failed?.children[0]?.attributes['type']).toBe('FB_PACKAGE_EXIT');
    expect(failed?.children[0]?.text).toBe('Zugriff verweigert \ufffd\ufffd[31m ]]> アクセス\n→ look at the log');
    expect(failed?.children[1]?.text).toContain('install (package.install): failed, 1.500 s – exit code 1603');
  });

  it('is read by another XML parser', () => {
    const script =
      'import sys,xml.etree.ElementTree as e\nr=e.fromstring(sys.stdin.buffer.read())\nprint(len(r.findall(".//testcase")))';
    try {
      execFileSync('python3', ['--version'], { stdio: 'ignore' });
    } catch {
      process.stdout.write('left out: no python3 here\n');
      return;
    }
    expect(execFileSync('python3', ['-c', script], { input: xml, encoding: 'utf8' }).trim()).toBe('6');
  });
});
