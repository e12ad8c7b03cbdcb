/** Commands whose output nobody takes any more: a reader that has seen enough, a terminal that is gone, a full disk. */
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServices } from '../../src/app/index.ts';
import { watchOutputStreams } from '../../src/cli/output-streams.ts';
import { planHash } from '../../src/engine/index.ts';
import { host, plan, remediation } from '../engine/support/plans.ts';
import { completed, ended } from '../report/support/journal.ts';

const bin = resolve(import.meta.dirname, '..', '..', 'bin', 'firebreak.js');

let folder: string;
let state: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-cli-output-'));
  state = `sqlite:${join(folder, 'state.db')}`;
  writeFileSync(join(folder, 'inventory.yaml'), 'all: { hosts: { web01: } }\n');
  const services = createServices({ state });
  const body = plan(remediation(), { hosts: [host('web01')] });
  const journal = await services.journal();
  const frozen = { ...body, hash: planHash(body) };
  await journal.create({ run: 'r1', plan: frozen, parent: null, check: false });
  await journal.append('r1', [
    { type: 'RunStarted', planHash: frozen.hash, parent: null, check: false, by: 'alice@ctl', version: '1' },
    ended('web01', 'remediated'),
    completed,
  ]);
  await journal.disown('r1');
  await services.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** @param lost the stream whose reader is gone before anything is written; the other one is read */
function withoutReader(lost: 'stdout' | 'stderr', args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  child[lost].destroy();
  let said = '';
  child[lost === 'stdout' ? 'stderr' : 'stdout'].setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((done) => child.on('close', (code) => done({ code, said })));
}

function ontoFullDisk(args: readonly string[]): Promise<Ended> {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((done) => child.on('close', (code) => done({ code, said })));
}

describe('a command whose reader is gone', () => {
  it('ends as it would have', async () => {
    expect(await withoutReader('stdout', ['inventory', '-i', 'inventory.yaml'])).toEqual({ code: 0, said: '' });
    expect(await withoutReader('stderr', ['inventory', '-i', 'none.yaml'])).toEqual({ code: 2, said: '' });
    const audit = await withoutReader('stdout', ['audit', 'export', 'r1', '--state', state]);
    expect(audit).toEqual({ code: 0, said: expect.stringMatching(/^1 runs, \d+ records/) });
  });

  it('goes on without a terminal that is gone', () => {
    const stdout = Object.assign(new EventEmitter(), { isTTY: true });
    const stderr = Object.assign(new EventEmitter(), { isTTY: true });
    watchOutputStreams({ stdout, stderr } as unknown as Parameters<typeof watchOutputStreams>[0]);
    const gone = Object.assign(new Error('write EIO'), { code: 'EIO' });
    expect([stdout.emit('error', gone), stderr.emit('error', gone)]).toEqual([true, true]);
  });
});

describe('a command whose output is on a full disk', () => {
  it.each([
    ['inventory', ['inventory', '-i', 'inventory.yaml']],
    ['audit export', ['audit', 'export', 'r1']],
    ['report', ['report', 'r1', '--format', 'json']],
  ])('%s says so in two lines and exits 6', async (name, args) => {
    const { code, said } = await ontoFullDisk(name === 'inventory' ? args : [...args, '--state', state]);
    expect([code, said]).toEqual([6, expect.stringContaining('standard output cannot be written (ENOSPC)')]);
    expect(said).not.toMatch(/\n\s+at /);
  });
});
