/** registry.set and service.set: one value, one service, read before and after. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import type { ChangeAction, Json, JsonObject } from '../../src/domain/index.ts';
import { FakeHost, START } from './support/fake-step.ts';

const registrySet = createActions().get('registry.set') as ChangeAction;
const serviceSet = createActions().get('service.set') as ChangeAction;
const open = (prior: JsonObject) => ({ prior, since: new Date(START).toISOString(), receipt: null });

describe('registry.set', () => {
  const KEY = 'HKLM\\SOFTWARE\\Policies\\X';
  let value: { readonly [name: string]: Json };
  let host: FakeHost;
  beforeEach(() => {
    value = { Readable: true, Present: false, Type: null, Value: null };
    host = new FakeHost()
      .on('Get-FbRegistryValue', () => value)
      .on('Set-FbRegistryValue', ({ Type, Value }) => {
        value = { Readable: true, Present: true, Type: Type ?? null, Value: Value ?? null };
        return { Changed: true };
      })
      .on('Remove-FbRegistryValue', () => {
        value = { Readable: true, Present: false, Type: null, Value: null };
        return { Changed: true };
      });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a number', { value: 1 }, { type: 'DWord', value: 1 }],
    ['the largest', { value: 0xffff_ffff }, { type: 'DWord', value: 0xffff_ffff }],
    ['a text', { value: '' }, { type: 'String', value: '' }],
    ['a list', { value: ['a', 'b'] }, { type: 'MultiString', value: ['a', 'b'] }],
    ['a text with variables', { type: 'ExpandString', value: '%windir%' }, { type: 'ExpandString', value: '%windir%' }],
  ])('writes %s once', async (_name, given, expected) => {
    const args = { key: KEY, name: 'N', ...given };
    const step = host.step();
    const found = await registrySet.probe(step, args);
    if (found.state !== 'needed') throw new Error(found.state);
    expect(await registrySet.recover(step, args, open(found.prior))).toEqual({ state: 'not-started' });
    await registrySet.act(step, args, found.prior);
    expect(await registrySet.recover(step, args, open(found.prior))).toEqual({ state: 'done' });
    const proof = await registrySet.prove(step, args, found.prior);
    expect(proof).toEqual({
      proven: true,
      result: { changed: true, present: true, ...expected, before: { present: false, type: null, value: null } },
    });
    expect(await registrySet.probe(step, args)).toMatchObject({ state: 'satisfied', result: { changed: false } });
    expect(host.count('Set-FbRegistryValue')).toBe(1);
  });

  it('removes one, and keeps what was there', async () => {
    value = { Readable: true, Present: true, Type: 'DWord', Value: 7 };
    const args = { key: KEY, name: 'N', state: 'absent' };
    const found = await registrySet.probe(host.step(), args);
    if (found.state !== 'needed') throw new Error(found.state);
    await registrySet.act(host.step(), args, found.prior);
    expect(await registrySet.prove(host.step(), args, found.prior)).toMatchObject({
      proven: true,
      result: { present: false, before: { present: true, type: 'DWord', value: 7 } },
    });
    expect(await registrySet.probe(host.step(), args)).toMatchObject({ state: 'satisfied' });
  });

  it('takes the same data of another type for another value', async () => {
    value = { Readable: true, Present: true, Type: 'String', Value: '1' };
    expect(await registrySet.probe(host.step(), { key: KEY, name: 'N', value: 1 })).toMatchObject({ state: 'needed' });
  });

  it('says when somebody else sets it', async () => {
    const args = { key: KEY, name: 'N', value: 1 };
    host.on('Set-FbRegistryValue', { Changed: true });
    await registrySet.act(host.step(), args, {});
    expect(await registrySet.prove(host.step(), args, {})).toMatchObject({
      proven: false,
      error: { code: 'FB_STEP_NOT_PROVEN', remedy: expect.stringContaining('Group Policy') },
    });
  });

  it('does not write what it cannot read', async () => {
    value = { ...value, Readable: false };
    expect(await registrySet.probe(host.step(), { key: KEY, name: 'N', value: 1 })).toMatchObject({ state: 'refused' });
  });

  it.each<[string, JsonObject]>([
    ['another hive', { key: 'HKCU\\X', name: 'N', value: 1 }],
    ['no value', { key: KEY, name: 'N' }],
    ['a value to be absent', { key: KEY, name: 'N', value: 1, state: 'absent' }],
    ['a text as a number', { key: KEY, name: 'N', type: 'DWord', value: '1' }],
    ['a number as a text', { key: KEY, name: 'N', type: 'String', value: 1 }],
    ['a text as a list', { key: KEY, name: 'N', type: 'MultiString', value: 'x' }],
    ['too large a number', { key: KEY, name: 'N', value: 2 ** 32 }],
  ])('refuses %s', async (_name, args) => {
    await expect(registrySet.probe(host.step(), args)).rejects.toMatchObject({ code: 'FB_INPUT_INVALID' });
  });
});

describe('service.set', () => {
  let service: { readonly [name: string]: Json };
  let host: FakeHost;
  beforeEach(() => {
    service = { Exists: true, State: 'Running', Start: 'Auto' };
    host = new FakeHost()
      .on('Get-FbService', () => service)
      .on('Get-FbServiceShield', { Dependents: ['Fax'] })
      .on('Set-FbService', ({ State, Start }) => {
        service = { Exists: true, State: State || service['State']!, Start: Start || service['Start']! };
        return { Changed: true };
      });
  });

  it.each<[JsonObject, JsonObject]>([
    [
      { state: 'stopped', start: 'disabled' },
      { state: 'Stopped', start: 'Disabled' },
    ],
    [{ start: 'manual' }, { state: 'Running', start: 'Manual' }],
    [{ state: 'stopped' }, { state: 'Stopped', start: 'Auto' }],
  ])('%j', async (given, expected) => {
    const args = { service: 'Spooler', ...given };
    const found = await serviceSet.probe(host.step(), args);
    if (found.state !== 'needed') throw new Error(found.state);
    expect(await serviceSet.recover(host.step(), args, open(found.prior))).toEqual({ state: 'not-started' });
    await serviceSet.act(host.step(), args, found.prior);
    expect(await serviceSet.recover(host.step(), args, open(found.prior))).toEqual({ state: 'done' });
    expect(await serviceSet.prove(host.step(), args, found.prior)).toEqual({
      proven: true,
      result: { changed: true, ...expected, before: { state: 'Running', start: 'Auto' } },
    });
    expect(await serviceSet.probe(host.step(), args)).toMatchObject({ state: 'satisfied', result: { changed: false } });
  });

  it('is no reason to lose the host', async () => {
    expect(await serviceSet.probe(host.step(), { service: 'WINRM', state: 'stopped' })).toMatchObject({
      state: 'refused',
      error: { message: expect.stringContaining('managed') },
    });
    host.on('Get-FbServiceShield', { Dependents: ['WinRM'] });
    expect(await serviceSet.probe(host.step(), { service: 'HTTP', start: 'disabled' })).toMatchObject({
      state: 'refused',
    });
    expect(host.count('Set-FbService')).toBe(0);
  });

  it('a service that is not there is disabled enough, and cannot be started', async () => {
    service = { Exists: false, State: null, Start: null };
    expect(await serviceSet.probe(host.step(), { service: 'X', state: 'stopped', start: 'disabled' })).toMatchObject({
      state: 'satisfied',
    });
    expect(await serviceSet.probe(host.step(), { service: 'X', state: 'running' })).toMatchObject({ state: 'refused' });
  });

  it('says when it did not come to it', async () => {
    host.on('Set-FbService', { Changed: true });
    const args = { service: 'Spooler', state: 'stopped' };
    expect(await serviceSet.prove(host.step(), args, {})).toMatchObject({
      proven: false,
      error: { code: 'FB_STEP_NOT_PROVEN' },
    });
  });

  it.each<[JsonObject]>([[{ service: 'X' }], [{ service: 'X', state: 'running', start: 'disabled' }]])(
    'refuses %j',
    async (args) => {
      await expect(serviceSet.probe(host.step(), args)).rejects.toMatchObject({ code: 'FB_INPUT_INVALID' });
    },
  );
});
